"""Noise that is known by its place: a counter-based generator keyed by seed and scale, counting from the position.

Whatever order a volume is made in, on however many machines, with whatever parts already there, a place gets the
same noise.  Draws happen on the CPU, so they are the same on every device.

References
----------
Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2, 3" (Philox).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent import LARGEST_SEED

Place = tuple[int, int, int]
"""Position along (x, y, z), in voxels or patches."""

BLOCK = 16
"""Voxels per side of the cubes whose noise is drawn in one go."""

_PATCHES, _VOXELS = 0, 1


def patch_latents(
    seed: int, scale: int, places: Sequence[Place], *, size: int, nu: float | None = None, width: float = 1.0
) -> Tensor:
    """Draw the latents of patches.

    Parameters
    ----------
    seed : int
        Of the whole volume.
    scale : int
        Which refinement the patches belong to, from 1.
    places : sequence of (int, int, int)
        Positions of the patches, each 0 or above.
    size : int
        Components of a latent.
    nu : float, optional
        Degrees of freedom of a Student-t distribution; Gaussian without.
    width : float
        Factor on every component.

    Returns
    -------
    Tensor, shape (b, size), float32, on the CPU
    """
    draws = [_generator(seed, scale, _PATCHES, place) for place in places]
    if nu is None:
        return torch.from_numpy(np.stack([width * draw.standard_normal(size, dtype=np.float32) for draw in draws]))
    return torch.from_numpy(np.stack([width * draw.standard_t(nu, size) for draw in draws]).astype(np.float32))


def voxel_noise(seed: int, scale: int, corner: Place, shape: Place) -> NDArray[np.float32]:
    """Return the white noise of a region: Gaussian of variance 1, a function of seed, scale and voxel alone.

    Parameters
    ----------
    seed, scale : int
        As in :func:`patch_latents`.
    corner : (int, int, int)
        First voxel of the region, each 0 or above.
    shape : (int, int, int)
        Voxels along each axis.

    Returns
    -------
    array of this shape, float32
    """
    noise = np.empty(shape, dtype=np.float32)
    blocks = [range(start // BLOCK, -(-(start + side) // BLOCK)) for start, side in zip(corner, shape, strict=True)]
    for block in product(*blocks):
        cube = _generator(seed, scale, _VOXELS, block).standard_normal((BLOCK,) * 3, dtype=np.float32)
        first = [index * BLOCK for index in block]
        low = [max(a, b) for a, b in zip(first, corner, strict=True)]
        high = [min(a + BLOCK, b + side) for a, b, side in zip(first, corner, shape, strict=True)]
        target = tuple(slice(a - b, c - b) for a, b, c in zip(low, corner, high, strict=True))
        source = tuple(slice(a - b, c - b) for a, b, c in zip(low, first, high, strict=True))
        noise[target] = cube[source]
    return noise


def _generator(seed: int, scale: int, purpose: int, place: Sequence[int]) -> np.random.Generator:
    """Return a generator of its own for one place; the lowest word of the counter is left for its draws."""
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidInputError(f"a seed is a whole number from 0 to {LARGEST_SEED}, got {seed}")
    key = np.array([seed, 2 * scale + purpose], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, *place], dtype=np.uint64)))
