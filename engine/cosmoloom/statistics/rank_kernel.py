"""Count and rank single-precision numbers, compiled: their leading bits sort all but a few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cosmoloom.statistics.compiled import compiled

CELLS = 1 << 16
"""Numbers of equal 16 leading bits share a cell."""


@compiled
def count_cells(bits: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
    """Count the numbers, read as integers, in each of ``CELLS`` ascending cells."""
    for k in range(len(bits)):
        counts[_cell(bits[k])] += 1


@compiled
def count_halves(
    values: NDArray[np.float32], bits: NDArray[np.int32], limits: NDArray[np.float32], counts: NDArray[np.int32]
) -> None:
    """Count the numbers of each cell below a limit, and the others.

    Parameters
    ----------
    values, bits : array, shape (m,)
        The same memory, read as numbers and as integers.
    limits : array, shape (CELLS,)
        One per cell; infinite where all numbers count below.
    counts : array, shape (2 CELLS,)
        Receives both counts of each cell in turn.
    """
    for k in range(len(values)):
        cell = _cell(bits[k])
        counts[2 * cell + (values[k] >= limits[cell])] += 1


@compiled
def count_pairs(one: NDArray[np.uint8], two: NDArray[np.uint8], counts: NDArray[np.int64]) -> None:
    """Count how often each pair of small integers occurs.

    Parameters
    ----------
    one, two : array, shape (m,)
        The integers.
    counts : array, shape (4, classes, classes)
        Receives the counts, to be added up; neighbours seldom wait for each other's sum in four tables.
    """
    whole = len(one) // 4 * 4
    for start in range(0, whole, 4):
        for lane in range(4):
            counts[lane, one[start + lane], two[start + lane]] += 1
    for k in range(whole, len(one)):
        counts[0, one[k], two[k]] += 1


@compiled
def locate_ranks(
    counts: NDArray[np.int32], ranks: NDArray[np.int64], codes: NDArray[np.int16], places: NDArray[np.int64]
) -> int:
    """Find the cells that hold the numbers of some ranks.

    Parameters
    ----------
    counts : array, shape (CELLS,)
        Numbers in each cell.
    ranks : array, shape (t,)
        Ascending.
    codes : array, shape (CELLS,)
        Receives the ranks in lower cells, or where a cell holds ranks itself -1 less that.
    places : array, shape (t,)
        Receives the rank of each among the numbers of all cells that hold ranks.

    Returns
    -------
    int
        Numbers in the cells that hold ranks.
    """
    below, held, found = 0, 0, 0
    for cell in range(len(counts)):
        first = found
        while found < len(ranks) and ranks[found] < below + counts[cell]:
            places[found] = held + ranks[found] - below
            found += 1
        codes[cell] = first
        if found > first:
            codes[cell] = -1 - first
            held += counts[cell]
        below += counts[cell]
    return held


@compiled
def class_by_cell(
    bits: NDArray[np.int32], codes: NDArray[np.int16], classes: NDArray[np.uint8], undecided: NDArray[np.int64]
) -> None:
    """Count for each number the thresholds in lower cells.

    Parameters
    ----------
    bits : array, shape (m,)
        Numbers, read as integers.
    codes : array, shape (CELLS,)
        As by :func:`locate_ranks`.
    classes : array, shape (m,)
        Receives the counts.
    undecided : array
        Receives the positions of the numbers whose cells hold thresholds; one longer than these are many.
    """
    n_undecided = 0
    for k in range(len(bits)):
        code = codes[_cell(bits[k])]
        classes[k] = code if code >= 0 else -1 - code
        undecided[n_undecided] = k  # overwritten unless it counts: no branch to be guessed
        n_undecided += code < 0


@compiled
def raise_classes(
    values: NDArray[np.float32],
    undecided: NDArray[np.int64],
    thresholds: NDArray[np.float32],
    classes: NDArray[np.uint8],
) -> None:
    """Count also the thresholds in a number's own cell that lie below it.

    Parameters
    ----------
    values : array, shape (m,)
        Numbers.
    undecided : array
        Positions of those whose cells hold thresholds.
    thresholds : array, shape (t,)
        Ascending.
    classes : array, shape (m,)
        Their counts, raised in place.
    """
    for k in undecided:
        number = classes[k]
        while number < len(thresholds) and values[k] > thresholds[number]:
            number += 1
        classes[k] = number


@compiled
def _cell(bits: int) -> int:
    """Return the cell of a number: negative ones descend as integers, and -0 equals 0."""
    ascending = bits if bits >= 0 else -(bits & 0x7FFFFFFF)
    return (ascending >> 16) + (CELLS >> 1)


def cell_of(bits: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the cells of numbers of 0 or more, read as integers."""
    return (bits.astype(np.int64) >> 16) + (CELLS >> 1)
