"""Cut a turned crop out of a periodic field, compiled: each voxel is read once and written once, in order.

It releases the interpreter, so that a training goes on while its next batch is cut, by several threads where there
are processors to spare.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.symmetries import Symmetry
from cosmoloom.statistics.compiled import compiled

Offsets = NDArray[np.int64]
Cut = tuple[NDArray[np.float32], Offsets, Offsets, Offsets, NDArray[np.float32]]
"""Arguments of :func:`gather`."""

THREADS = max(1, (os.cpu_count() or 1) // 2)
"""Crops that are cut at the same time; the other half of the processors is left to the training."""


def places(corners: NDArray[np.int64], symmetry: Symmetry, *, n: int, size: int) -> tuple[Offsets, ...]:
    """Return where a crop's voxels lie in a flat periodic field: the sum of one offset per axis of the crop.

    Parameters
    ----------
    corners : array, shape (dimensions,)
        Lowest voxel along each axis of the field.
    symmetry : (permutation, signs)
        Axis of the field, and direction along it, for each axis of the crop.
    n, size : int
        Voxels per side of the crop and of the field.

    Returns
    -------
    tuple of three arrays, shape (n,), of maps (1,), (n,) and (n,)
    """
    dimensions = len(corners)
    offsets = [
        ((np.arange(n) + corners[axis]) % size)[::direction] * size ** (dimensions - 1 - axis)
        for axis, direction in zip(*symmetry, strict=True)
    ]
    return (*[np.zeros(1, np.int64)] * (3 - dimensions), *offsets)


@compiled
def gather(flat: NDArray[np.float32], x: Offsets, y: Offsets, z: Offsets, out: NDArray[np.float32]) -> None:
    """Write ``flat[x[i] + y[j] + z[k]]`` to ``out``, flat and contiguous, in order."""
    target = 0
    for i in range(len(x)):
        for j in range(len(y)):
            start = x[i] + y[j]
            for k in range(len(z)):
                out[target] = flat[start + z[k]]
                target += 1


def gather_all(cuts: Sequence[Cut]) -> None:
    """Make all cuts; what they write does not depend on how many are made at a time."""
    if THREADS == 1 or len(cuts) == 1:
        for cut in cuts:
            gather(*cut)
        return
    list(_pool(THREADS).map(lambda cut: gather(*cut), cuts))


@lru_cache(maxsize=1)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="crops")
