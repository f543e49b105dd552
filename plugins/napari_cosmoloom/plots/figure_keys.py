"""What keys do to the plots: a range of k that moves and widens, and bins of the peaks one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import Qt

Band = tuple[float, float]
"""From a wavenumber to another [h/Mpc]."""
STEP = 1.25
"""Factor between two places, or two widths, of a range of k."""


def moved_band(key: int, band: Band | None, k: NDArray[np.float64]) -> Band | None:
    """Return the range of k [h/Mpc] after a key, within that of the spectrum shown; None where the key does nothing.

    The first press of any arrow key chooses the middle third of the spectrum.
    """
    low, high = float(k.min()), float(k.max())
    factors = {
        Qt.Key.Key_Left: (1 / STEP, 1 / STEP), Qt.Key.Key_Right: (STEP, STEP),
        Qt.Key.Key_Up: (1 / STEP, STEP), Qt.Key.Key_Down: (STEP, 1 / STEP),
    }.get(Qt.Key(key))  # fmt: skip
    if factors is None:
        return None
    if band is None:
        third = (high / low) ** (1 / 3)
        return low * third, high / third
    moved = max(low, band[0] * factors[0]), min(high, band[1] * factors[1])
    return moved if moved[1] > moved[0] * STEP else band


def next_bin(key: int, chosen: float | None, x: NDArray[np.float64]) -> float | None:
    """Return the middle of the bin of peaks after a key; None where the key does nothing."""
    step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(key))
    if step is None:
        return None
    at = len(x) // 2 if chosen is None else int(np.abs(x - chosen).argmin()) + step
    return float(x[min(max(at, 0), len(x) - 1)])
