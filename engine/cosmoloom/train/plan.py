"""All that decides a training run."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TrainingPlan(BaseModel):
    """Settings of one adversarial training; kept beside its checkpoints as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: Path
    """Simulation store."""
    boxes: tuple[str, ...]
    """Simulations to train on."""
    held_out: tuple[str, ...]
    """Simulations that training never reads."""
    redshifts: tuple[float, ...] = (3.0, 2.0, 1.5, 1.0, 0.5, 0.25, 0.0)
    """Redshifts to train on."""
    n: int = 64
    """Voxels per side of a volume."""
    coarsen: int = Field(default=1, ge=1)
    """Voxels of the simulations averaged into one, along each axis."""
    grow_from: Path | None = None
    """Folder of a training on half the grid, whose networks this one starts from."""
    kappa_range: tuple[float, float] = (2.0, 20.0)
    """Range of kappa over the cosmic mean, drawn uniformly in the logarithm."""
    coarse_size: int = 128
    """Components of the latent that the whole volume shares."""
    detail_levels: int = 3
    """Grids from 8^3 up of which each cell has a component of the latent to itself."""
    latent_nu: float = 10.0
    """Degrees of freedom of the Student-t prior."""
    widths: tuple[int, ...] = (128, 64, 32, 16)
    """Channels of the generator from 4^3 up."""
    critic_widths: tuple[int, ...] = (16, 32, 64, 128)
    """Channels of the critic from the finest grid down."""
    critic_n: int | None = None
    """Voxels per side of the sub-volumes that the critic is shown, at random places; all of a volume if None.

    Where a coarser training has learnt the large scales, half of n judges the fine ones eight times cheaper.
    """
    batch: int = Field(default=8, ge=2)
    """Volumes per step; each is shown at two redshifts."""
    iterations: int = Field(default=10_000, ge=1)
    learning_rate: float = 1e-4
    critic_learning_rate: float = 6e-5
    decay_from: float = Field(default=0.45, ge=0, le=1)
    """Share of the iterations after which learning rates fall linearly to a twentieth."""
    warm_up: int = Field(default=0, ge=0)
    """First steps in which only the critic learns, so that a grown generator meets no ignorant judge."""
    only_newest: bool = False
    """Train only the layers that growth has added, and keep the large scales as they were learnt."""
    critic_weight: float = Field(default=1.0, ge=0)
    """Weight of the critic in the generator's loss; 0 leaves the critic out, and the match remains."""
    critic_penalty: float = Field(default=10.0, ge=0)
    """Weight of the squared slope of the critic at real volumes."""
    match_weight: float = 0.1
    """Weight in the generator's loss of the statistics that both ensembles must share.

    Its gradient should not exceed the critic's: statistics alone are met by fields that look like nothing.
    """
    pattern_weight: float = Field(default=4.0, ge=0)
    """Weight in the generator's loss of what volumes of different latents have in common."""
    match_k_max: float = Field(default=100.0, gt=0)
    """Largest wavenumber whose power is matched [h/Mpc]."""
    average_decay: float = 0.99
    """Decay per step of the running average of the generator's weights."""
    seed: int = 0

    @model_validator(mode="after")
    def _keep_held_out_apart(self) -> Self:
        shared = set(self.boxes) & set(self.held_out)
        if shared:
            raise ValueError(f"simulations {sorted(shared)} are both trained on and held out")
        if self.critic_n is not None and not 8 <= self.critic_n <= self.n:
            raise ValueError(f"critic_n must lie in [8, n = {self.n}], got {self.critic_n}")
        if len(self.redshifts) < 2:
            raise ValueError("pairs need at least two redshifts")
        return self
