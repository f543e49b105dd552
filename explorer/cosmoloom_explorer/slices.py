"""Orthogonal slices of a volume as images: the one place where axes (x, y, z) become rows and columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

AXES = ("x", "y", "z")


class Plane(NamedTuple):
    """A slice through a volume.

    Attributes
    ----------
    normal : int
        Axis that the slice cuts.
    across, up : int
        Axes that run to the right and upwards in the image.
    """

    normal: int
    across: int
    up: int

    @property
    def title(self) -> str:
        """Such as "x-y"."""
        return f"{AXES[self.across]}\N{EN DASH}{AXES[self.up]}"


PLANES = (Plane(2, 0, 1), Plane(1, 0, 2), Plane(0, 1, 2))
"""x-y cut at z, x-z cut at y, y-z cut at x."""


def slice_image(volume: NDArray[np.float32], plane: Plane, position: int, thickness: int = 1) -> NDArray[np.float32]:
    """Cut an image out of a volume.

    Parameters
    ----------
    volume : array, shape (n, n, n)
        Axes (x, y, z).
    plane : Plane
        Orientation.
    position : int
        Voxel index along the normal.
    thickness : int
        Voxels to average along the normal, centred on ``position``.

    Returns
    -------
    array, shape (n, n)
        Rows from the top of the image down, so ``up`` grows upwards; columns along ``across``.
    """
    if thickness == 1:
        image = np.take(volume, position, axis=plane.normal)
    else:
        low = max(0, position - (thickness - 1) // 2)
        cut = [slice(None)] * 3
        cut[plane.normal] = slice(low, low + thickness)
        image = volume[tuple(cut)].mean(axis=plane.normal)
    # The remaining axes keep their order, and ``across`` comes before ``up`` in every plane.
    return image.T[::-1]
