"""Displaced particles painted on a processor so that derivatives go back through it to the displacements.

Cloud-in-cell is linear in the distance to the nearest mesh points, so its slope is a difference of neighbouring voxels.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class DisplacedPainting(torch.autograd.Function):
    """``mesh = paint(lattice + growth first + second_growth second)``: see :func:`paint_displaced`."""

    @staticmethod
    def forward(ctx: Any, first: Tensor, second: Tensor, growth: float, second_growth: float, n: int) -> Tensor:
        """Return mass per voxel of the n^3 in the middle of the lattice and one more on every side."""
        from cosmoloom.pipeline.lagrangian_compiled import paint_displaced

        mesh = torch.zeros((n + 2,) * 3)
        paint_displaced(first.detach().numpy(), second.detach().numpy(), growth, second_growth, mesh.numpy())
        ctx.save_for_backward(first, second)
        ctx.factors = growth, second_growth
        return mesh

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """Return derivatives with respect to both displacements."""
        from cosmoloom.pipeline.lagrangian_compiled import pull_displaced

        first, second = ctx.saved_tensors
        growth, second_growth = ctx.factors
        pull = torch.zeros(first.shape)
        slope = slopes[0].contiguous()
        moved = (first.detach().numpy(), second.detach().numpy())
        pull_displaced(*moved, growth, second_growth, slope.numpy(), pull.numpy())
        return growth * pull, second_growth * pull, None, None, None


def paint_differentiably(first: Tensor, second: Tensor, *, growth: float, second_growth: float, n: int) -> Tensor:
    """Return rho over the cosmic mean of the n^3 voxels in the middle of the lattice, and one on every side.

    Parameters
    ----------
    first, second : Tensor, shape (p, p, p, 3)
        Displacements in voxels.
    growth, second_growth : float
        Factors on them [1].
    n : int
        Voxels per side of the region.

    Returns
    -------
    Tensor, shape (n + 2, n + 2, n + 2)
        The outermost voxels lack some of their mass.
    """
    mesh: Tensor = DisplacedPainting.apply(first, second, growth, second_growth, n)  # type: ignore[no-untyped-call]
    return mesh
