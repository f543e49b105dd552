"""Volumes as pictures, for pages that cannot draw them themselves."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer.frames import Volume

CAMERA = (-28.0, 22.0, 1.0)
"""Yaw and pitch [degree] and zoom with which volumes open."""
WIDTH = 1.75
"""Side of a picture, in sides of the box: the whole box fits, however it is turned."""
OUTSIDE = -3.0
"""Stands for what lies beside the box, below every scaled density."""


def axes_on_screen(yaw: float, pitch: float) -> NDArray[np.float64]:
    """Return unit vectors to the right, upwards, and towards the eye, rows of axes (x, y, z); angles in [degree]."""
    a, b = np.radians(yaw), np.radians(pitch)
    return np.array([
        [np.cos(a), 0.0, -np.sin(a)],
        [-np.sin(a) * np.sin(b), np.cos(b), -np.cos(a) * np.sin(b)],
        [np.sin(a) * np.cos(b), np.sin(b), np.cos(a) * np.cos(b)],
    ])  # fmt: skip


def project(volume: Volume, yaw: float, pitch: float) -> Volume:
    """Return the maximum along every line of sight, NaN beside the box.

    Parameters
    ----------
    volume : array, shape (n, n, n)
        Axes (x, y, z).
    yaw, pitch : float
        [degree].

    Returns
    -------
    array, shape (m, m)
        Rows from the top of the picture down.
    """
    from scipy.ndimage import affine_transform

    n = len(volume)
    m = int(np.ceil(WIDTH * n))
    right, up, eye = axes_on_screen(yaw, pitch)
    matrix = np.stack([-up, right, eye], axis=1)  # from (row, column, depth) to (x, y, z)
    padded = np.pad(volume, 1, mode="edge")  # an outermost voxel is not to be mixed with what lies beside the box
    offset = np.full(3, (n + 1) / 2) - matrix @ np.full(3, (m - 1) / 2)
    turned = affine_transform(padded, matrix, offset, (m, m, m), order=1, mode="constant", cval=OUTSIDE)
    deepest: Volume = turned.max(axis=2)
    return np.where(deepest > 0.5 * (OUTSIDE - 1.0), deepest, np.float32(np.nan))


def png(
    volume: Volume,
    camera: tuple[float, float, float],
    contrast: tuple[float, float],
    palette: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Return a PNG file of a volume seen by a camera, transparent beside the box.

    Parameters
    ----------
    volume : array, shape (n, n, n)
        Scaled field in [-1, 1], axes (x, y, z).
    camera : tuple of float
        Yaw and pitch [degree]; the zoom is the page's affair.
    contrast : tuple of float
        Ends of the colours, in [-1, 1].
    palette : array, shape (256, 3), uint8
        Colours.
    """
    from PIL import Image

    image = project(volume, *camera[:2])
    inside = np.isfinite(image)
    low, high = contrast
    index = np.clip((np.nan_to_num(image) - low) * (255.0 / (high - low)), 0.0, 255.0).astype(np.uint8)
    rgba = np.dstack([palette[index], np.where(inside, 255, 0).astype(np.uint8)])
    file = BytesIO()
    Image.fromarray(rgba).save(file, "PNG", compress_level=3)
    return np.frombuffer(file.getvalue(), dtype=np.uint8)
