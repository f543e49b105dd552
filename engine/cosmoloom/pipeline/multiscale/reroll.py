"""One patch of a finished volume drawn anew from another seed, while its neighbours stay as they are.

The seamless way draws other noise inside the patch.  What the network makes of it differs as far as the network looks
and no further; every parent cell keeps its mass.  The published way draws another latent for the patch, beside the
seven neighbours before it as the volume has them; those after it had seen the former patch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.multiscale.field import ArrayField
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.noise import Place, voxel_noise
from cosmoloom.pipeline.multiscale.patch_canvas import PatchCanvas
from cosmoloom.pipeline.multiscale.patch_model import PatchModel
from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroll:
    """Which patch is drawn anew, and from what.

    Attributes
    ----------
    patch : (int, int, int)
        Index of the patch; of a seamless volume, of the tile.
    seed : int
        Of the patch's noise, 0 or above.
    """

    patch: Place
    seed: int


@dataclass(frozen=True, slots=True)
class RerolledNoise:
    """White noise with other seeds in some tiles; the last one of a tile holds."""

    n: int
    seed: int
    scale: int
    tile: int
    rerolls: Sequence[Reroll]

    def read(self, corner: Place, shape: Place) -> NDArray[np.float32]:
        """Return a region."""
        noise = voxel_noise(self.seed, self.scale, corner, shape)
        for reroll in self.rerolls:
            first = [index * self.tile for index in reroll.patch]
            low = [max(a, b) for a, b in zip(first, corner, strict=True)]
            high = [min(a + self.tile, b + side) for a, b, side in zip(first, corner, shape, strict=True)]
            a, b, c = (stop - start for start, stop in zip(low, high, strict=True))
            if min(a, b, c) > 0:
                x, y, z = low
                target = tuple(slice(i - k, j - k) for i, j, k in zip(low, high, corner, strict=True))
                noise[target] = voxel_noise(reroll.seed, self.scale, (x, y, z), (a, b, c))
        return noise


def reroll_seamless(
    volume: Any,
    below: Any,
    refiner: SeamlessRefiner,
    rerolls: Sequence[Reroll],
    *,
    scale: int,
    circumstances: Circumstances,
) -> Iterator[Landed]:
    """Draw a tile of a seamless volume anew.

    Parameters
    ----------
    volume : array, shape (2 n, 2 n, 2 n), float32
        The finished scale, rho / mean; in memory or a Zarr array.
    below : array, shape (n, n, n), float32
        The scale it was refined from.
    refiner : SeamlessRefiner
        That refined it.
    rerolls : sequence of Reroll
        All of this scale so far, and the one to be made last.  The volume's own seed brings the former tile back.
    scale : int
        Which refinement the volume is, from 1.
    circumstances : Circumstances
        In which it was made.

    Yields
    ------
    Landed
        The tiles that change; their voxels beyond the network's reach are those of ``volume``.

    Raises
    ------
    InvalidInputError
        If the grid of ``volume`` is not twice that of ``below``, or there is no such tile.
    """
    n, tile = 2 * below.shape[0], min(circumstances.tile, 2 * below.shape[0])
    _require_side(volume, n)
    for reroll in rerolls:
        _require_patch(reroll.patch, -(-n // tile))
    noise = RerolledNoise(n, circumstances.seed, scale, tile, rerolls)
    field = RefinedField(refiner, ArrayField(below), scale=scale, circumstances=circumstances, noise=noise)
    x, y, z = (
        _within_reach(n, index * tile, tile, reach=2 * refiner.halo, periodic=circumstances.periodic)
        for index in rerolls[-1].patch
    )
    tiles = list(product(*(np.unique(np.flatnonzero(line) // tile).tolist() for line in (x, y, z))))
    for done, (i, j, k) in enumerate(tiles, start=1):
        a, b, c = (slice(index * tile, (index + 1) * tile) for index in (i, j, k))
        near = x[a, None, None] & y[None, b, None] & z[None, None, c]
        density = np.where(near, field.compute((i, j, k)), np.asarray(volume[a, b, c]))
        yield Landed(
            scale=scale, n=n, corner=(i * tile, j * tile, k * tile), density=density, share=done / len(tiles)
        )


def reroll_patch(
    volume: NDArray[np.float32],
    below: NDArray[np.float32],
    model: PatchModel,
    reroll: Reroll,
    *,
    scale: int,
    wrapped: bool = False,
) -> Landed:
    """Draw a patch of a volume anew, as published.

    Parameters
    ----------
    volume : array, shape (n f, n f, n f), float32
        The finished scale, rho / mean.
    below : array, shape (n, n, n), float32
        The scale it was refined from; f is the model's factor.
    model : PatchModel
        That refined it.
    reroll : Reroll
        Which patch, and its seed.
    scale : int
        Which refinement the volume is, from 1.
    wrapped : bool
        Whether a patch at a face has those at the far side before it; else nothing.

    Returns
    -------
    Landed
        The patch.  The volume's own seed brings the former one back, to rounding, where its neighbours are those
        it was made beside.

    Raises
    ------
    InvalidInputError
        If the sides of the two volumes do not belong together, patches do not tile, or there is no such patch.
    """
    n, m = below.shape[0] * model.generator.factor, model.generator.patch
    _require_side(volume, n)
    canvas = PatchCanvas(model, n=n, low=below, seed=reroll.seed, scale=scale, wrapped=wrapped)
    _require_patch(reroll.patch, canvas.stop)
    canvas.recall(volume, reroll.patch)
    i, j, k = reroll.patch
    (density,) = canvas.make([reroll.patch])
    return Landed(scale=scale, n=n, corner=(i * m, j * m, k * m), density=density, share=1.0)


def _within_reach(n: int, first: int, side: int, *, reach: int, periodic: bool) -> NDArray[np.bool_]:
    """Say which of n places along an axis see a range; a mirror image is further away than the range itself."""
    seen = np.arange(first - reach, min(first + side, n) + reach)
    near = np.zeros(n, dtype=np.bool_)
    near[seen % n if periodic else seen[(seen >= 0) & (seen < n)]] = True
    return near


def _require_side(volume: Any, n: int) -> None:
    if tuple(volume.shape) != (n, n, n):
        raise InvalidInputError(
            f"the model makes {n}^3 voxels of the coarse volume, but the finished one has the shape "
            f"{tuple(volume.shape)}; give the volume that it was refined from"
        )


def _require_patch(patch: Place, count: int) -> None:
    if not all(0 <= index < count for index in patch):
        raise InvalidInputError(
            f"there is no patch {','.join(map(str, patch))}: the volume has patches 0 to {count - 1} along each axis"
        )
