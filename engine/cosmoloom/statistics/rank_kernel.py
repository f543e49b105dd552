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
def gather_cells(
    values: NDArray[np.float32],
    bits: NDArray[np.int32],
    segment: NDArray[np.uint8],
    ends: NDArray[np.int64],
    gathered: NDArray[np.float32],
) -> None:
    """Gather the numbers of some cells.

    Parameters
    ----------
    values, bits : array, shape (m,)
        The same memory, read as numbers and as integers.
    segment : array, shape (CELLS,)
        0, or the number of the segment that a cell's numbers go to.
    ends : array, shape (segments + 1,)
        Where the next number of each segment goes; raised by the count of the segment.
    gathered : array
        Receives the numbers.
    """
    for k in range(len(values)):
        number = segment[_cell(bits[k])]
        if number:
            gathered[ends[number]] = values[k]
            ends[number] += 1


@compiled
def assign_classes(
    values: NDArray[np.float32],
    bits: NDArray[np.int32],
    below: NDArray[np.uint8],
    segment: NDArray[np.uint8],
    thresholds: NDArray[np.float32],
    classes: NDArray[np.uint8],
) -> None:
    """Count for each number the thresholds that lie below it.

    Parameters
    ----------
    values, bits : array, shape (m,)
        The same memory, read as numbers and as integers.
    below : array, shape (CELLS,)
        Thresholds that lie in lower cells.
    segment : array, shape (CELLS,)
        Not 0 where a cell holds a threshold.
    thresholds : array, shape (t,)
        Ascending.
    classes : array, shape (m,)
        Receives the counts.
    """
    for k in range(len(values)):
        cell = _cell(bits[k])
        number = below[cell]
        if segment[cell]:
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
