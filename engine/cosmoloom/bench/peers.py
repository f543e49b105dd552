"""The statistics as one would write them with NumPy and SciPy: peers to be compared with, in result and in time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

Volume = NDArray[np.float32]


def power_by_scipy(density: Volume, box_size: float, threads: int) -> NDArray[np.float64]:
    """Return P(k) [(Mpc/h)^3] in shells of 2 pi / L, by one transform and one ``bincount``."""
    n = len(density)
    shell, weight = _shells(n)
    amplitudes = fft.rfftn(density - np.float32(1), norm="forward", workers=threads)
    squared = (amplitudes.real**2 + amplitudes.imag**2).ravel()
    sums = np.bincount(shell, weight * squared, n // 2 + 2)
    return box_size**3 * (sums / np.bincount(shell, weight, n // 2 + 2))[1:-1]


@lru_cache(maxsize=1)
def _shells(n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the shell of each mode, and how many modes it stands for."""
    k = fft.fftfreq(n) * n
    half = np.arange(n // 2 + 1)
    radius = np.sqrt(k[:, None, None] ** 2 + k[:, None] ** 2 + half**2)
    weight = np.broadcast_to(np.where((half == 0) | (2 * half == n), 1.0, 2.0), radius.shape)
    return np.minimum((radius + 0.5).astype(np.int64), n // 2 + 1).ravel(), weight.ravel()


def histogram_by_numpy(density: Volume, edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count voxels between edges [cosmic mean]; what lies beyond is lost."""
    return np.histogram(density, bins=edges)[0]


def peaks_by_scipy(density: Volume, reach: int) -> int:
    """Count voxels that equal the maximum of the cube around them, ties included, away from the faces."""
    peaks = ndimage.maximum_filter(density, size=2 * reach + 1) == density
    return int(np.count_nonzero(peaks[(slice(reach, -reach),) * 3]))


def dice_by_numpy(a: Volume, b: Volume) -> NDArray[np.float64]:
    """Score the densest 5, 10 ... 95 % of two fields, a percentile for each threshold."""
    scores = []
    for percent in range(5, 100, 5):
        top_a, top_b = a > np.percentile(a, 100 - percent), b > np.percentile(b, 100 - percent)
        scores.append(2 * np.count_nonzero(top_a & top_b) / (np.count_nonzero(top_a) + np.count_nonzero(top_b)))
    return np.array(scores)


def moments_by_numpy(density: Volume) -> tuple[Any, Any]:
    """Return mean and standard deviation of the voxels [cosmic mean]."""
    return density.mean(), density.std()
