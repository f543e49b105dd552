"""Colours of the explorer: safe for colour-blind eyes, on a dark ground."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cosmoloom.keys import Colouring

BACKGROUND = "#14161a"
PANEL = "#1b1e24"
LINE = "#353a44"
TEXT = "#e8eaed"
MUTED = "#a3a9b4"
GENERATED = "#ff9f43"
SIMULATION = "#4aa8ff"
WARNING = "#ffd166"
COLORMAPS: dict[Colouring, str] = {"density": "magma", "error": "viridis"}
"""Two maps that nobody takes for one another."""
CONTRAST = (-1.0, 1.0)


@cache
def table(colouring: Colouring) -> NDArray[np.uint32]:
    """Return 256 colours as 0xAARRGGBB."""
    from matplotlib import colormaps

    rgba = np.asarray(colormaps[COLORMAPS[colouring]](np.arange(256)))
    red, green, blue, _ = (rgba * 255).round().astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, dtype=np.uint32)


def paint(image: NDArray[np.float32], colouring: Colouring = "density") -> NDArray[np.uint32]:
    """Return a scaled field as pixels 0xAARRGGBB of the same shape; values beyond the contrast saturate."""
    low, high = CONTRAST
    index = np.clip((image - low) * (255.0 / (high - low)), 0.0, 255.0).astype(np.uint8)
    return np.ascontiguousarray(table(colouring)[index])
