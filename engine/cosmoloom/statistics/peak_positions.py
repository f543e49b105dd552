"""Peak positions: where the local maxima of a density are, to mark them in a picture or to follow them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, Measured, as_density, require_box_size
from cosmoloom.statistics.local_maxima import local_maxima, require_reach


@dataclass(frozen=True, slots=True)
class PeakPositions(Measured):
    """Peaks of one field, the highest first.

    Attributes
    ----------
    positions : Tensor, shape (m, 3), float64
        Centres of the voxels, axes (x, y, z) [Mpc/h]; a voxel at the corner is centred at half its side.
    voxels : Tensor, shape (m, 3), int64
        Indices of the voxels.
    heights : Tensor, shape (m,)
        rho / cosmic mean [1].
    """

    positions: Tensor
    voxels: Tensor
    heights: Tensor


def peak_positions(
    field: Field,
    *,
    neighbourhood: int = 2,
    lowest: float = 0.0,
    box_size: float | None = None,
    periodic: bool = False,
) -> PeakPositions:
    """Find the peaks that :func:`cosmoloom.statistics.peak_counts.peak_counts` counts.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (n, n, n)
        rho / cosmic mean [1].
    neighbourhood : int
        Reach in voxels: 1 compares with 26 neighbours, 2 with 124.
    lowest : float
        Least height, rho / cosmic mean [1].
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.
    periodic : bool
        Whether opposite faces of a bare density are neighbours; a :class:`Box` knows.

    Returns
    -------
    PeakPositions

    Raises
    ------
    InvalidInputError
        If the field is unfit, too small for the neighbourhood, has no size, or is a batch.
    """
    density = as_density(field, box_size=box_size, periodic=periodic)
    size = require_box_size(density)
    values = density.values.detach()
    if values.ndim != 3:
        raise InvalidInputError(f"peak positions are those of one field, shape (n, n, n), got {tuple(values.shape)}")
    n = values.shape[-1]
    require_reach(neighbourhood, n)
    values = values.contiguous()
    index = local_maxima(values[None], neighbourhood, periodic=density.periodic)
    heights = values.reshape(-1)[index]
    heights, order = heights.sort(descending=True, stable=True)
    voxels = torch.stack(torch.unravel_index(index[order], values.shape), dim=-1)[heights >= lowest]
    return PeakPositions((voxels.double() + 0.5) * (size / n), voxels, heights[heights >= lowest])
