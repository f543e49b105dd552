"""The hinge loss (Lim & Ye 2017, arXiv:1705.02894): scores beyond the margin do not count."""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn import functional

from cosmoloom.train.objectives.objective import Objective


class Hinge(Objective):
    """``max(0, 1 - D(x)) + max(0, 1 + D(G))`` for the critic, ``-D(G)`` for the generator."""

    loss: Literal["hinge"] = "hinge"

    def critic(self, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:  # noqa: ARG002
        """Return the critic's loss."""
        return functional.relu(1.0 - real).mean() + functional.relu(1.0 + fake).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:  # noqa: ARG002
        """Return the generator's loss."""
        return -fake.mean()

    def value(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the negative loss of the critic."""
        return -functional.relu(1.0 - real).mean() - functional.relu(1.0 + fake).mean()
