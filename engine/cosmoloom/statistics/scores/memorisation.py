"""Search training simulations for the place that a sample may have been copied from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores.vectors import Values

COARSE = 16
"""Samples are looked for at about this many voxels per side; what is found is then judged at full resolution."""

SIGNIFICANCE = 5.0
"""Standard deviations above what held-out fields reach that count as a copy."""

_AXES = (-3, -2, -1)


@dataclass(frozen=True, slots=True)
class Memorisation:
    """How closely samples, and fields that no training saw, resemble some place of the training boxes.

    Attributes
    ----------
    samples : array, shape (n_samples,)
        Largest correlation coefficient of ln(1 + density) over all places and orientations [1].
    held_out : array, shape (n_held_out,)
        The same of held-out fields: what unrelated fields reach by chance [1].
    """

    samples: Values
    held_out: Values

    @property
    def threshold(self) -> float:
        """Correlation above which a sample counts as copied [1]."""
        spread = max(float(self.held_out.std(ddof=1)), 0.01)
        return min(float(self.held_out.mean()) + SIGNIFICANCE * spread, 0.95)

    @property
    def copies(self) -> int:
        """Samples that were copied."""
        return int((self.samples > self.threshold).sum())


def memorisation(samples: Tensor, held_out: Tensor, training: Sequence[Tensor]) -> Memorisation:
    """Compare samples with training boxes, in all 48 orientations and at all places.

    Parameters
    ----------
    samples, held_out : Tensor, shape (N, n, n, n)
        rho / cosmic mean [1]; at least 2 fields each.
    training : sequence of Tensor, shape (m, m, m) with m >= n
        Whole periodic boxes, rho / cosmic mean [1], with voxels of the same size.

    Returns
    -------
    Memorisation

    Raises
    ------
    InvalidInputError
        If there is nothing to compare with, or a box is smaller than a field.
    """
    if min(len(samples), len(held_out)) < 2:
        raise InvalidInputError("memorisation is judged on at least 2 samples and 2 held-out fields")
    return Memorisation(nearest_correlation(samples, training), nearest_correlation(held_out, training))


def nearest_correlation(fields: Tensor, training: Sequence[Tensor]) -> Values:
    """Return the largest correlation of each field with any part of the training boxes, shape (N,) [1].

    All places are scanned at a lower resolution, by Fourier transform; around the best of them the
    correlation is computed at the full one, where a copy reaches 1 wherever it was cut.
    """
    n = fields.shape[-1]
    if not training:
        raise InvalidInputError("give at least one training box to search")
    if min(box.shape[-1] for box in training) < n:
        raise InvalidInputError(f"training boxes must hold fields of {n}^3 voxels, and one does not")
    factor = _coarsening(n, [box.shape[-1] for box in training])
    logs = [torch.log1p(box.float()) for box in training]
    searched = [_Searched(torch.log1p(_average(box.float(), factor)), n // factor) for box in training]
    best = np.empty(len(fields))
    for index, field in enumerate(fields.float()):
        found, where, turn, corner = -1.0, 0, 0, [0, 0, 0]
        turned = torch.stack(_orientations(torch.log1p(_average(field, factor))))
        for number, box in enumerate(searched):
            scores = box.correlate(turned)
            highest = int(scores.argmax())
            if float(scores.flatten()[highest]) > found:
                found = float(scores.flatten()[highest])
                where = number
                turn, *corner = (int(i) for i in np.unravel_index(highest, tuple(scores.shape)))
        near = _Searched(_window(logs[where], [c * factor - factor for c in corner], n + 2 * factor), n)
        exact = near.correlate(_orientations(torch.log1p(field))[turn][None])
        inside = exact[(0, *(slice(0, 2 * factor + 1),) * 3)]
        best[index] = float(inside.max())
    return best


class _Searched:
    """A periodic box of m^3 voxels, prepared to look for fields of n^3 voxels in it."""

    def __init__(self, box: Tensor, n: int) -> None:
        self._n, self._m = n, box.shape[-1]
        box = box - box.mean()
        self._transform = torch.fft.rfftn(box)
        ones = torch.ones(n, n, n, dtype=box.dtype, device=box.device)
        mean, square = self._slide(ones, self._transform) / n**3, self._slide(ones, torch.fft.rfftn(box**2)) / n**3
        self._scatter = (square - mean**2).clamp(min=1e-6).sqrt() * n**1.5

    def correlate(self, fields: Tensor) -> Tensor:
        """Return the correlation coefficient of fields (b, n, n, n) at every corner, shape (b, m, m, m)."""
        centred = fields - fields.mean(_AXES, keepdim=True)
        size = centred.square().sum(_AXES, keepdim=True).sqrt().clamp(min=1e-6)
        return self._slide(centred, self._transform) / (size * self._scatter)

    def _slide(self, pattern: Tensor, transform: Tensor) -> Tensor:
        """Return the sum over the pattern times the box, for every corner of the box."""
        cube = (self._m,) * 3
        return torch.fft.irfftn(transform * torch.fft.rfftn(pattern, s=cube, dim=_AXES).conj(), s=cube, dim=_AXES)


def _orientations(field: Tensor) -> list[Tensor]:
    """Return the 48 rotations and reflections of a cube."""
    flips = [axes for count in range(4) for axes in _subsets(count)]
    return [field.permute(order).flip(axes) for order, axes in product(permutations(range(3)), flips)]


def _subsets(count: int) -> list[tuple[int, ...]]:
    return [axes for axes in permutations(range(3), count) if list(axes) == sorted(axes)]


def _window(box: Tensor, corner: Sequence[int], size: int) -> Tensor:
    """Cut a cube out of a periodic box."""
    for axis, start in enumerate(corner):
        index = (torch.arange(start, start + size, device=box.device)) % box.shape[axis]
        box = box.index_select(axis, index)
    return box


def _average(field: Tensor, factor: int) -> Tensor:
    """Average blocks of a cube."""
    m = field.shape[-1] // factor
    return field.reshape(m, factor, m, factor, m, factor).mean((1, 3, 5))


def _coarsening(n: int, sizes: Sequence[int]) -> int:
    """Return the largest factor that divides all grids and leaves a field at least COARSE voxels a side."""
    fits = [f for f in range(1, n // COARSE + 1) if all(size % f == 0 for size in (n, *sizes))]
    return max(fits, default=1)
