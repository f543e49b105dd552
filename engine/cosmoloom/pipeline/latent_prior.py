"""Normal scores of a latent: coordinates in which every prior is a standard normal, and its typical points a sphere.

A component x of a Student-t prior has the score ``u = Phi^-1(F(x))``, which is standard normal; one of a normal prior
is its own score, but for the width.  Great circles, walks and directions are made in scores, so that no step leaves
what the prior draws.

References
----------
White (2016), arXiv:1609.04468 (great circles between latents).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import torch
from torch import Tensor

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard


@dataclass(frozen=True, slots=True)
class LatentPrior:
    """Independent components, Student-t or normal.

    Attributes
    ----------
    nu : float or None
        Degrees of freedom; None for a normal distribution.
    width : float
        Factor on every component [1].
    """

    nu: float | None = None
    width: float = 1.0

    @classmethod
    def of(cls, card: ModelCard) -> Self:
        """Return the prior of a model."""
        return cls(card.latent_nu, card.latent_width)

    def scores(self, latent: Tensor) -> Tensor:
        """Return the normal scores of latents of any shape, in double precision."""
        x = latent.detach().cpu().double() / self.width
        if self.nu is None:
            return x
        from scipy.special import ndtri, stdtr

        lower = torch.from_numpy(ndtri(stdtr(self.nu, -x.abs().numpy())))  # the lower tail keeps its digits
        return -x.sign() * lower

    def latent(self, scores: Tensor) -> Tensor:
        """Return the latents of normal scores of any shape, in single precision."""
        u = scores.detach().cpu().double()
        if self.nu is not None:
            from scipy.special import ndtr, stdtrit

            u = -u.sign() * torch.from_numpy(stdtrit(self.nu, ndtr(-u.abs().numpy())))
        return (self.width * u).float()

    def slope(self, scores: Tensor) -> Tensor:
        """Return how fast latents grow with their scores, dx/du [1], in double precision."""
        u = scores.detach().cpu().double()
        if self.nu is None:
            return torch.full_like(u, self.width)
        x = self.latent(u).double() / self.width
        student = torch.distributions.StudentT(torch.tensor(self.nu, dtype=torch.float64)).log_prob(x)
        normal = torch.distributions.Normal(0.0, 1.0).log_prob(u)
        return self.width * (normal - student).exp()
