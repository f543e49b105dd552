"""Recipe of the pairs game: the conditional generator, whose critic sees a volume at two redshifts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.conditional import GeneratorConfig
from cosmoloom.train.objectives.hinge import Hinge
from cosmoloom.train.objectives.relativistic import Relativistic
from cosmoloom.train.recipes.duel import DuelRecipe
from cosmoloom.train.recipes.section import PACE, Section
from cosmoloom.train.recipes.sections import AverageSection, DataSection, PriorSection, UpdatesSection


class PairsData(DataSection):
    """Boxes, and the kappas at which they are shown."""

    kappa_range: tuple[float, float] = (2.0, 20.0)
    """Range of kappa over the cosmic mean, drawn uniformly in the logarithm."""

    @model_validator(mode="after")
    def _make_pairs(self) -> Self:
        if len(self.redshifts) < 2:
            raise ValueError("pairs need at least two redshifts")
        low, high = self.kappa_range
        if not 0 < low < high:
            raise ValueError(f"kappa_range is a lowest and a highest value above 0, got [{low:g}, {high:g}]")
        return self


class PairsNetworks(Section):
    """Sizes of generator and critic."""

    coarse_size: int = Field(default=128, ge=1)
    """Components of the latent that the whole volume shares."""
    detail_levels: int = Field(default=3, ge=0)
    """Grids from 8^3 up of which each cell has a component of the latent to itself."""
    widths: tuple[int, ...] = (128, 64, 32, 16)
    """Channels of the generator from 4^3 up."""
    critic_widths: tuple[int, ...] = (16, 32, 64, 128)
    """Channels of the critic from the finest grid down."""
    critic_n: int | None = None
    """Voxels per side of the sub-volumes that the critic is shown, at random places; all of a volume if left out.

    Where a coarser training has learnt the large scales, half of n judges the fine ones eight times cheaper.
    """
    grow_from: Annotated[Path | None, PACE] = None
    """Folder of a training on half the grid, whose networks this one starts from."""


class PairsUpdates(UpdatesSection):
    """Updates, and what grown networks need."""

    only_newest: Annotated[bool, PACE] = False
    """Train only the layers that growth has added, and keep the large scales as they were learnt."""


class PairsMatch(Section):
    """Statistics that generated and real ensembles must share."""

    weight: Annotated[float, PACE] = Field(default=0.1, ge=0)
    """Weight in the generator's loss.

    Its gradient should not exceed the critic's: statistics alone are met by fields that look like nothing.
    """
    pattern_weight: Annotated[float, PACE] = Field(default=4.0, ge=0)
    """Weight in the generator's loss of what volumes of different latents have in common."""
    k_max: Annotated[float, PACE] = Field(default=100.0, gt=0)
    """Largest wavenumber whose power is matched [h/Mpc]."""


class PairsRecipe(DuelRecipe):
    """Recipe of :class:`cosmoloom.train.games.pairs.PairGame`."""

    game: Literal["pairs"] = "pairs"
    data: PairsData
    networks: PairsNetworks = PairsNetworks()
    prior: PriorSection = PriorSection(family="student-t", nu=10.0)
    objective: Annotated[Hinge | Relativistic, Field(discriminator="loss")] = Hinge(r1=10.0, penalise_every=4)
    match: PairsMatch = PairsMatch()
    updates: PairsUpdates
    average: AverageSection = AverageSection(decay=0.99)

    @property
    def config(self) -> GeneratorConfig:
        """Sizes of the generator."""
        sizes = self.networks
        return GeneratorConfig(
            n=self.data.n, coarse_size=sizes.coarse_size, detail_levels=sizes.detail_levels, widths=sizes.widths
        )

    @property
    def nu(self) -> float:
        """Degrees of freedom of the prior."""
        return self.prior.nu or 10.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            _ = self.config
        except InvalidInputError as error:
            raise ValueError(f"networks: {error}") from error
        n, critic_n = self.data.n, self.networks.critic_n
        if critic_n is not None and not 8 <= critic_n <= n:
            raise ValueError(f"networks.critic_n must lie in [8, data.n = {n}], got {critic_n}")
        if self.prior.family != "student-t" or self.prior.width != 1.0:
            raise ValueError("prior: the conditional generator has a student-t prior of width 1")
        if self.prior.calibrate:
            raise ValueError("prior.calibrate: this game calibrates mean and power per redshift and kappa instead")
        if self.updates.critic_steps != 1 or self.updates.optimiser != "adam":
            raise ValueError("updates: this game has Adam and one update of the critic per update of the generator")
        return self
