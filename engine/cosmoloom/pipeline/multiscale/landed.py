"""Pieces of volumes, as they land."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cosmoloom.pipeline.multiscale.noise import Place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landed:
    """A finished piece of one scale.

    Attributes
    ----------
    scale : int
        0 for the volume that was started from, then 1, 2, ... towards finer grids.
    n : int
        Voxels per side of the whole volume at this scale.
    corner : (int, int, int)
        First voxel of the piece.
    density : array, shape (a, b, c), float32
        rho over the cosmic mean [1].
    share : float
        How much of this scale is done, this piece included, in (0, 1].
    """

    scale: int
    n: int
    corner: Place
    density: NDArray[np.float32]
    share: float

    @property
    def where(self) -> tuple[slice, slice, slice]:
        """Index of the piece in the whole volume."""
        x, y, z = (slice(start, start + side) for start, side in zip(self.corner, self.density.shape, strict=True))
        return x, y, z


def put_together(pieces: Iterable[Landed], *, scale: int) -> NDArray[np.float32]:
    """Return the whole volume of one scale, shape (n, n, n), of all pieces that land.

    Parameters
    ----------
    pieces : iterable of Landed
        Of this scale at least one; those of others are let go.
    scale : int
        Which.
    """
    whole: NDArray[np.float32] | None = None
    for piece in pieces:
        if piece.scale == scale:
            whole = np.empty((piece.n,) * 3, dtype=np.float32) if whole is None else whole
            whole[piece.where] = piece.density
    assert whole is not None, "every stream has pieces of every scale"
    return whole
