"""Colours of the explorer: safe for colour-blind eyes, on a dark ground."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

BACKGROUND = "#14161a"
PANEL = "#1b1e24"
LINE = "#353a44"
TEXT = "#e8eaed"
MUTED = "#a3a9b4"
GENERATED = "#ff9f43"
SIMULATION = "#4aa8ff"
WARNING = "#ffd166"
COLORMAP = "magma"
CONTRAST = (-1.0, 1.0)


@cache
def table(name: str = COLORMAP) -> NDArray[np.uint32]:
    """Return 256 colours of a matplotlib map as 0xAARRGGBB."""
    from matplotlib import colormaps

    red, green, blue, _ = (np.asarray(colormaps[name](np.arange(256))) * 255).round().astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, dtype=np.uint32)


def paint(
    image: NDArray[np.float32], *, contrast: tuple[float, float] = CONTRAST, colormap: str = COLORMAP
) -> NDArray[np.uint32]:
    """Return a scaled field as pixels 0xAARRGGBB of the same shape; values beyond the contrast saturate."""
    low, high = contrast
    index = np.clip((image - low) * (255.0 / (high - low)), 0.0, 255.0).astype(np.uint8)
    return np.ascontiguousarray(table(colormap)[index])
