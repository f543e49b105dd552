"""Patches and their seven neighbours: the one place that knows their order and how they are flipped.

A volume is made patch by patch in raster order, the last axis fastest.  When the patch at (i, j, k) is due, the
seven others of the cube of 2^3 patches that ends with it are there.  They are its borders, in raster order::

    (i-1, j-1, k-1)  (i-1, j-1, k)  (i-1, j, k-1)  (i-1, j, k)  (i, j-1, k-1)  (i, j-1, k)  (i, j, k-1)

Each is flipped along the axes on which it lies before the patch.  So voxel 0 of a border, along such an axis, is
the one that touches the patch, and stands where the first voxel of the patch stands: a convolution that sees
borders and patch as channels finds neighbours at the same place.  Critics see the cube as it lies in space.

Beyond the box there is nothing: borders there are 0, and so is the low-resolution field.  The published scalings
map 0 to 0, so it makes no difference whether a cube is scaled before or after it is cut.

References
----------
Perraudin et al. (2019), section 3.3, figure 3 and appendix 3 (flips); Srivastava (2018), section 3.3.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.data.pyramid import enlarge
from cosmoloom.errors import InvalidInputError

BORDERS: tuple[tuple[int, int, int], ...] = tuple((x, y, z) for x, y, z in product((-1, 0), repeat=3))[:-1]
"""Where the seven neighbours lie, in patches from the patch itself, in the order of their channels."""


def draw_cubes(
    crops: Crops,
    rng: np.random.Generator,
    redshift_indices: NDArray[np.int64],
    *,
    patch: int,
    face_share: float | None = None,
) -> NDArray[np.float32]:
    """Cut patches with their neighbours from real boxes, under random shifts and the 48 symmetries.

    The box is turned first, and then cut, so the order of the neighbours holds.  As the whole box may be shifted
    by any number of voxels, block means of a cube are those of a low-resolution box.

    Parameters
    ----------
    crops : Crops
        Whole periodic boxes, at the resolution of the patches.
    rng : numpy Generator
        Draws everything that is random.
    redshift_indices : array, shape (b,)
        Snapshot of each cube.
    patch : int
        Voxels per side of a patch.
    face_share : float, optional
        Share of patches, along each axis, that have nothing before them; by default as many as in a volume of the
        size of the box.

    Returns
    -------
    array, shape (b, 2 patch, 2 patch, 2 patch), float32
        rho / mean; the patch is the last octant, and what lies beyond a face is 0.

    Raises
    ------
    InvalidInputError
        If two patches do not fit into a box.
    """
    if 2 * patch > crops.n:
        raise InvalidInputError(
            f"a patch of {patch}^3 voxels and its neighbours need boxes of {2 * patch}^3 voxels, these have {crops.n}^3"
        )
    share = patch / crops.n if face_share is None else face_share
    cubes = crops.draw(rng, redshift_indices[:, None], n=2 * patch)[:, 0]
    for axis, at_face in enumerate(rng.random((3, len(cubes))) < share, start=1):
        before = (slice(None),) * axis + (slice(patch),)
        cubes[before] = np.where(at_face[:, None, None, None], 0.0, cubes[before])
    return cubes


def split(cube: Tensor) -> tuple[Tensor, Tensor]:
    """Part cubes into flipped borders and the patch; :func:`join` undoes it.

    Parameters
    ----------
    cube : Tensor, shape (b, 2m, 2m, 2m)
        Eight patches in space.

    Returns
    -------
    Tensor, shape (b, 7, m, m, m)
        Borders, as generators of patches see them.
    Tensor, shape (b, m, m, m)
        The patch.
    """
    m = cube.shape[-1] // 2
    octants = cube.unflatten(3, (2, m)).unflatten(2, (2, m)).unflatten(1, (2, m))  # (b, 2, m, 2, m, 2, m)
    blocks = octants.permute(0, 1, 3, 5, 2, 4, 6).reshape(-1, 8, m, m, m)
    return flip(blocks[:, :7]), blocks[:, 7]


def join(borders: Tensor, patch: Tensor) -> Tensor:
    """Put flipped borders (b, 7, m, m, m) and a patch (b, m, m, m) back into space: (b, 2m, 2m, 2m)."""
    m = patch.shape[-1]
    blocks = torch.cat([flip(borders), patch[:, None]], dim=1).view(-1, 2, 2, 2, m, m, m)
    return blocks.permute(0, 1, 4, 2, 5, 3, 6).reshape(-1, 2 * m, 2 * m, 2 * m)


def flip(borders: Tensor) -> Tensor:
    """Turn borders (b, 7, m, m, m) as generators see them, or back."""
    return torch.stack(
        [
            border.flip([axis for axis, step in enumerate(place, start=1) if step])
            for place, border in zip(BORDERS, borders.unbind(1), strict=True)
        ],
        dim=1,
    )


def low_block(low: Tensor) -> Tensor:
    """Return the block of a low-resolution cube (b, 2l, 2l, 2l) that the patch covers, shape (b, l, l, l)."""
    half = low.shape[-1] // 2
    return low[:, half:, half:, half:]


def critic_view(cube: Tensor, low: Tensor) -> Tensor:
    """Return what critics of patches see: the cube, the enlarged low-resolution cube, and their difference.

    Parameters
    ----------
    cube : Tensor, shape (b, 2m, 2m, 2m)
        Seven neighbours and the patch, real or made, in network space.
    low : Tensor, shape (b, 2l, 2l, 2l)
        Low-resolution cube in network space; m is a multiple of l.

    Returns
    -------
    Tensor, shape (b, 3, 2m, 2m, 2m)
    """
    smooth = enlarge(low, cube.shape[-1] // low.shape[-1])
    return torch.stack([cube, smooth, cube - smooth], dim=1)
