"""Recipe of the origins game: a network that finds initial conditions from which a finished model grows a box."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.origins import OriginsConfig
from cosmoloom.train.recipes.encoder import StoppingSection
from cosmoloom.train.recipes.pairs import PairsData
from cosmoloom.train.recipes.recipe import Recipe
from cosmoloom.train.recipes.section import PACE, Section
from cosmoloom.train.recipes.sections import UpdatesSection


class OriginsSource(Section):
    """What is inverted."""

    run: Annotated[Path | None, PACE] = None
    """Folder of a finished primordial training; the default model, and the training that lies in it, if left out."""


class OriginsNetworks(Section):
    """Size of the encoder."""

    widths: tuple[int, ...] = (24, 40, 56, 56)
    """Channels on half of the grid, a quarter, ..."""
    condition_width: int = 64
    """Hidden width of what reads growth factor and ln kappa."""


class OriginsUpdates(UpdatesSection):
    """First updates on samples whose latent is known, then those on real boxes, through model and critic."""

    example_iterations: Annotated[int, PACE] = Field(default=0, ge=0)
    """First updates, on the model's own samples."""
    example_rate: Annotated[float, PACE] = Field(default=1e-3, gt=0)
    """Learning rate in these, at its highest."""

    def pace(self, iteration: int) -> float:
        """Return the share of the highest learning rates at an iteration, of either stage by itself [1]."""
        first = self.example_iterations
        if iteration >= first:
            alone = self.model_copy(update={"iterations": max(1, self.iterations - first)})
            return UpdatesSection.pace(alone, iteration - first)
        return min(1.0, (iteration + 1) / 50) * (1.0 - 0.8 * iteration / first)


class OriginsLoss(Section):
    """What is compared."""

    fine: Annotated[float, PACE] = Field(default=0.2, ge=0)
    """Weight of noise whose waves all count alike, beside noise coloured as the linear density field is."""
    features: Annotated[float, PACE] = Field(default=1.0, ge=0)
    """Weight of the critic's features of a box and of its reconstruction, beside ln rho of both."""


class OriginsRecipe(Recipe):
    """Recipe of :class:`cosmoloom.train.games.origins.OriginsGame`."""

    game: Literal["origins"] = "origins"
    data: PairsData
    source: OriginsSource = OriginsSource()
    networks: OriginsNetworks = OriginsNetworks()
    loss: OriginsLoss = OriginsLoss()
    stopping: StoppingSection = StoppingSection(samples=8)
    updates: OriginsUpdates

    @property
    def config(self) -> OriginsConfig:
        """Sizes of the encoder."""
        return OriginsConfig(n=self.data.n, widths=self.networks.widths, condition_width=self.networks.condition_width)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            _ = self.config
        except InvalidInputError as error:
            raise ValueError(f"networks: {error}") from error
        if self.updates.critic_steps != 1 or self.average.decay != 0.0:
            raise ValueError("updates.critic_steps, average.decay: an encoder has no critic to train and no average")
        return self
