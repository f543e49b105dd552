"""Scales of one density field: block means down, constant blocks up.

Means are taken of the density, never of a scaled field, so every scale of a pyramid holds the same mass: I2 and I3
of perraudin2019 are ``block_mean(I1, 4)`` and ``block_mean(I2, 2)``.  Their code averages scaled fields, which hold a
fifth to a third of it.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Field


def block_mean(density: Field, factor: int) -> Field:
    """Average blocks of factor^3 voxels.

    Parameters
    ----------
    density : Tensor or array, shape (*batch, n, n, n)
        rho over the cosmic mean, or counts; the three sides may differ.
    factor : int
        Voxels per side of a block.

    Returns
    -------
    Tensor or array, shape (*batch, n / factor, n / factor, n / factor)
        In the precision of the density; sums of arrays are taken in double precision.

    Raises
    ------
    InvalidInputError
        If blocks do not tile the field.
    """
    *batch, x, y, z = density.shape
    if factor < 1 or any(side % factor for side in (x, y, z)):
        raise InvalidInputError(f"blocks of {factor}^3 voxels do not tile {x} x {y} x {z} voxels; choose a divisor")
    if factor == 1:
        return density
    blocks = density.reshape(*batch, x // factor, factor, y // factor, factor, z // factor, factor)
    if isinstance(blocks, Tensor):
        return blocks.mean(dim=(-5, -3, -1))
    return blocks.mean(axis=(-5, -3, -1), dtype=np.float64).astype(density.dtype)


def enlarge(field: Tensor, factor: int) -> Tensor:
    """Repeat every voxel factor times along each axis: (*batch, m, m, m) -> (*batch, factor m, ...)."""
    for axis in (-3, -2, -1):
        field = torch.repeat_interleave(field, factor, dim=axis)
    return field
