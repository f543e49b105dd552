"""Recipe of the patches game: a generator adds detail to a coarse field, patch by patch beside its neighbours."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cosmoloom.nets.configuration import Configuration
from cosmoloom.train.recipes.duel import DuelRecipe
from cosmoloom.train.recipes.networks import NetworksSection, ScaledData
from cosmoloom.train.recipes.sections import PriorSection


class PatchesData(ScaledData):
    """Boxes; n is the side of a patch, and the critic sees (2n)^3 voxels."""

    face_share: float | None = Field(default=None, ge=0, le=1)
    """Share of patches, along each axis, with nothing before them; by default as many as in a box [1]."""


class PatchesRecipe(DuelRecipe):
    """Recipe of :class:`cosmoloom.train.games.patches.PatchesGame`."""

    game: Literal["patches"] = "patches"
    data: PatchesData
    networks: NetworksSection
    prior: PriorSection = PriorSection()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.data.thickness is not None:
            raise ValueError("data.thickness: patches are of volumes, not of maps")
        if len(self.data.redshifts) > 1:
            raise ValueError("data.redshifts: networks of patches are not told the redshift; name one")
        if self.prior.calibrate:
            raise ValueError("prior.calibrate: what patches add depends on their surroundings; no width calibrates it")
        _ = self.config
        return self

    @property
    def config(self) -> Configuration:
        """Sizes of the networks."""
        return self.networks.config(self.data.n, makes="patches")
