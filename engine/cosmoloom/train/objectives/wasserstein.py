"""The Wasserstein loss with the standard gradient penalty, and the term that keeps scores from drifting off.

References
----------
Gulrajani et al. (2017), arXiv:1704.00028, eq. 3; Perraudin et al. (2019), eq. 7 (saturation).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor
from torch.nn import functional

from cosmoloom.train.objectives.objective import Objective, Score
from cosmoloom.train.objectives.slopes import squared_slope
from cosmoloom.train.recipes.section import PACE


class Wasserstein(Objective):
    """``E D(G) - E D(x)`` for the critic, ``-E D(G)`` for the generator."""

    loss: Literal["wasserstein"] = "wasserstein"
    gradient_penalty: Annotated[float, PACE] = Field(default=10.0, ge=0)
    """Weight of ``(|grad D| - 1)^2``, for each volume at a random place between a real and a generated one."""
    saturation: Annotated[float, PACE] = Field(default=0.0, ge=0)
    """Weight of ``max(0, D(x) D(G))``, which pulls scores back that have run off to one side together."""

    def critic(self, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:  # noqa: ARG002
        """Return the critic's loss with the saturation term."""
        loss = fake.mean() - real.mean()
        if self.saturation:
            loss = loss + self.saturation * functional.relu(real * fake).mean()
        return loss

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:  # noqa: ARG002
        """Return the generator's loss."""
        return -fake.mean()

    def value(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return ``E D(x) - E D(G)``."""
        return real.mean() - fake.mean()

    def penalty(self, score: Score, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:
        """Return the penalties on the slope, shape ()."""
        total = super().penalty(score, real, fake, dice)
        if self.gradient_penalty:
            share = dice[:, 2].view(-1, *(1 for _ in real.shape[1:])).to(real.dtype)
            slope = (squared_slope(score, share * real + (1.0 - share) * fake) + 1e-12).sqrt()
            total = total + self.gradient_penalty * (slope - 1.0).square().mean()
        return total

    @property
    def penalises(self) -> bool:
        """Whether the critic is differentiated twice."""
        return self.gradient_penalty > 0 or super().penalises
