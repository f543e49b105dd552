"""The lattice that a network of cells leaves in what it writes: steps within its cells and between them differ."""

from __future__ import annotations

import torch
from torch import Tensor

AXES = (-3, -2, -1)


def steps_in_cells(fields: Tensor) -> Tensor:
    """Return mean squared steps between neighbours within cells of 2^3 voxels, and between cells.

    Parameters
    ----------
    fields : Tensor, shape (..., n, n, n)
        n even, at least 4; cells begin at voxel 0.

    Returns
    -------
    Tensor, shape (3, 2)
        Axis; within, between.
    """
    rows = []
    for axis in AXES:
        squared = fields.diff(dim=axis).square().movedim(axis, 0)
        rows.append(torch.stack([squared[0::2].mean(), squared[1::2].mean()]))
    return torch.stack(rows)


def lattice_error(steps: Tensor) -> Tensor:
    """Return the squared logarithm of one kind of steps over the other, summed over axes: 0 without a lattice.

    Parameters
    ----------
    steps : Tensor, shape (3, 2)
        Of :func:`steps_in_cells`.
    """
    within, between = steps.unbind(-1)
    return (within / between).log().square().sum()
