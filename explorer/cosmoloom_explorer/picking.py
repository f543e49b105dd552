"""What a person points at: a ray through a volume, and what it meets."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom_explorer.frames import Volume

Voxel = tuple[int, int, int]


def nearest_to_ray(points: NDArray[np.float64], origin: ArrayLike, direction: ArrayLike, reach: float) -> int | None:
    """Return which point lies nearest to a ray; None where none is within ``reach``.

    Parameters
    ----------
    points : array, shape (m, 3)
        [Mpc/h].
    origin, direction : array, shape (3,)
        A point of the ray [Mpc/h], and where it goes.
    reach : float
        Farthest distance [Mpc/h].
    """
    if not len(points):
        return None
    along = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    way = points - np.asarray(origin, dtype=float)
    distances = np.linalg.norm(way - (way @ along)[:, None] * along, axis=1)
    index = int(distances.argmin())
    return index if distances[index] <= reach else None


def densest_on_ray(volume: Volume, origin: ArrayLike, direction: ArrayLike, box_size: float) -> Voxel | None:
    """Return the voxel with the highest value that a ray meets, the first of equal ones; None if it misses the box.

    Parameters
    ----------
    volume : array, shape (n, n, n)
        Axes (x, y, z).
    origin, direction : array, shape (3,)
        A point of the ray [Mpc/h], and where it goes.
    box_size : float
        Side [Mpc/h].
    """
    n = len(volume)
    along = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    start = np.asarray(origin, dtype=float)
    # The box's middle is nearest to the ray here; half a diagonal on both sides holds all of the box.
    middle = float((np.full(3, box_size / 2) - start) @ along)
    reach = box_size * np.sqrt(0.75)
    steps = np.arange(middle - reach, middle + reach, 0.5 * box_size / n)
    voxels = np.floor((start + steps[:, None] * along) * (n / box_size)).astype(int)
    inside = voxels[((voxels >= 0) & (voxels < n)).all(axis=1)]
    if not len(inside):
        return None
    x, y, z = (int(at) for at in inside[volume[tuple(inside.T)].argmax()])
    return x, y, z


def voxel_at(position: ArrayLike, box_size: float, n: int) -> Voxel | None:
    """Return the voxel at a point (x, y, z) [Mpc/h]; None outside of the box."""
    x, y, z = (int(at) for at in np.floor(np.asarray(position, dtype=float) * (n / box_size)))
    return (x, y, z) if all(0 <= at < n for at in (x, y, z)) else None
