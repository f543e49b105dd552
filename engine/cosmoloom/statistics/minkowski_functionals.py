"""Minkowski functionals: volume, surface, curvature and topology of the regions denser than a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, Measured, as_density, require_box_size

_SLAB = 1 << 17
"""Voxels compared with all thresholds at a time: what fits into the cache of a CPU."""

Unit = Literal["mean", "sigma"]
"""Thresholds in rho / cosmic mean, or in standard deviations of each field from its own mean."""

THRESHOLDS = {
    "mean": tuple(10 ** (i / 10) for i in range(-10, 21)),
    "sigma": tuple(i / 4 for i in range(-12, 13)),
}
"""Thresholds unless others are given: 0.1 to 100 times the mean, and -3 to 3 sigma."""


@dataclass(frozen=True, slots=True)
class MinkowskiFunctionals(Measured):
    """Densities of the four Minkowski functionals of the regions above each threshold.

    Attributes
    ----------
    threshold : Tensor, shape (n_thresholds,)
        Thresholds, in the unit that was asked for [1].
    v0 : Tensor, shape (*batch, n_thresholds)
        Share of the volume above the threshold [1].
    v1 : Tensor, shape (*batch, n_thresholds)
        A sixth of the surface per volume in [h/Mpc].
    v2 : Tensor, shape (*batch, n_thresholds)
        ``1 / (6 pi)`` of the integral over the surface of the sum of its principal curvatures, per volume in
        [(h/Mpc)^2].
    v3 : Tensor, shape (*batch, n_thresholds)
        Euler characteristic per volume in [(h/Mpc)^3]: isolated regions less tunnels plus cavities.
    """

    threshold: Tensor
    v0: Tensor
    v1: Tensor
    v2: Tensor
    v3: Tensor


def minkowski_functionals(
    field: Field,
    *,
    thresholds: Tensor | list[float] | tuple[float, ...] | None = None,
    unit: Unit = "mean",
    box_size: float | None = None,
    periodic: bool = False,
) -> MinkowskiFunctionals:
    """Measure the Minkowski functionals of the regions denser than each threshold.

    Voxel centres above the threshold are the corners of a lattice body, to which an edge, a face or a cube of
    the lattice belongs if all of its corners do.  With n0, n1, n2, n3 such cells per voxel and a the voxel size
    ``v0 = n0``, ``v1 = 2 (3 n0 - n1) / (9 a)``, ``v2 = 2 (3 n0 - 2 n1 + n2) / (9 a^2)`` and
    ``v3 = (n0 - n1 + n2 - n3) / a^3``: Crofton's formula for lines and planes along the axes, without bias for
    isotropic fields that are smooth on the scale of a voxel.  Gaussian noise smoothed over 3 voxels shows none;
    over 2 voxels v2 and v3 are off by up to a tenth of their peak, over 1 voxel by a fifth, so compare rough
    fields only with others of the same voxel size.  Without periodic borders only cells whose corners are all
    inside count, so no surface arises where the field ends.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    thresholds : sequence of float, shape (n_thresholds,), optional
        Ascending thresholds; :data:`THRESHOLDS` of the unit unless given.
    unit : {"mean", "sigma"}
        What the thresholds are measured in.
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.
    periodic : bool
        Whether opposite faces of bare densities are neighbours; a :class:`Box` knows.

    Returns
    -------
    MinkowskiFunctionals
        In double precision; a count, so without gradients.

    Raises
    ------
    InvalidInputError
        If the field is unfit, does not vary while thresholds are in sigma, or the thresholds do not ascend.

    References
    ----------
    Schmalzing & Buchert (1997), ApJ 482, L1, eqs. 4 to 6.
    """
    density = as_density(field, box_size=box_size, periodic=periodic)
    size = require_box_size(density)
    values = density.values.detach()
    levels = as_thresholds(thresholds, unit, values)
    n = values.shape[-1]
    stack = values.reshape(-1, n, n, n)
    if unit == "sigma":
        stack = standardised(stack)
    rank = _rank(stack.contiguous(), levels)
    v0 = _count_above(rank, len(levels)) / n**3
    if density.periodic:
        for axis in (1, 2, 3):
            rank = torch.cat([rank, rank.narrow(axis, 0, 1)], axis)
    n0, n1, n2, n3 = (cells.reshape(*values.shape[:-3], -1) for cells in _cells_above(rank, len(levels)))
    voxel = size / n
    return MinkowskiFunctionals(
        threshold=levels.double(),
        v0=v0.reshape(n0.shape),
        v1=2 * (3 * n0 - n1) / (9 * voxel),
        v2=2 * (3 * n0 - 2 * n1 + n2) / (9 * voxel**2),
        v3=(n0 - n1 + n2 - n3) / voxel**3,
    )


def as_thresholds(thresholds: Tensor | list[float] | tuple[float, ...] | None, unit: Unit, like: Tensor) -> Tensor:
    """Return ascending thresholds in the dtype and on the device of a field, or raise InvalidInputError."""
    if unit not in THRESHOLDS:
        raise InvalidInputError(f"thresholds are in units of the mean or of sigma, got unit={unit!r}")
    given = THRESHOLDS[unit] if thresholds is None else thresholds
    levels = torch.as_tensor(given, dtype=like.dtype, device=like.device)
    if levels.ndim != 1 or not len(levels) or not bool((levels.diff() > 0).all()) or not bool(levels.isfinite().all()):
        raise InvalidInputError("thresholds must be a list of finite numbers that ascend")
    return levels


def standardised(fields: Tensor) -> Tensor:
    """Return (rho - mean) / sigma of each field, shape (..., n, n, n), or raise InvalidInputError."""
    deviation = fields - fields.mean((-3, -2, -1), keepdim=True)
    sigma = deviation.square().mean((-3, -2, -1), keepdim=True).sqrt()
    if not bool((sigma > 0).all()):
        raise InvalidInputError("a field does not vary, so thresholds in sigma mean nothing; use unit='mean'")
    return deviation / sigma


def _rank(values: Tensor, levels: Tensor) -> Tensor:
    """Return how many thresholds each voxel lies above; as this is monotonic, minima can be taken of ranks."""
    if values.device.type != "cpu" or len(levels) > 255:
        return torch.bucketize(values, levels, out_int32=True)
    # NumPy compares floats with vector instructions: 8 times faster than a search for 31 thresholds.
    flat = values.numpy().reshape(-1)
    rank = np.zeros(flat.shape, dtype=np.uint8)
    for start in range(0, len(flat), _SLAB):
        slab, out = flat[start : start + _SLAB], rank[start : start + _SLAB]
        for level in levels.numpy():
            out += slab > level
    return torch.from_numpy(rank).reshape(values.shape)


def _cells_above(rank: Tensor, n_levels: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return points, edges, faces and cubes above each threshold, per voxel, each of shape (batch, n_levels).

    A cell is above a threshold if its lowest corner is.  Each cell belongs to its corner of lowest index, and
    corners in the last planes count for nothing, as their cells are not all there.
    """
    last = rank.shape[-1] - 1

    def share(*kinds: Tensor) -> Tensor:
        counts = [_count_above(cells[:, :last, :last, :last], n_levels) for cells in kinds]
        return torch.stack(counts).sum(0) / last**3

    z = _lower_neighbour(rank, -1)
    y = _lower_neighbour(rank, -2)
    yz = _lower_neighbour(z, -2)
    points = share(rank)
    edges = share(z, y, _lower_neighbour(rank, -3))
    faces = share(yz, _lower_neighbour(z, -3), _lower_neighbour(y, -3))
    cubes = share(_lower_neighbour(yz, -3))
    return points, edges, faces, cubes


def _lower_neighbour(rank: Tensor, dim: int) -> Tensor:
    size = rank.shape[dim] - 1
    return torch.minimum(rank.narrow(dim, 0, size), rank.narrow(dim, 1, size))


def _count_above(rank: Tensor, n_levels: int) -> Tensor:
    """Return how many cells of each field rank above each threshold, shape (batch, n_levels), float64."""
    flat = rank.flatten(1)
    counts = torch.stack([torch.bincount(one, minlength=n_levels + 1) for one in flat])
    return counts.flip(-1).cumsum(-1).flip(-1)[:, 1:].double()
