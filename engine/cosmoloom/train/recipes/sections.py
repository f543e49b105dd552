"""The tables that recipes of all kinds share: data, prior, updates, average."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cosmoloom.train.recipes.section import PACE, Names, Numbers, Section


class DataSection(Section):
    """What is trained on, what is watched, and what is never read."""

    store: Annotated[Path | None, PACE] = None
    """Simulation store."""
    boxes: Names = ()
    """Simulations to train on."""
    validation: Names = ()
    """Simulations to watch the training with: checkpoints are chosen, and widths calibrated, by them."""
    held_out: Names = ()
    """Simulations that training never reads."""
    redshifts: Numbers = Field(min_length=1)
    """Snapshots to train on."""
    n: int = Field(ge=4)
    """Voxels per side of a volume."""
    coarsen: int = Field(default=1, ge=1)
    """Voxels of the simulations averaged into one, along each axis."""

    @model_validator(mode="after")
    def _kinds_stay_apart(self) -> Self:
        kinds = {"trained on": self.boxes, "used for validation": self.validation, "held out": self.held_out}
        for (first, ours), (second, theirs) in combinations(kinds.items(), 2):
            if shared := sorted(set(ours) & set(theirs)):
                raise ValueError(f"simulations {', '.join(shared)} are both {first} and {second}")
        if any(redshift < 0 for redshift in self.redshifts) or len(set(self.redshifts)) < len(self.redshifts):
            raise ValueError(f"redshifts must be different numbers of 0 and above, got {list(self.redshifts)}")
        return self


class PriorSection(Section):
    """Distribution of the latent's independent components."""

    family: Literal["normal", "student-t"] = "normal"
    nu: float | None = Field(default=None, gt=2)
    """Degrees of freedom of Student's t."""
    width: float = Field(default=1.0, gt=0)
    """Factor on every component."""
    calibrate: Annotated[bool, PACE] = False
    """Find at the end the width at which the mean power of samples is that of the validation boxes."""

    @model_validator(mode="after")
    def _nu_is_of_student(self) -> Self:
        if (self.family == "student-t") != (self.nu is not None):
            raise ValueError("a student-t prior needs nu, a normal one has none")
        return self


class UpdatesSection(Section):
    """Optimisers, their rates, and how often they are used."""

    iterations: Annotated[int, PACE] = Field(ge=1)
    """Updates of the generator."""
    batch: int = Field(ge=2)
    """Volumes per update."""
    critic_steps: int = Field(default=1, ge=1)
    """Updates of the critic per update of the generator."""
    warm_up: int = Field(default=0, ge=0)
    """First updates in which only the critic learns, so that a grown generator meets no ignorant judge."""
    optimiser: Literal["adam", "rmsprop"] = "adam"
    betas: tuple[float, float] = (0.0, 0.9)
    """Decay of the mean and of the mean square of gradients; RMSprop has the second alone."""
    generator_rate: Annotated[float, PACE] = Field(default=1e-4, gt=0)
    """Learning rate of the generator at its highest."""
    critic_rate: Annotated[float, PACE] = Field(default=1e-4, gt=0)
    """Learning rate of the critic at its highest."""
    halve_every: Annotated[int | None, PACE] = Field(default=None, ge=1)
    """Updates of the generator after which both rates are halved, again and again."""
    decay_from: Annotated[float, PACE] = Field(default=1.0, ge=0, le=1)
    """Share of the iterations after which both rates fall linearly to a twentieth."""

    def pace(self, iteration: int) -> float:
        """Return the share of the highest learning rates at an iteration [1]."""
        halvings = 0 if self.halve_every is None else iteration // self.halve_every
        late = max(0.0, (iteration / self.iterations - self.decay_from) / max(1e-9, 1.0 - self.decay_from))
        return float(0.5**halvings * (1.0 - 0.95 * min(1.0, late)))

    def learns(self, iteration: int) -> bool:
        """Tell whether the generator learns at an iteration, or waits for its critic."""
        return iteration >= self.warm_up


class AverageSection(Section):
    """Running average of the generator's weights, which is what is drawn from and exported."""

    decay: Annotated[float, PACE] = Field(default=0.0, ge=0, lt=1)
    """Per update of the generator; 0 takes the weights as they are."""
