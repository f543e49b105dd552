"""What a recipe says about how a training is watched."""

from __future__ import annotations

from pydantic import Field

from cosmoloom.train.recipes.section import Section


class MonitorSection(Section):
    """When samples are drawn and compared with the validation boxes, and what is kept; no weight depends on it."""

    every: int = Field(default=500, ge=0)
    """Iterations between two looks; 0 looks by the clock alone, or never."""
    minutes: float = Field(default=0.0, ge=0)
    """Minutes between two looks [min]; 0 looks by iterations alone."""
    samples: int = Field(default=32, ge=4)
    """Volumes drawn per redshift at every look, always of the same seed."""
    redshifts: tuple[float, ...] = ()
    """Where samples are compared; first, middle and last of the training's unless given."""
    images: bool = True
    """Whether slices are drawn as pictures."""
    keep: int = Field(default=24, ge=0)
    """Models kept from earlier iterations, at intervals that grow."""
    gap_every: int = Field(default=0, ge=0)
    """Iterations between two measurements of the duality gap; 0 measures none."""
    gap_steps: int = Field(default=50, ge=1)
    """Updates that each side gets to improve alone; the more, the closer to its best answer."""
    rejection: int = Field(default=0, ge=0)
    """Batches drawn at every look to tell what rejection by the critic would change; 0 draws none."""
