"""Recipe of the encoder game: a network that finds the latent of a field, for a finished volumes training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.train.recipes.recipe import Recipe
from cosmoloom.train.recipes.section import PACE, Section
from cosmoloom.train.recipes.sections import UpdatesSection
from cosmoloom.train.recipes.volumes import VolumesData


class SourceSection(Section):
    """What is inverted."""

    run: Annotated[Path | None, PACE] = None
    """Folder of a finished volumes training; its networks, boxes and scaling are taken over."""


class StoppingSection(Section):
    """When to stop early."""

    every: Annotated[int, PACE] = Field(default=100, ge=1)
    """Updates between two measurements of the loss on validation boxes."""
    samples: Annotated[int, PACE] = Field(default=64, ge=1)
    """Validation fields to measure on, always the same."""
    patience: Annotated[int, PACE] = Field(default=20, ge=1)
    """Measurements without a new best after which the training ends."""


class EncoderRecipe(Recipe):
    """Recipe of :class:`cosmoloom.train.games.encoder.EncoderGame`."""

    game: Literal["encoder"] = "encoder"
    data: VolumesData
    source: SourceSection
    stopping: StoppingSection = StoppingSection()
    updates: UpdatesSection

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.updates.critic_steps != 1 or self.average.decay != 0.0:
            raise ValueError("updates.critic_steps, average.decay: an encoder has no critic to train and no average")
        return self
