"""Colours of a quantity: from values to a lookup table, and its ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer.scenes.style import Quantity, Style

Colours = NDArray[np.uint8]
N_COLOURS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourScale:
    """What colours mean.

    Attributes
    ----------
    quantity : str
        "density", "mass" or "position": each style has a colour map for it.
    label : str
        What is written at the bar, with its unit.
    low, high : float
        Values at the ends, in that unit.
    logarithmic : bool
        Whether equal steps of colour are equal factors.
    """

    quantity: Quantity
    label: str
    low: float
    high: float
    logarithmic: bool = True

    def share(self, values: Any) -> NDArray[np.float32]:
        """Return where values lie between the ends, 0 to 1; those beyond saturate."""
        array = np.asarray(values, dtype=np.float64)
        low, high = np.float64(self.low), np.float64(self.high)
        if self.logarithmic:
            array, low, high = np.log(np.maximum(array, low)), np.log(low), np.log(high)
        return ((array - low) / (high - low)).clip(0, 1).astype(np.float32)

    def colours(self, style: Style) -> Colours:
        """Return the colours from low to high, shape (256, 4), RGBA."""
        from matplotlib import colormaps

        name, first, last = style.maps[self.quantity]
        rgba = np.asarray(colormaps[name](np.linspace(first, last, N_COLOURS)))
        return (rgba * 255).round().astype(np.uint8)

    def colour(self, value: float, style: Style) -> tuple[float, float, float]:
        """Return the colour of one value as red, green and blue, 0 to 1."""
        red, green, blue, _ = self.colours(style)[round(float(self.share(value)) * (N_COLOURS - 1))] / 255
        return float(red), float(green), float(blue)

    def ticks(self) -> list[float]:
        """Return two to seven round values between the ends."""
        if not self.logarithmic:
            from matplotlib.ticker import MaxNLocator

            return [float(v) for v in MaxNLocator(5).tick_values(self.low, self.high) if self.low <= v <= self.high]
        decades = np.arange(np.floor(np.log10(self.low)), np.ceil(np.log10(self.high)) + 1)
        for steps in ((1,), (1, 3), (1, 2, 5)):
            values = [float(f"{step * 10.0**decade:.3g}") for decade in decades for step in steps]
            inside = [v for v in values if self.low * 0.999 <= v <= self.high * 1.001]
            if len(inside) >= 3:
                break
        return inside


def density_scale(low: float, high: float) -> ColourScale:
    """Return the scale of densities between two values [cosmic mean]."""
    return ColourScale(quantity="density", label="density / cosmic mean", low=low, high=high)
