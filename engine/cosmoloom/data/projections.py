"""Flat data from volumes: the mean density of slabs along an axis, and thin slices, which are slabs of one voxel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map


def project(
    box: Box, *, axis: int = 2, start: float = 0.0, thickness: float | None = None
) -> Map:
    """Average a slab of a box along an axis.

    Parameters
    ----------
    box : Box
        A volume.
    axis : int
        Line of sight: 0, 1 or 2 for x, y or z.
    start : float
        Where the slab begins along the axis in [Mpc/h]; a periodic box wraps around.
    thickness : float, optional
        Depth of the slab in [Mpc/h]; the whole box if left out, and ``box.voxel_size`` gives a thin slice.

    Returns
    -------
    Map
        Its mean is that of the slab, so mass is conserved: mean times thickness times area.

    Raises
    ------
    InvalidInputError
        If start or thickness are no whole number of voxels, or the slab leaves a box that is not periodic.
    """
    if axis not in (0, 1, 2):
        raise InvalidInputError(f"axis must be 0, 1 or 2 for x, y or z, got {axis}")
    first = _whole_voxels("start", start, box.voxel_size)
    depth = box.n if thickness is None else depth_of(thickness, box.n, box.voxel_size)
    if not box.periodic and not 0 <= first <= box.n - depth:
        raise InvalidInputError(
            f"a slab from {start:g} over {depth * box.voxel_size:g} Mpc/h leaves this box of {box.box_size:g} Mpc/h, "
            "which is not periodic"
        )
    planes = np.take(box.density, np.arange(first, first + depth) % box.n, axis=axis)
    return Map(
        density=np.ascontiguousarray(planes.mean(axis=axis, dtype=np.float64), dtype=np.float32),
        box_size=box.box_size,
        thickness=depth * box.voxel_size,
        redshift=box.redshift,
        periodic=box.periodic,
        label=box.label,
    )


def all_slabs(fields: NDArray[np.float32], depth: int) -> NDArray[np.float32]:
    """Cut volumes into slabs along each of the three axes, none of which shares a voxel with another of its axis.

    Parameters
    ----------
    fields : array, shape (s, n, n, n)
        Densities, for instance of one volume at s redshifts.
    depth : int
        Voxels per slab, which divide n.

    Returns
    -------
    array, shape (3 n / depth, s, n, n), float32
        Mean densities: first all slabs along x, then y, then z.

    Raises
    ------
    InvalidInputError
        If the slabs do not fill the volume.
    """
    n = fields.shape[-1]
    if n % depth:
        raise InvalidInputError(f"slabs of {depth} voxels do not fill a box of {n}; choose a thickness that divides it")
    slabs = []
    for axis in (1, 2, 3):
        split = (*fields.shape[:axis], n // depth, depth, *fields.shape[axis + 1 :])
        means = fields.reshape(split).mean(axis=axis + 1, dtype=np.float64)
        slabs.append(np.moveaxis(means, axis, 0))
    return np.ascontiguousarray(np.concatenate(slabs), dtype=np.float32)


def depth_of(thickness: float, n: int, voxel_size: float) -> int:
    """Return a thickness [Mpc/h] in voxels, from 1 to n, or raise InvalidInputError."""
    depth = _whole_voxels("thickness", thickness, voxel_size)
    if not 1 <= depth <= n:
        raise InvalidInputError(
            f"a slab of this box is {voxel_size:g} to {n * voxel_size:g} Mpc/h thick, got {thickness:g}"
        )
    return depth


def _whole_voxels(name: str, length: float, voxel_size: float) -> int:
    voxels = length / voxel_size
    if not np.isfinite(voxels) or abs(voxels - round(voxels)) > 1e-4:
        raise InvalidInputError(
            f"{name} must be a multiple of the voxel size of {voxel_size:g} Mpc/h, got {length:g}"
        )
    return round(voxels)
