"""The relativistic pairing loss of R3GAN: real volumes shall score above generated ones, wherever both lie.

With penalties R1 and R2 its gradient descent converges locally, and dropping a part of the real distribution is
no local minimum.

References
----------
Huang, Gokaslan, Kuleshov & Tompkin (2024), "The GAN is dead; long live the GAN!", arXiv:2501.05441, section 2;
Jolicoeur-Martineau (2018), arXiv:1807.00734.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from torch import Tensor
from torch.nn import functional

from cosmoloom.train.objectives.objective import Objective


class Relativistic(Objective):
    """``f(D(x) - D(G))`` with ``f(t) = ln(1 + exp(-t))`` for the critic, ``f(D(G) - D(x))`` for the generator."""

    compares: ClassVar[bool] = True

    loss: Literal["relativistic"] = "relativistic"

    def critic(self, real: Tensor, fake: Tensor, dice: Tensor) -> Tensor:  # noqa: ARG002
        """Return the critic's loss: each real volume is compared with one generated volume."""
        return functional.softplus(fake - real).mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """Return the generator's loss."""
        return functional.softplus(real - fake).mean()

    def value(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the negative loss of the critic."""
        return -functional.softplus(fake - real).mean()
