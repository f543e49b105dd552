"""Fold Fourier modes onto one octant, and sum them over spherical shells, compiled: one look at each mode.

Arrays are what ``rfftn`` made of real fields, read as real numbers: real and imaginary parts in turn.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cosmoloom.statistics.compiled import compiled
from cosmoloom.statistics.mode_folding import Parts


@compiled
def sum_shells(a: Parts, b: Parts, sums: NDArray[np.float64]) -> None:
    """Sum ``Re(a conj(b))`` over shells a fundamental wavenumber wide.

    Parameters
    ----------
    a, b : array, shape (n, n, 2 (n // 2 + 1)), contiguous
        Modes.
    sums : array, shape (2, n // 2 + 1), float64
        Receives the sums, to be added up: neighbours seldom wait for each other's sum in two tables.  The
        mean comes first; corners beyond the Nyquist wavenumber are left out.
    """
    n = len(a)
    last = n // 2
    folded = np.empty(a.shape[2], np.float64)
    for i in range(last + 1):
        for j in range(last + 1):
            beside = i * i + j * j
            room = last * (last + 1) - beside  # the largest kz^2 within the last shell
            if room < 0:
                break
            length = min(int(sqrt(float(room))), last) + 1
            _fold_row(a, b, i, j, folded[: 2 * length])
            for k in range(length):
                shell = int(sqrt(float(beside + k * k)) + 0.5)
                both = 1.0 if k == 0 or 2 * k == n else 2.0  # kz and -kz
                sums[k & 1, shell] += both * (folded[2 * k] + folded[2 * k + 1])


@compiled
def fold_products(a: Parts, b: Parts, octant: NDArray[np.float64]) -> None:
    """Sum ``Re(a conj(b))`` over the modes that differ in the signs of kx, ky and kz only.

    Parameters
    ----------
    a, b : array, shape (n, n, 2 (n // 2 + 1)), contiguous
        Modes.
    octant : array, shape (n // 2 + 1, n // 2 + 1, n // 2 + 1), float64
        Receives the sums.
    """
    n, size = len(a), octant.shape[2]
    folded = np.empty(2 * size, np.float64)
    for i in range(size):
        for j in range(size):
            _fold_row(a, b, i, j, folded)
            for k in range(size):
                both = 1.0 if k == 0 or 2 * k == n else 2.0
                octant[i, j, k] = both * (folded[2 * k] + folded[2 * k + 1])


@compiled
def _fold_row(a: Parts, b: Parts, i: int, j: int, folded: NDArray[np.float64]) -> None:
    """Sum products of the parts in the rows at plus and minus i and j, each once."""
    n = len(a)
    far_i, far_j = (n - i) % n, (n - j) % n
    once = (0.5 if i == far_i else 1.0) * (0.5 if j == far_j else 1.0)  # a row may be its own mirror image
    one, two, three, four = a[i, j], a[i, far_j], a[far_i, j], a[far_i, far_j]
    five, six, seven, eight = b[i, j], b[i, far_j], b[far_i, j], b[far_i, far_j]
    for k in range(len(folded)):
        near = np.float64(one[k]) * np.float64(five[k]) + np.float64(two[k]) * np.float64(six[k])
        far = np.float64(three[k]) * np.float64(seven[k]) + np.float64(four[k]) * np.float64(eight[k])
        folded[k] = once * (near + far)
