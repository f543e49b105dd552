"""Count numbers in bins by comparing them with the edges themselves, so that every device counts alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FEW = 1 << 15
"""Numbers that are sooner searched one by one than by tables."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts per bin, the end bins holding also what lies beyond.

    Attributes
    ----------
    inside : Tensor, shape (rows, n_bins), int64
        Counts; they add up to all numbers of the row.
    below, above : Tensor, shape (rows,), int64
        How many of those in the end bins lie beyond the outer edges.
    """

    inside: Tensor
    below: Tensor
    above: Tensor

    @classmethod
    def of(cls, slots: Tensor) -> Counted:
        """Join the slots beyond the outer edges, first and last of shape (rows, n_bins + 2), to the end bins."""
        inside = slots[:, 1:-1].clone()
        inside[:, 0] += slots[:, 0]
        inside[:, -1] += slots[:, -1]
        return cls(inside, slots[:, 0], slots[:, -1])


def count_rows(values: Tensor, edges: Tensor) -> Counted:
    """Count each row of numbers in bins.

    Parameters
    ----------
    values : Tensor, shape (rows, m)
        Finite numbers.
    edges : Tensor, shape (n_bins + 1,), float64
        Ascending from 0 or more; a bin holds its lower edge.
    """
    if values.device.type == "cpu":
        rows = values.contiguous().numpy()
        many = rows.shape[1] >= FEW and rows.dtype == np.float32
        tables = _tables(tuple(edges.tolist())) if many else None
        return _count_by_cells(rows, *tables) if tables is not None else _count_by_search(rows, edges.numpy())
    owner = torch.arange(len(values), device=values.device).repeat_interleave(values.shape[1])
    return count_owned(values.reshape(-1), edges, owner, len(values))


def count_owned(values: Tensor, edges: Tensor, owner: Tensor, n_owners: int) -> Counted:
    """Count numbers in bins, each for its owner; as :func:`count_rows`, one number at a time.

    Parameters
    ----------
    values : Tensor, shape (m,)
        Finite numbers.
    edges : Tensor, shape (n_bins + 1,), float64
        Ascending.
    owner : Tensor of int, shape (m,)
        Row that each number counts in.
    n_owners : int
        Number of rows.
    """
    thresholds = torch.from_numpy(_round_up(edges.cpu().numpy(), values.dtype)).to(values.device)
    slot = torch.searchsorted(thresholds, values.contiguous(), right=True)
    n_slots = len(edges) + 1
    return Counted.of(
        torch.bincount(slot + owner * n_slots, minlength=n_owners * n_slots).reshape(n_owners, n_slots)
    )


def _round_up(edges: NDArray[np.float64], dtype: torch.dtype) -> NDArray[Any]:
    """Return the least numbers of a type that are not below the edges: the same numbers lie above them."""
    if dtype == torch.float64:
        return edges
    rounded = edges.astype(np.float32)
    short = rounded < edges
    rounded[short] = np.nextafter(rounded[short], np.float32(np.inf))
    return rounded


def _count_by_search(rows: NDArray[Any], edges: NDArray[np.float64]) -> Counted:
    """Count each row of numbers by a search for each; NumPy takes half the time of torch, where they are few."""
    thresholds = _round_up(edges, torch.float32 if rows.dtype == np.float32 else torch.float64)
    slots = [np.bincount(thresholds.searchsorted(row, side="right"), minlength=len(edges) + 1) for row in rows]
    return Counted.of(torch.from_numpy(np.stack(slots)))


@lru_cache(maxsize=16)
def _tables(edges: tuple[float, ...]) -> tuple[NDArray[np.float32], list[int]] | None:
    """Return the edge that each cell of leading bits holds, and where bins begin; None if a cell holds several."""
    from cosmoloom.statistics.rank_kernel import CELLS, cell_of

    thresholds: NDArray[np.float32] = _round_up(np.array(edges), torch.float32)
    cells = cell_of(thresholds.view(np.int32))
    if not (np.diff(cells) > 0).all():
        return None
    limits = np.full(CELLS, np.inf, dtype=np.float32)
    limits[cells] = thresholds
    return limits, [0, *(2 * cells + 1).tolist()]


def _count_by_cells(rows: NDArray[np.float32], limits: NDArray[np.float32], starts: list[int]) -> Counted:
    """Count each row of numbers by their leading bits, and compare with the edge of their cell only."""
    from cosmoloom.statistics.rank_kernel import count_halves

    slots = np.empty((len(rows), len(starts)), dtype=np.int64)
    for row, out in zip(rows, slots, strict=True):
        halves = np.zeros(2 * len(limits), dtype=np.int32)
        count_halves(row, row.view(np.int32), limits, halves)
        np.add.reduceat(halves, starts, out=out, dtype=np.int64)
    return Counted.of(torch.from_numpy(slots))
