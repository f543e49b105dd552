"""Colours of the explorer: safe for colour-blind eyes, on a dark or a light ground."""

from __future__ import annotations

import sys
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cosmoloom.keys import Colouring

Theme = Literal["dark", "light"]
THEMES: dict[Theme, dict[str, str]] = {
    "dark": {
        "BACKGROUND": "#14161a", "PANEL": "#1b1e24", "LINE": "#353a44", "TEXT": "#e8eaed", "MUTED": "#a3a9b4",
        "GENERATED": "#ff9f43", "SIMULATION": "#4aa8ff", "WARNING": "#ffd166",
    },
    "light": {
        "BACKGROUND": "#f4f5f7", "PANEL": "#ffffff", "LINE": "#cdd2da", "TEXT": "#16181c", "MUTED": "#545b68",
        "GENERATED": "#c25400", "SIMULATION": "#0a62b8", "WARNING": "#8a5a00",
    },
}  # fmt: skip
"""Orange and blue differ in lightness, too, in either theme."""
BACKGROUND, PANEL, LINE, TEXT, MUTED, GENERATED, SIMULATION, WARNING = THEMES["dark"].values()
COLORMAPS: dict[Colouring, str] = {"density": "magma", "error": "viridis", "waves": "berlin"}
"""Maps that nobody takes for one another; that of waves is dark in its middle, as their volume is mostly zero."""
CONTRAST = (-1.0, 1.0)


def use(theme: Theme) -> None:
    """Give the colours of this module their values in a theme; what is made from then on has them."""
    for name, value in THEMES[theme].items():
        setattr(sys.modules[__name__], name, value)


def on_light() -> bool:
    """Tell whether the ground is light; fields are dark where there is little on either."""
    return THEMES["light"]["BACKGROUND"] == BACKGROUND


@cache
def table(colouring: Colouring) -> NDArray[np.uint32]:
    """Return 256 colours as 0xAARRGGBB."""
    from matplotlib import colormaps

    rgba = np.asarray(colormaps[COLORMAPS[colouring]](np.arange(256)))
    red, green, blue, _ = (rgba * 255).round().astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue, dtype=np.uint32)


def paint(
    image: NDArray[np.float32], colouring: Colouring = "density", contrast: tuple[float, float] = CONTRAST
) -> NDArray[np.uint32]:
    """Return a scaled field as pixels 0xAARRGGBB of the same shape; values beyond the contrast saturate."""
    low, high = contrast
    index = np.clip((image - low) * (255.0 / (high - low)), 0.0, 255.0).astype(np.uint8)
    return np.ascontiguousarray(table(colouring)[index])
