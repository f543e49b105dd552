"""Dice score: whether the densest voxels of two fields lie at the same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map
from cosmoloom.statistics.density_classes import TOP_PERCENT, density_classes, require_shares
from cosmoloom.statistics.fields import Field, Measured, as_density, dimensions_of


@dataclass(frozen=True, slots=True)
class DiceCurve(Measured):
    """Overlap of the densest voxels of two fields.

    Attributes
    ----------
    top_percent : Tensor, shape (t,)
        Share of voxels above the threshold: 5, 10 ... 95 [%].
    dice : Tensor, shape (*batch, t)
        Soerensen-Dice score [1]: 1 where the same voxels are densest.
    baseline : Tensor, shape (*batch, t)
        Score expected of unrelated fields [1]: the share itself, where no voxels tie.
    """

    top_percent: Tensor
    dice: Tensor
    baseline: Tensor

    @property
    def jaccard(self) -> Tensor:
        """Shared voxels over those of either field, ``N_ab / (N_a + N_b - N_ab) = D / (2 - D)`` [1]."""
        return self.dice / (2 - self.dice)

    @property
    def normalised(self) -> Tensor:
        """Way from unrelated fields to equal ones, ``(D - r) / (1 - r)`` [1]; ullmo2021, eq. 10."""
        return (self.dice - self.baseline) / (1 - self.baseline)


def dice(
    a: Field, b: Field, *, top_percent: Sequence[float] = TOP_PERCENT, dimensions: int = 3
) -> DiceCurve:
    """Score the overlap of the densest 5, 10 ... 95 % of the voxels.

    ``D = 2 N_ab / (N_a + N_b)`` with N_a and N_b voxels above each field's own threshold and N_ab above both.
    Voxels that tie with a threshold lie below it.  Only ranks count, so fields of different redshifts compare.

    Parameters
    ----------
    a, b : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        Any monotonic measure of density; batches broadcast.
    top_percent : sequence of float
        Ascending shares of the densest voxels [%].
    dimensions : int
        3, or 2 where bare densities are maps, shape (*batch, n, n).

    Returns
    -------
    DiceCurve

    Raises
    ------
    InvalidInputError
        If a field is unfit, the two differ in shape or size, or a share lies outside 0 to 100 %.

    References
    ----------
    Soerensen (1948), Biol. Skr. 5, 1; Ullmo, Decelle & Aghanim (2021), A&A 651, A46, eq. 9, which lacks the
    factor 2 that its own limits need: 1 for identical fields and the share itself for unrelated ones.
    """
    if isinstance(a, Box | Map) and isinstance(b, Box | Map) and abs(a.box_size - b.box_size) > 1e-6 * a.box_size:
        raise InvalidInputError(
            f"Dice compares the same places, got boxes of {a.box_size:g} and {b.box_size:g} Mpc/h; "
            "crop one to the size of the other"
        )
    dimensions = min(dimensions_of(a, dimensions), dimensions_of(b, dimensions))
    values = (as_density(field, dimensions=dimensions).values for field in (a, b))
    first, second = (density_classes(field, top_percent, dimensions) for field in values)
    return dice_of_classes(first, second, top_percent, dimensions)


def dice_of_classes(
    a: Tensor, b: Tensor, top_percent: Sequence[float] = TOP_PERCENT, dimensions: int = 3
) -> DiceCurve:
    """Score fields that :func:`density_classes` ranked with the same shares, shape (*batch, n, n, n) or (*batch, n, n).

    One joint histogram of both classes holds the overlaps at all thresholds.
    """
    require_shares(top_percent)
    shape, other = a.shape[-dimensions:], b.shape[-dimensions:]
    if shape != other:
        raise InvalidInputError(f"Dice needs two fields of the same shape, got {tuple(shape)} and {tuple(other)}")
    batch = torch.broadcast_shapes(a.shape[:-dimensions], b.shape[:-dimensions])
    one, two = (field.expand(*batch, *shape).reshape(-1, shape.numel()) for field in (a, b))
    joint = _joint_counts(one, two, len(top_percent) + 1)
    # above[i, j] = voxels of class i or denser in a and of class j or denser in b
    above = joint.flip(-2, -1).cumsum(-2).cumsum(-1).flip(-2, -1).double().unflatten(0, batch or (1,))
    above = above if batch else above[0]
    both = above.diagonal(dim1=-2, dim2=-1)[..., 1:].flip(-1)
    in_a, in_b = above[..., 1:, 0].flip(-1), above[..., 0, 1:].flip(-1)
    size = above[..., :1, 0]
    top = torch.tensor(top_percent, dtype=torch.float64, device=a.device)
    # Only a field with ties everywhere has an empty class on top: two empty sets share nothing.
    either = (in_a + in_b).clamp(min=1)
    return DiceCurve(top, 2 * both / either, 2 * in_a * in_b / size / either)


def _joint_counts(a: Tensor, b: Tensor, n_classes: int) -> Tensor:
    """Count voxels by their classes in both fields, (rows, m) twice to (rows, n_classes, n_classes), int64."""
    if a.device.type != "cpu":
        pairs = a.int() * n_classes + b
        joint = torch.stack([torch.bincount(row, minlength=n_classes**2) for row in pairs])
        return joint.reshape(-1, n_classes, n_classes)
    from cosmoloom.statistics.rank_kernel import count_pairs

    counts = np.zeros((len(a), 4, n_classes, n_classes), dtype=np.int64)
    for one, two, out in zip(a.contiguous().numpy(), b.contiguous().numpy(), counts, strict=True):
        count_pairs(one, two, out)
    return torch.from_numpy(counts.sum(axis=1))
