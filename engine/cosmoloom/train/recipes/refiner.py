"""Recipe of the refiner game: a network doubles the grid of a density, wherever it is asked to."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import RefinerConfig
from cosmoloom.train.recipes.duel import DuelRecipe
from cosmoloom.train.recipes.section import PACE, Section
from cosmoloom.train.recipes.sections import DataSection


class RefinerData(DataSection):
    """Boxes; n is the side of the fine sub-volumes that the critic sees."""

    scales: tuple[int, ...] = (1,)
    """Voxels averaged into one of the fine grid; each batch is of one of these scales."""
    generated: Annotated[float, PACE] = Field(default=0.0, ge=0, le=1)
    """Share of the batches in which the refiner has made the coarse field itself, where it knows the scale above."""

    @model_validator(mode="after")
    def _scales_ascend(self) -> Self:
        if not self.scales or self.scales[0] < 1 or list(self.scales) != sorted(set(self.scales)):
            raise ValueError(f"scales ascend from 1 or above, got {list(self.scales)}")
        if self.generated and (self.n % 4 or not any(2 * scale in self.scales for scale in self.scales)):
            raise ValueError(
                f"coarse fields are generated where scales hold one and its double, and n is a multiple of 4; got "
                f"{list(self.scales)} and n = {self.n}"
            )
        return self


class RefinerNetworks(Section):
    """Sizes of refiner and critic."""

    width: int = 32
    """Channels of the refiner."""
    depth: int = 5
    """Convolutions of the refiner, and coarse voxels around a place that decide it."""
    condition_width: int = Field(default=32, ge=1)
    """Hidden width of what reads growth factor and voxel size."""
    critic_widths: tuple[int, ...] = Field(default=(32, 64, 128), min_length=1)
    """Channels of the critic on the coarse grid, and after each halving."""

    @property
    def config(self) -> RefinerConfig:
        """Sizes of the refiner."""
        return RefinerConfig(width=self.width, depth=self.depth, condition_width=self.condition_width)


class RefinerMatch(Section):
    """What refined volumes must share with real ones beside the critic's opinion."""

    weight: Annotated[float, PACE] = Field(default=0.1, ge=0)
    """Weight in the generator's loss of statistics that ensembles share."""
    lattice_weight: Annotated[float, PACE] = Field(default=1.0, ge=0)
    """Weight in the generator's loss of what steps within coarse voxels differ from those between them."""


class RefinerRecipe(DuelRecipe):
    """Recipe of :class:`cosmoloom.train.games.refiner.RefinerGame`."""

    game: Literal["refiner"] = "refiner"
    data: RefinerData
    networks: RefinerNetworks = RefinerNetworks()
    match: RefinerMatch = RefinerMatch()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            _ = self.networks.config
        except InvalidInputError as error:
            raise ValueError(f"networks: {error}") from error
        widths = len(self.networks.critic_widths)
        least = 2 ** (widths + 1) + 4
        if self.data.n % 2 or self.data.n < least:
            raise ValueError(f"data.n must be even, and at least {least} for a critic of {widths} widths")
        return self

    @property
    def fine_side(self) -> int:
        """Fine voxels per side that the refiner computes with: those of n, and its margin."""
        return self.data.n + 4 * self.networks.depth
