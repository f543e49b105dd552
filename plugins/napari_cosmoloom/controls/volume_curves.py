"""Power and densities of a finished large volume, with those of its start as dots."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtWidgets import QVBoxLayout, QWidget

from cosmoloom_explorer import colours
from cosmoloom_explorer.plots.dressing import SUPERSCRIPTS
from cosmoloom_explorer.volume_statistics import Curve, Measured
from napari_cosmoloom.controls.section import note
from napari_cosmoloom.controls.small_curve import SmallCurve

MOST_DOTS = 24
"""Of the start, so that they stay dots."""


class VolumeCurves(QWidget):
    """Two small plots, hidden until something was measured."""

    def __init__(self) -> None:
        super().__init__()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.power, self.histogram = SmallCurve(), SmallCurve()
        self._texts = note(), note()
        for curve, text, name in (
            (self.power, self._texts[0], "power of the volume and of its start"),
            (self.histogram, self._texts[1], "densities of the volume and of its start"),
        ):
            curve.setAccessibleName(name)
            curve.setToolTip(f"{name[:1].upper()}{name[1:]}, which stands as dots.")
            curve.setFixedHeight(84)
            rows.addWidget(text)
            rows.addWidget(curve)
        self.hide()

    def show_measured(self, measured: tuple[Measured, ...]) -> None:
        """Show statistics of the start and of the volume; nothing hides the plots."""
        self.setVisible(bool(measured))
        if not measured:
            return
        start, volume = measured[0], measured[-1]
        sides = f"{volume.n}\u00b3, dots {start.n}\u00b3"
        self._texts[0].setText(f"P(k) [(Mpc/h)\u00b3] over k [h/Mpc]: {sides}")
        self._texts[1].setText(f"share of voxels per decade over \u03c1 / mean: {sides}")
        _draw(self.power, volume.power, start.power)
        _draw(self.histogram, volume.histogram, start.histogram)


def _draw(plot: SmallCurve, line: Curve, dots: Curve) -> None:
    """Draw two curves over logarithmic axes that hold both."""
    (x, y), (dots_x, dots_y) = _logs(line), _logs(dots)
    if not len(x):
        return
    left, right = _span(x, dots_x)
    low, high = _span(y, dots_y)
    plot.set_axes((left, right), (low, high), _decades(left, right, 4), _decades(low, high, 3))
    every = max(1, len(dots_x) // MOST_DOTS)
    points = zip(dots_x[::every], dots_y[::every], strict=True)
    plot.show_curve(x, y, tuple((float(a), float(b), colours.GENERATED) for a, b in points))


def _span(*values: NDArray[np.floating[Any]]) -> tuple[float, float]:
    both = np.concatenate(values)
    return float(both.min()), float(max(both.max(), both.min() + 1e-6))


def _logs(curve: Curve) -> Curve:
    """Return the logarithms of what is positive."""
    x, y = (np.asarray(values, dtype=float) for values in curve)
    there = (x > 0) & (y > 0)
    return np.log10(x[there]), np.log10(y[there])


def _decades(low: float, high: float, most: int) -> dict[float, str]:
    """Return ticks at powers of ten, about ``most`` and one more of them."""
    whole = np.arange(np.ceil(low), np.floor(high) + 1).astype(int)
    step = max(1, len(whole) // (most + 1))
    return {float(power): "10" + str(power).translate(SUPERSCRIPTS) for power in whole[::step]}
