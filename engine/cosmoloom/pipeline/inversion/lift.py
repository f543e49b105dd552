"""From white noise on the voxels of a region to a latent: the noise of both of its grids.

The noise that a latent means in its region is linear in it, ``w = A z``.  Of all latents that mean a given noise, the
one nearest to zero is ``A^T (A A^T)^-1 w``: it draws nothing where the region says nothing.  ``A A^T`` is nearly one,
because the waves of both grids fill the region's noise once, so that one correction does for the inverse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from cosmoloom.pipeline.lagrangian import Lagrangian

CORRECTIONS = 1
"""Times that what a latent lacks is added to it."""


class Transposed(torch.autograd.Function):
    """``A^T w`` for the linear map A of :meth:`Lagrangian.white`."""

    @staticmethod
    def forward(ctx: Any, noise: Tensor, lagrangian: Lagrangian) -> Tensor:
        """Return a latent, shape (latent_size,)."""
        ctx.lagrangian = lagrangian
        with torch.enable_grad():
            latent = torch.zeros(lagrangian.config.latent_size, device=noise.device, requires_grad=True)
            (transposed,) = torch.autograd.grad(lagrangian.white(latent), latent, noise.detach())
        return transposed

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        """Apply the map itself."""
        white: Tensor = ctx.lagrangian.white(slopes[0])
        return white, None


def lift(noise: Tensor, lagrangian: Lagrangian) -> Tensor:
    """Return the latent nearest to zero that means a noise in its region.

    Parameters
    ----------
    noise : Tensor, shape (n, n, n)
        White noise, or an estimate of it.
    lagrangian : Lagrangian
        Grids of the latent.

    Returns
    -------
    Tensor, shape (latent_size,)
    """
    wanted = noise
    for _ in range(CORRECTIONS):
        wanted = wanted + noise - lagrangian.white(_transposed(wanted, lagrangian))
    return _transposed(wanted, lagrangian)


def _transposed(noise: Tensor, lagrangian: Lagrangian) -> Tensor:
    latent: Tensor = Transposed.apply(noise, lagrangian)  # type: ignore[no-untyped-call]
    return latent
