"""Peak counts: local maxima of the density, the seats of haloes, by height."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, Measured, as_density
from cosmoloom.statistics.log_bins import LogBins

PEAK_BINS = LogBins(-1.0, 3.4, 22)
"""Bins of 0.2 dex from 0.1 to 2500 times the cosmic mean."""


@dataclass(frozen=True, slots=True)
class PeakCounts(Measured):
    """Peaks per bin of height.

    Attributes
    ----------
    edges : Tensor, shape (n_bins + 1,)
        Edges of the bins, log10(rho / cosmic mean) at the peak [1]; the end bins also hold what lies beyond.
    counts : Tensor, shape (*batch, n_bins)
        Peaks per bin.
    n_searched : int
        Voxels per field whose whole neighbourhood is known, that is, that could be peaks.
    """

    edges: Tensor
    counts: Tensor
    n_searched: int


def peak_counts(
    field: Field, *, neighbourhood: int = 2, bins: LogBins = PEAK_BINS, periodic: bool = False
) -> PeakCounts:
    """Count voxels that are strictly denser than all others within a cube around them.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    neighbourhood : int
        Reach of the cube in voxels: 2 compares with 124 neighbours.
    bins : LogBins
        Bins of the height.
    periodic : bool
        Whether opposite faces of bare densities are neighbours; a :class:`Box` knows.  If not, voxels closer
        to a face than ``neighbourhood`` are not searched.

    Returns
    -------
    PeakCounts

    Raises
    ------
    InvalidInputError
        If the field is unfit or too small for the neighbourhood.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5.
    """
    density = as_density(field, periodic=periodic)
    values = density.values.detach()
    n = values.shape[-1]
    if not 1 <= neighbourhood <= (n - 1) // 2:
        raise InvalidInputError(
            f"neighbourhood must lie in 1 to {(n - 1) // 2} voxels for a field of {n}^3, got {neighbourhood}"
        )
    stack = values.reshape(-1, n, n, n)
    if density.periodic:
        for axis in (1, 2, 3):
            before = stack.narrow(axis, n - neighbourhood, neighbourhood)
            after = stack.narrow(axis, 0, neighbourhood)
            stack = torch.cat([before, stack, after], axis)
    mask = is_peak(stack, neighbourhood)
    inside = stack[(...,) + (slice(neighbourhood, -neighbourhood),) * 3]
    if len(stack) == 1:
        counts = bins.count(inside[mask])
    else:
        owner = mask.nonzero()[:, 0].to(torch.int32)
        counts = bins.count(inside[mask], owner, n_owners=len(stack))
    return PeakCounts(
        bins.edges(values.device), counts.reshape(*values.shape[:-3], bins.n_bins), mask[0].numel()
    )


def is_peak(density: Tensor, neighbourhood: int) -> Tensor:
    """Tell which voxels are strictly denser than all others within the neighbourhood.

    The largest *other* voxel is found axis by axis: along a row, then over whole rows of a plane, then over
    whole planes, so ties need no second look and a window costs log2 of its width.

    Parameters
    ----------
    density : Tensor, shape (*batch, n, n, n)
        Any finite numbers.
    neighbourhood : int
        Reach in voxels.

    Returns
    -------
    Tensor of bool, shape (*batch, m, m, m)
        Where m = n - 2 neighbourhood: voxels whose neighbourhood is complete.
    """
    rest = (slice(neighbourhood, -neighbourhood),)
    others_in_row = _largest_beside(density, neighbourhood, dim=-1)
    row = torch.maximum(others_in_row, density[(..., *rest)])
    other_rows = _largest_beside(row, neighbourhood, dim=-2)
    others_in_plane = torch.maximum(other_rows, others_in_row[(..., *rest, slice(None))])
    plane = torch.maximum(other_rows, row[(..., *rest, slice(None))])
    others = _largest_beside(plane, neighbourhood, dim=-3).maximum(
        others_in_plane[(..., *rest, slice(None), slice(None))]
    )
    return density[(..., *rest * 3)] > others


def _largest_beside(values: Tensor, reach: int, *, dim: int) -> Tensor:
    """Return the maximum of the ``reach`` entries on either side along an axis."""
    size = values.shape[dim]
    window, width = values, 1
    while width < reach:  # window[i] = max of values[i : i + width]
        step = min(width, reach - width)
        length = window.shape[dim] - step
        window = torch.maximum(window.narrow(dim, 0, length), window.narrow(dim, step, length))
        width += step
    return torch.maximum(
        window.narrow(dim, 0, size - 2 * reach), window.narrow(dim, reach + 1, size - 2 * reach)
    )
