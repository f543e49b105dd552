"""Recipe of the primordial game: the latent is the initial conditions, and a network learns how they collapse."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.collapse import CollapseConfig
from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
from cosmoloom.train.objectives.hinge import Hinge
from cosmoloom.train.objectives.relativistic import Relativistic
from cosmoloom.train.recipes.duel import DuelRecipe
from cosmoloom.train.recipes.pairs import PairsData
from cosmoloom.train.recipes.section import PACE, Section
from cosmoloom.train.recipes.sections import AverageSection, UpdatesSection


class PrimordialNoise(Section):
    """Grids of the white noise from which universes are drawn."""

    long_n: int = 32
    """Cells per side of the noise of long waves."""
    long_size: float = 128.0
    """Side of the periodic box of long waves [Mpc/h]; best that of the simulations."""
    k_split: float = 0.6
    """Waves below it are long: they displace to second order, and go beyond the volume [h/Mpc]."""
    padding: float = 16.0
    """How far around the volume matter is displaced, too [Mpc/h]."""

    def grids(self, n: int, voxel_size: float) -> LagrangianConfig:
        """Return both grids for volumes of n^3 voxels of a size [Mpc/h]."""
        return LagrangianConfig(
            n=n, voxel_size=voxel_size, long_n=self.long_n, long_size=self.long_size, k_split=self.k_split,
            padding=ceil(self.padding / voxel_size),
        )  # fmt: skip


class PrimordialNetworks(Section):
    """Sizes of network and critic."""

    widths: tuple[int, ...] = (16, 32, 64)
    """Channels of the network on half of the grid, a quarter, ..."""
    condition_width: int = 64
    """Hidden width of what reads growth factor and ln kappa."""
    critic_widths: tuple[int, ...] = Field(default=(32, 64, 128), min_length=1)
    """Channels of the critic from the finest grid down."""
    critic_n: int = 32
    """Voxels per side of the sub-volumes that the critic is shown: large scales are right by construction."""
    critic_windows: int = Field(default=4, ge=1)
    """Sub-volumes that the critic is shown of each volume, at random places."""


class PrimordialMatch(Section):
    """What generated volumes must share with real ones beside the critic's opinion."""

    weight: Annotated[float, PACE] = Field(default=0.1, ge=0)
    """Weight in the generator's loss of statistics that ensembles share."""
    k_max: Annotated[float, PACE] = Field(default=100.0, gt=0)
    """Largest wavenumber whose power is matched [h/Mpc]."""
    regression_weight: Annotated[float, PACE] = Field(default=1.0, ge=0)
    """Weight in the generator's loss of the error of block means, over their variance."""
    lattice_weight: Annotated[float, PACE] = Field(default=1.0, ge=0)
    """Weight in the generator's loss of what steps within the network's cells differ from those between them."""
    regression_block: int = Field(default=4, ge=1)
    """Voxels per side of these blocks: coarser than what initial conditions leave to chance."""


class PrimordialUpdates(UpdatesSection):
    """First updates that learn the most likely collapse, then those that play against the critic."""

    betas: tuple[float, float] = (0.0, 0.95)
    """Against the critic."""
    regression_iterations: Annotated[int, PACE] = Field(default=0, ge=0)
    """First updates, in which the network alone learns, from the simulation of the same initial conditions."""
    regression_rate: Annotated[float, PACE] = Field(default=1.5e-3, gt=0)
    """Learning rate in these, at its highest."""
    regression_warm_up: Annotated[int, PACE] = Field(default=50, ge=1)
    """Updates over which that rate rises."""

    def pace(self, iteration: int) -> float:
        """Return the share of the highest learning rates at an iteration, of either stage by itself [1]."""
        first = self.regression_iterations
        if iteration >= first:
            alone = self.model_copy(update={"iterations": max(1, self.iterations - first)})
            return UpdatesSection.pace(alone, iteration - first)
        late = max(0.0, 2.0 * iteration / first - 1.0)
        return min(1.0, (iteration + 1) / self.regression_warm_up) * (1.0 - 0.9 * late)

    def learns(self, iteration: int) -> bool:
        """Tell whether the network learns at an iteration, or waits for a new critic."""
        return not 0 <= iteration - self.regression_iterations < self.warm_up


class PrimordialRecipe(DuelRecipe):
    """Recipe of :class:`cosmoloom.train.games.primordial.PrimordialGame`."""

    game: Literal["primordial"] = "primordial"
    data: PairsData
    noise: PrimordialNoise = PrimordialNoise()
    networks: PrimordialNetworks = PrimordialNetworks()
    objective: Annotated[Hinge | Relativistic, Field(discriminator="loss")] = Hinge(r1=10.0, penalise_every=4)
    match: PrimordialMatch = PrimordialMatch()
    updates: PrimordialUpdates
    average: AverageSection = AverageSection(decay=0.99)

    @property
    def config(self) -> CollapseConfig:
        """Sizes of the network."""
        sizes = self.networks
        return CollapseConfig(n=self.data.n, widths=sizes.widths, condition_width=sizes.condition_width)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            _ = self.config
        except InvalidInputError as error:
            raise ValueError(f"networks: {error}") from error
        n, sizes = self.data.n, self.networks
        coarsest = 2 ** len(sizes.critic_widths)
        if not 8 <= sizes.critic_n <= n or sizes.critic_n % coarsest:
            raise ValueError(
                f"networks.critic_n must lie in [8, data.n = {n}] and be a multiple of {coarsest}, got {sizes.critic_n}"
            )
        if n % self.match.regression_block:
            raise ValueError(f"match.regression_block must divide data.n = {n}, got {self.match.regression_block}")
        if self.updates.critic_steps != 1 or self.updates.optimiser != "adam":
            raise ValueError("updates: this game has Adam and one update of the critic per update of the generator")
        return self
