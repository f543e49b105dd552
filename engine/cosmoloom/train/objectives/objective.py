"""What every adversarial objective has: a loss of scores for either side, and penalties on the critic's slope.

A new objective is one small file with a section of its own and an entry in ``objectives/__init__.py``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import Field
from torch import Tensor

from cosmoloom.train.objectives.slopes import squared_slope
from cosmoloom.train.recipes.section import PACE, Section

Score = Callable[[Tensor], Tensor]
"""A critic whose conditions are fixed: fields (b, ...) to raw scores (b,)."""

DICE = 3
"""Random numbers of a volume and update: for its real and its generated label, and where the slope is measured."""


class Objective(Section):
    """Base of the objectives; each is the table ``[objective]`` of a recipe."""

    compares: ClassVar[bool] = False
    """Whether the generator's loss needs the scores of real volumes."""

    loss: str
    critic_weight: Annotated[float, PACE] = Field(default=1.0, ge=0)
    """Weight of the critic in the generator's loss; 0 leaves the critic out."""
    r1: Annotated[float, PACE] = Field(default=0.0, ge=0)
    """Weight gamma of ``|grad D|^2 / 2`` at real volumes (Mescheder et al. 2018, arXiv:1801.04406, eq. 9)."""
    r2: Annotated[float, PACE] = Field(default=0.0, ge=0)
    """The same at generated volumes (eq. 10)."""
    penalise_every: int = Field(default=1, ge=1)
    """Updates of the critic per penalty, which then counts as many times."""
    accuracy_below: float | None = Field(default=None, gt=0, le=1)
    """Update the critic only where it tells a smaller share of a batch right [1]."""

    @abstractmethod
    def critic(self, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:
        """Return the critic's loss, without penalties.

        Parameters
        ----------
        real, fake : Tensor, shape (b,)
            Raw scores.
        dice : Tensor, shape (b, DICE)
            Uniform random numbers [1].
        """

    @abstractmethod
    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """Return the generator's loss from raw scores, shape (b,) each."""

    @abstractmethod
    def value(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return what the critic maximises and the generator minimises, for the duality gap."""

    def penalty(self, score: Score, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:  # noqa: ARG002  for others
        """Return the penalties on the critic's slope, shape ()."""
        total = real.new_zeros(())
        for weight, fields in ((self.r1, real), (self.r2, fake)):
            if weight:
                total = total + 0.5 * weight * squared_slope(score, fields).mean()
        return total

    @property
    def penalises(self) -> bool:
        """Whether there is a penalty, so that the critic is differentiated twice."""
        return self.r1 > 0 or self.r2 > 0
