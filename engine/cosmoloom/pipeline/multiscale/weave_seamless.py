"""Seamless volumes as a stream of tiles, in memory or on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.multiscale.field import ArrayField
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.noise import Place
from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField


class Storage(Protocol):
    """Where the scales of a volume are kept while it is made."""

    def level(self, scale: int, n: int, tile: int) -> Any:
        """Return the array of a scale, shape (n, n, n), made if it is not there."""

    def has(self, scale: int, index: Place) -> bool:
        """Whether a tile was written before."""


class Memory:
    """Keeps one scale and the one below, as arrays."""

    def level(self, _scale: int, n: int, _tile: int) -> NDArray[np.float32]:
        """Return an empty array."""
        return np.empty((n,) * 3, dtype=np.float32)

    def has(self, _scale: int, _index: Place) -> bool:
        """Nothing is there before it is made."""
        return False


def weave_seamless(
    start: NDArray[np.float32],
    refiners: Sequence[SeamlessRefiner],
    circumstances: Circumstances,
    storage: Storage | None = None,
) -> Iterator[Landed]:
    """Double the grid of a coarse volume as often as there are refiners.

    Parameters
    ----------
    start : array, shape (n, n, n), float32
        rho / mean.
    refiners : sequence of SeamlessRefiner
        From coarse to fine; the same one may come several times.
    circumstances : Circumstances
        Seed, growth factor, size, faces, tiles.
    storage : Storage, optional
        Where to keep the scales; in memory by default.

    Yields
    ------
    Landed
        The start, then the tiles of each scale; those that the storage had already are not repeated.

    Raises
    ------
    InvalidInputError
        If tiles have an odd side, or none.
    """
    if circumstances.tile < 2 or circumstances.tile % 2:
        raise InvalidInputError(f"tiles have an even number of voxels per side, got {circumstances.tile}")
    storage = Memory() if storage is None else storage
    n = start.shape[0]
    below: Any = storage.level(0, n, n)
    if not storage.has(0, (0, 0, 0)):
        below[...] = start
    yield Landed(scale=0, n=n, corner=(0, 0, 0), density=start, share=1.0)
    for scale, refiner in enumerate(refiners, start=1):
        field = RefinedField(refiner, ArrayField(below), scale=scale, circumstances=circumstances)
        level = storage.level(scale, field.n, field.tile)
        tiles = list(field.tiles())
        for done, index in enumerate(tiles, start=1):
            if storage.has(scale, index):
                continue
            x, y, z = (i * field.tile for i in index)
            piece = Landed(
                scale=scale, n=field.n, corner=(x, y, z), density=field.compute(index), share=done / len(tiles)
            )
            level[piece.where] = piece.density
            yield piece
        below = level
