"""Fields that are read by region, also beyond their faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cosmoloom.pipeline.multiscale.noise import Place, voxel_noise


class Field(Protocol):
    """A cube of which any region can be had alone."""

    @property
    def n(self) -> int:
        """Voxels per side."""

    def read(self, corner: Place, shape: Place) -> NDArray[np.float32]:
        """Return a region that lies within the cube."""


@dataclass(frozen=True, slots=True)
class ArrayField:
    """A NumPy array, or a Zarr array on disk."""

    array: Any

    @property
    def n(self) -> int:
        """Voxels per side."""
        return int(self.array.shape[0])

    def read(self, corner: Place, shape: Place) -> NDArray[np.float32]:
        """Return a region."""
        where = tuple(slice(start, start + side) for start, side in zip(corner, shape, strict=True))
        return np.asarray(self.array[where])


@dataclass(frozen=True, slots=True)
class NoiseField:
    """White noise, see :func:`cosmoloom.pipeline.multiscale.noise.voxel_noise`."""

    n: int
    seed: int
    scale: int

    def read(self, corner: Place, shape: Place) -> NDArray[np.float32]:
        """Return a region."""
        return voxel_noise(self.seed, self.scale, corner, shape)


def read_beyond(field: Field, corner: Place, shape: Place, *, periodic: bool) -> NDArray[np.float32]:
    """Return a region that may leave the cube.

    Parameters
    ----------
    field : Field
        What to read.
    corner : (int, int, int)
        First voxel; may be negative.
    shape : (int, int, int)
        Voxels along each axis.
    periodic : bool
        Whether the cube goes on with its opposite side; else with its mirror image.
    """
    region = np.empty(shape, dtype=np.float32)
    runs = [list(_runs(start, side, field.n, periodic=periodic)) for start, side in zip(corner, shape, strict=True)]
    for x, y, z in product(*runs):
        part = field.read((x.first, y.first, z.first), (x.length, y.length, z.length))
        region[x.target, y.target, z.target] = part[x.way, y.way, z.way]
    return region


@dataclass(frozen=True, slots=True)
class _Run:
    """Voxels in a row within the cube, and where they go."""

    first: int
    length: int
    target: slice
    way: slice


def _runs(start: int, side: int, n: int, *, periodic: bool) -> Iterator[_Run]:
    """Part the range from start to start + side into runs within [0, n)."""
    done = 0
    while done < side:
        place = (start + done) % (n if periodic else 2 * n)
        mirrored = place >= n
        length = min(side - done, (2 * n if mirrored else n) - place)
        first = 2 * n - place - length if mirrored else place
        yield _Run(first, length, slice(done, done + length), slice(None, None, -1 if mirrored else 1))
        done += length
