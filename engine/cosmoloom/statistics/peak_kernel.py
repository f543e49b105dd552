"""Search for local maxima, compiled: many rows at a time against the largest of all that lie around each entry.

The largest of the other planes, of the other rows and of the row's other entries are found one after the other,
in long loops that the compiler turns into vector instructions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.statistics.compiled import compiled

Values = NDArray[np.floating[Any]]

STRIP = 4096
"""Entries worked on at a time, which the first cache holds with all that is derived of them."""


@compiled
def find_peaks(
    field: Values, planes: int, n: int, reach: int, plane_reach: int, periodic: bool, found: NDArray[np.int64]
) -> int:
    """Find the entries that are strictly greater than all others within reach.

    Parameters
    ----------
    field : array, shape (planes * n * n,), contiguous
        Finite numbers.
    planes, n : int
        Number of planes, and rows of each as well as entries of a row.
    reach : int
        Reach within a plane; n > 2 reach.
    plane_reach : int
        Reach across planes: 0 if each is an image of its own, else ``reach``.
    periodic : bool
        Whether opposite ends are neighbours; if not, entries closer to one than the reach are not searched.
    found : array
        Receives the flat indices, in no order; long enough for all peaks.

    Returns
    -------
    int
        Number of peaks.
    """
    margin = 0 if periodic else reach
    plane_margin = 0 if periodic else plane_reach
    rows = min(max(STRIP // n, 1), n - 2 * margin)
    halo = reach * n
    others = np.full((rows + 2 * reach) * n, -np.inf, field.dtype)  # largest of the other planes
    column = np.empty((rows + 2 * reach) * n, field.dtype)  # and of the plane itself
    padded = np.zeros(rows * n + 2 * reach, field.dtype)  # with entries beyond its ends
    around = np.zeros(rows * n + 2 * reach, field.dtype)  # largest of the other rows
    largest = np.empty(rows * n, field.dtype)
    higher = np.zeros((rows * n + 7) // 8 * 8, np.uint8)
    words = higher.view(np.uint64)
    n_found = 0
    for first in range(margin, n - margin, rows):
        length = min(rows, n - margin - first) * n
        for i in range(plane_margin, planes - plane_margin):
            done = 0
            while done < length + 2 * halo:  # in one go, unless the strip and its margins cross an end
                start = (first * n - halo + done) % (n * n)
                part = min(length + 2 * halo - done, n * n - start)
                _join_planes(field[start:], i, planes, n * n, plane_reach, others[done:], column[done : done + part])
                done += part
            middle = around[reach : reach + length]
            row = field[(i * n + first) * n - margin :]
            if periodic:  # entries beyond the ends of the field must exist
                _copy(row, padded[reach : reach + length])
                row = padded
            for p in range(1, reach + 1, 2):  # two steps at a time, or one of them twice
                q = min(p + 1, reach)
                near, far = column[(reach - p) * n :], column[(reach - q) * n :]
                if p == 1:
                    _largest(others[halo:], near, near[2 * p * n :], far, far[2 * q * n :], middle)
                else:
                    _raise(middle, near, near[2 * p * n :], far, far[2 * q * n :])
            known = middle
            for p in range(1, reach - 1, 2):  # all but the last steps
                if p == 1:
                    _copy(middle, largest)
                    known = largest[:length]
                for values in (row, around):
                    near, far = values[reach - p :], values[reach - p - 1 :]
                    _raise(known, near, near[2 * p :], far, far[2 * p + 2 :])
            _compare(row, around, known, reach, (reach - 1) // 2 * 2 + 1, higher[:length])
            higher[length:] = 0
            if periodic:
                _mend_ends(row, around, reach, n, higher[:length])
            for word in range(len(words)):
                if words[word] != 0:
                    for k in range(8 * word, 8 * word + 8):
                        if higher[k] and margin <= k % n < n - margin:
                            found[n_found] = (i * n + first) * n + k
                            n_found += 1
    return n_found


@compiled
def _join_planes(
    field: Values, i: int, planes: int, size: int, reach: int, others: Values, column: Values
) -> None:
    """Take the largest of the planes beside plane i, and of these and itself."""
    here = field[i * size :]
    if reach == 0:
        _copy(here, column)
    for p in range(1, reach + 1, 2):
        q = min(p + 1, reach)
        near, far = field[(i - p) % planes * size :], field[(i - q) % planes * size :]
        after, far_after = field[(i + p) % planes * size :], field[(i + q) % planes * size :]
        if p > 1:
            _raise(others[: len(column)], near, after, far, far_after)
            _largest(here, others, others, others, others, column)
            continue
        for k in range(len(column)):
            a, b, c, d, e = near[k], after[k], far[k], far_after[k], here[k]
            a = a if a > b else b
            c = c if c > d else d
            a = a if a > c else c
            others[k] = a
            column[k] = a if a > e else e


@compiled
def _copy(values: Values, copy: Values) -> None:
    """Fill a stretch with the beginning of another."""
    for k in range(len(copy)):
        copy[k] = values[k]


@compiled
def _largest(known: Values, one: Values, two: Values, three: Values, four: Values, largest: Values) -> None:
    """Take the largest of five."""
    for k in range(len(largest)):
        a, b, c, d, e = one[k], two[k], three[k], four[k], known[k]
        a = a if a > b else b
        c = c if c > d else d
        a = a if a > c else c
        largest[k] = a if a > e else e


@compiled
def _raise(largest: Values, one: Values, two: Values, three: Values, four: Values) -> None:
    """Take the largest of what is there and of four others; in place, because the compiler trusts no overlap."""
    for k in range(len(largest)):
        a, b, c, d, e = one[k], two[k], three[k], four[k], largest[k]
        a = a if a > b else b
        c = c if c > d else d
        a = a if a > c else c
        largest[k] = a if a > e else e


@compiled
def _compare(
    row: Values, around: Values, known: Values, reach: int, step: int, higher: NDArray[np.uint8]
) -> None:
    """Compare entries with the largest known and with those from step to reach on either side."""
    here, one, two, three, four = row[reach:], row[reach - step :], row[reach + step :], row, row[2 * reach :]
    five, six, seven, eight = around[reach - step :], around[reach + step :], around, around[2 * reach :]
    for k in range(len(higher)):
        a, b, c, d, e, f, g, h = one[k], two[k], three[k], four[k], five[k], six[k], seven[k], eight[k]
        value, largest = here[k], known[k]
        a = a if a > b else b
        c = c if c > d else d
        e = e if e > f else f
        g = g if g > h else h
        a = a if a > c else c
        e = e if e > g else g
        a = a if a > e else e
        higher[k] = value > (a if a > largest else largest)


@compiled
def _mend_ends(row: Values, around: Values, reach: int, n: int, higher: NDArray[np.uint8]) -> None:
    """Compare the ends of each row anew, beyond which its own other end lies and not the next row."""
    for start in range(0, len(higher), n):
        own, beside = row[reach + start : reach + start + n], around[reach + start : reach + start + n]
        for end in range(-reach, reach):
            largest = beside[end]
            for s in range(1, reach + 1):
                left, right = end - s, (end + s) % n
                largest = max(largest, own[left], own[right], beside[left], beside[right])
            higher[start + end % n] = own[end] > largest
