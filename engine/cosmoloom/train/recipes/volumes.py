"""Recipe of the volumes game: a generator makes whole volumes or maps from a latent."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from cosmoloom.nets.configuration import Configuration
from cosmoloom.train.objectives.summary import SummarySection
from cosmoloom.train.recipes.duel import DuelRecipe
from cosmoloom.train.recipes.networks import NetworksSection, ScaledData
from cosmoloom.train.recipes.sections import PriorSection


class VolumesData(ScaledData):
    """Boxes, and which redshifts a critic sees together."""

    together: Literal[1, 2] = 1
    """Redshifts of one volume that the critic is shown at once; 2 lets it judge growth."""


class VolumeNetworks(NetworksSection):
    """Generator and critic, and where they begin."""

    begin_at_mean: bool = False
    """Begin with the last bias at which generated fields have the mean of real ones in network space."""
    begin_centred: bool = False
    """Begin with the first biases at which the critic's first layers answer real fields by 0 on average."""


class VolumesRecipe(DuelRecipe):
    """Recipe of :class:`cosmoloom.train.games.volumes.VolumesGame`."""

    game: Literal["volumes"] = "volumes"
    data: VolumesData
    networks: VolumeNetworks
    prior: PriorSection = PriorSection()
    summary: SummarySection | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        dimensions = self.config.dimensions
        if (self.data.thickness is not None) != (dimensions == 2):
            needs = "needs a" if dimensions == 2 else "has no"
            raise ValueError(f"data.thickness: {self.networks.architecture} is {dimensions}D and {needs} thickness")
        if self.summary is not None and dimensions != 3:
            raise ValueError("summary: its statistics are of volumes, not of maps")
        if self.prior.calibrate and not self.data.validation and self.data.boxes:
            raise ValueError("prior.calibrate: a width is calibrated on data.validation, which is empty")
        if not self.conditional and len(self.data.redshifts) > 1:
            raise ValueError(
                f"data.redshifts: {self.networks.architecture} is not told the redshift, so it is trained at one"
            )
        if self.data.together > min(len(self.data.redshifts), 1 + self.conditional):
            raise ValueError("data.together: pairs need two redshifts and networks that are told them")
        return self

    @property
    def config(self) -> Configuration:
        """Sizes of the networks."""
        return self.networks.config(self.data.n, makes="volumes")

    @property
    def conditional(self) -> bool:
        """Whether the networks are told the redshift."""
        return bool(getattr(self.config, "conditional", False))
