"""Dice score: whether the densest voxels of two fields lie at the same places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, Measured, as_density, require_cubes

N_CLASSES = 20
"""Voxels are ranked into twentieths, so thresholds are 5 % apart."""


@dataclass(frozen=True, slots=True)
class DiceCurve(Measured):
    """Overlap of the densest voxels of two fields.

    Attributes
    ----------
    top_percent : Tensor, shape (19,)
        Share of voxels above the threshold: 5, 10 ... 95 [%].
    dice : Tensor, shape (*batch, 19)
        Soerensen-Dice score [1]: 1 where the same voxels are densest.
    baseline : Tensor, shape (*batch, 19)
        Score expected of unrelated fields [1]: the share itself, where no voxels tie.
    """

    top_percent: Tensor
    dice: Tensor
    baseline: Tensor


def dice(a: Field, b: Field) -> DiceCurve:
    """Score the overlap of the densest 5, 10 ... 95 % of the voxels.

    ``D = 2 N_ab / (N_a + N_b)`` with N_a and N_b voxels above each field's own threshold and N_ab above both.
    Voxels that tie with a threshold lie below it.

    Parameters
    ----------
    a, b : Box, or Tensor or array of shape (*batch, n, n, n)
        Any monotonic measure of density; batches broadcast.

    Returns
    -------
    DiceCurve

    Raises
    ------
    InvalidInputError
        If a field is unfit, or the two differ in shape.

    References
    ----------
    Ullmo, Decelle & Aghanim (2021), A&A 651, A46.  The factor 2, which the formula there lacks, gives the
    limits stated there: 1 for identical fields and the share itself for unrelated ones.
    """
    return dice_of_classes(density_classes(as_density(a).values), density_classes(as_density(b).values))


def density_classes(density: Tensor) -> Tensor:
    """Return the twentieth of its field that each voxel belongs to; worth keeping for a field compared often.

    Parameters
    ----------
    density : Tensor, shape (*batch, n, n, n)
        Any monotonic measure of density.

    Returns
    -------
    Tensor, shape (*batch, n, n, n), uint8
        0 for the least dense twentieth to 19 for the densest.
    """
    require_cubes(density)
    values = density.detach()
    flat = values.reshape(-1, values.shape[-1] ** 3)
    size = flat.shape[-1]
    last_below = [round(size * i / N_CLASSES) - 1 for i in range(1, N_CLASSES)]
    if flat.device.type != "cpu":
        thresholds = flat.sort(dim=-1).values[:, last_below].contiguous()
        return torch.searchsorted(thresholds, flat).to(torch.uint8).reshape(values.shape)
    # NumPy sorts and compares floats with vector instructions: 10 times faster than torch on a CPU.
    array = flat.numpy()
    classes = np.zeros(array.shape, dtype=np.uint8)
    for row, out in zip(array, classes, strict=True):
        for threshold in np.sort(row)[last_below]:
            out += row > threshold
    return torch.from_numpy(classes).reshape(values.shape)


def dice_of_classes(a: Tensor, b: Tensor) -> DiceCurve:
    """Score two fields that were ranked by :func:`density_classes`, shape (*batch, n, n, n)."""
    if a.shape[-3:] != b.shape[-3:]:
        raise InvalidInputError(
            f"Dice needs two fields of the same shape, got {tuple(a.shape[-3:])} and {tuple(b.shape[-3:])}"
        )
    batch = torch.broadcast_shapes(a.shape[:-3], b.shape[:-3])
    pairs = (a.to(torch.int16) * N_CLASSES + b).expand(*batch, *a.shape[-3:]).flatten(-3)
    joint = torch.stack(
        [torch.bincount(row, minlength=N_CLASSES**2) for row in pairs.reshape(-1, pairs.shape[-1])]
    ).reshape(*batch, N_CLASSES, N_CLASSES)
    # above[i, j] = voxels of class i or denser in a and of class j or denser in b
    above = joint.flip(-2, -1).cumsum(-2).cumsum(-1).flip(-2, -1).double()
    both = above.diagonal(dim1=-2, dim2=-1)[..., 1:].flip(-1)
    in_a, in_b = above[..., 1:, 0].flip(-1), above[..., 0, 1:].flip(-1)
    size = above[..., :1, 0]
    top = torch.arange(1, N_CLASSES, dtype=torch.float64, device=a.device) * (100 / N_CLASSES)
    # Only a field with ties everywhere has an empty class on top: two empty sets share nothing.
    either = (in_a + in_b).clamp(min=1)
    return DiceCurve(top, 2 * both / either, 2 * in_a * in_b / size / either)
