"""A large volume while it lands: every voxel as finely as it is known by now.

Scales of one box, each of a whole multiple of the voxels of the one before.  Where a tile of a fine scale has not
landed yet, the voxels of the coarser ones stand in its place, repeated, so that all scales overlay exactly.  A worker
adds to it; planes are read and kept on the viewer's thread, and pieces that land later are patched into those.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.scaling import rational

if TYPE_CHECKING:
    from cosmoloom_explorer.frames import Volume

KEPT = 24
"""Planes that are kept, so that a slice is read once."""
EMPTY = -1.0
"""Colour of what is not known at any scale."""

Place = tuple[int, int, int]
Key = tuple[int, int, int]
"""Scale, axis and position of a plane; whole volumes have -1 for both."""


class Landing:
    """Scales of a volume, as far as they are there.

    Parameters
    ----------
    sides : sequence of int
        Voxels per side of every scale, from coarse to fine.
    box_size : float
        Side of the volume [Mpc/h].

    Attributes
    ----------
    kappa : float
        With which densities are shown [cosmic mean].
    """

    def __init__(self, sides: Sequence[int], box_size: float) -> None:
        self.sides, self.box_size = tuple(sides), box_size
        self.kappa = 1.0
        self._stages: dict[int, Any] = {}
        self._landed: list[tuple[int, Place, Place]] = []
        self._lock, self._exchanged = Lock(), False
        self._kept: OrderedDict[Key, Volume] = OrderedDict()

    def provide(self, scale: int, array: Any) -> None:
        """Add the array of a scale, axes (x, y, z), NaN where nothing has landed; callable from any thread."""
        with self._lock:
            self._stages[scale] = array
            self._landed.append((scale, (0, 0, 0), (self.sides[scale],) * 3))

    def exchange(self, scale: int, array: Any) -> None:
        """Put another array with the same densities in the place of a scale's; callable from any thread.

        A plane may have been read while the former one was moved, as if nothing had landed: all are read anew.
        """
        with self._lock:
            self._stages[scale], self._exchanged = array, True

    def land(self, scale: int, corner: Place, shape: Place) -> None:
        """Say that a piece is in its array; callable from any thread."""
        with self._lock:
            self._landed.append((scale, corner, shape))

    def stage(self, scale: int) -> Any:
        """Return the array of a scale; None before there is one."""
        return self._stages.get(scale)

    def take(self) -> bool:
        """Bring what has landed since the last call into the planes that are kept; return whether there was any."""
        with self._lock:
            landed, self._landed = self._landed, []
            exchanged, self._exchanged = self._exchanged, False
        if exchanged:
            self._kept.clear()
        for scale, corner, shape in landed:
            for key in self._kept:
                self._patch(key, scale, corner, shape)
        return bool(landed) or exchanged

    def read(self, key: Key) -> Volume:
        """Return a plane, or a volume, of densities at one scale, with three axes (x, y, z); not to be written to."""
        if key not in self._kept:
            low, high = self._extent(key)
            if key[1] < 0:  # one whole volume at a time
                for other in [other for other in self._kept if other[1] < 0]:
                    del self._kept[other]
            self._kept[key] = self.composite(key[0], low, high)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def composite(self, scale: int, low: Sequence[int], high: Sequence[int]) -> Volume:
        """Return the densities between two corners on the grid of a scale, each from the finest scale that has it."""
        found: Volume | None = None
        for known in range(scale, -1, -1):
            array = self._stages.get(known)
            if array is None:
                continue
            part = _enlarged(array, self.sides[scale] // self.sides[known], low, high)
            if found is None:
                found = part
            else:
                np.copyto(found, part, where=np.isnan(found))
            if not np.isnan(found).any():
                return found
        if found is None:
            return np.full([b - a for a, b in zip(low, high, strict=True)], np.nan, dtype=np.float32)
        return found

    def _extent(self, key: Key) -> tuple[list[int], list[int]]:
        scale, axis, at = key
        low, high = [0, 0, 0], [self.sides[scale]] * 3
        if axis >= 0:
            low[axis], high[axis] = at, at + 1
        return low, high

    def _patch(self, key: Key, scale: int, corner: Place, shape: Place) -> None:
        """Bring a piece into what is kept, as far as it belongs there."""
        if scale > key[0]:
            return
        factor, (first, last) = self.sides[key[0]] // self.sides[scale], self._extent(key)
        low = [max(a, factor * start) for a, start in zip(first, corner, strict=True)]
        high = [min(b, factor * (start + side)) for b, start, side in zip(last, corner, shape, strict=True)]
        if all(a < b for a, b in zip(low, high, strict=True)):
            where = tuple(slice(a - at, b - at) for a, b, at in zip(low, high, first, strict=True))
            self._kept[key][where] = self.composite(key[0], low, high)


class Level:
    """One scale of a volume that lands, as napari wants arrays: axes (z, y, x), what the colours show in [-1, 1].

    A part that is cut out by slices alone is not read before it is made an array, because napari cuts what is in view
    out of all slices before it takes one of them, and takes that as a part one voxel thick.

    Parameters
    ----------
    landing : Landing
        Of what.
    scale : int
        Which scale; finer ones are not shown.
    bounds : sequence of (int, int), optional
        First voxel and end along (z, y, x); by default all of it.
    """

    dtype = np.dtype(np.float32)
    ndim = 3

    def __init__(self, landing: Landing, scale: int, bounds: Sequence[tuple[int, int]] | None = None) -> None:
        self._landing, self._scale = landing, scale
        self._bounds = tuple(bounds or ((0, landing.sides[scale]),) * 3)
        self.shape = tuple(stop - start for start, stop in self._bounds)

    @property
    def size(self) -> int:
        """Number of voxels."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        bounds = self._bounds[::-1]  # along x, y, z
        thin = next((axis for axis, (start, stop) in enumerate(bounds) if stop - start == 1), -1)
        if thin >= 0:
            plane = self._landing.read((self._scale, thin, bounds[thin][0]))
            where = [slice(None) if axis == thin else slice(*each) for axis, each in enumerate(bounds)]
            density = plane[tuple(where)]
        else:
            density = self._landing.read((self._scale, -1, -1))[tuple(slice(*each) for each in bounds)]
        return np.asarray(self._shown(density), dtype=dtype)

    def __getitem__(self, index: Any) -> Level | NDArray[np.float32]:
        """Return a part of the field, as it is shown now where it is a plane or a line of it."""
        given = index if isinstance(index, tuple) else (index,)
        wanted = [*given, *[slice(None)] * (3 - len(given))]
        if all(isinstance(each, slice) for each in wanted):
            cut = [each.indices(side)[:2] for each, side in zip(wanted, self.shape, strict=True)]
            parts = zip(self._bounds, cut, strict=True)
            return Level(self._landing, self._scale, [(first + a, first + max(a, b)) for (first, _), (a, b) in parts])
        axis = next(axis for axis, each in enumerate(wanted) if not isinstance(each, slice))
        at = self._bounds[axis][0] + int(wanted[axis]) % self.shape[axis]
        plane = self._landing.read((self._scale, 2 - axis, at))  # axes (x, y, z)
        whole = [slice(*bounds) for bounds in self._bounds]
        whole[axis] = slice(0, 1)
        wanted[axis] = 0
        return self._shown(plane[tuple(whole[::-1])][tuple(wanted[::-1])])

    def _shown(self, density: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return densities of axes (x, y, z) as colours, with the axes turned round."""
        turned: NDArray[np.float32] = density.T
        shown = rational.scale(turned, self._landing.kappa)
        return np.nan_to_num(np.ascontiguousarray(shown, dtype=np.float32), copy=False, nan=EMPTY)


def _enlarged(array: Any, factor: int, low: Sequence[int], high: Sequence[int]) -> Volume:
    """Return the voxels between two corners of a grid that is ``factor`` times finer than an array."""
    first = [a // factor for a in low]
    part = np.array(array[tuple(slice(a, -(-b // factor)) for a, b in zip(first, high, strict=True))])
    for axis in range(3):
        if factor > 1:
            part = np.repeat(part, factor, axis=axis)
    return part[tuple(slice(a - factor * at, b - factor * at) for a, b, at in zip(low, high, first, strict=True))]
