"""How much an error of the network grows in the density."""

from __future__ import annotations

import numpy as np
from qtpy.QtWidgets import QVBoxLayout, QWidget

from cosmoloom.scaling.interface import Scaling
from cosmoloom.scaling.relative_error import NETWORK_ERROR, relative_error
from cosmoloom_explorer import colours, readouts
from napari_cosmoloom.controls.section import note
from napari_cosmoloom.controls.small_curve import SmallCurve

DENSITY = np.geomspace(1e-2, 1e3, 121)
X_TICKS = {-2.0: "0.01", -1.0: "0.1", 0.0: "1", 1.0: "10", 2.0: "100", 3.0: "\u03c1/\u03c1\u0304"}
Y_TICKS = {-2.0: "1 %", -1.0: "10 %", 0.0: "100 %"}


class Amplification(QWidget):
    """The relative error of the density over the density, and a point at the densest voxels of the field shown."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.curve = SmallCurve()
        self.curve.set_axes((-2.0, 3.0), (-2.4, 0.8), X_TICKS, Y_TICKS)
        self.text = note()
        self.text.ensurePolished()  # it has its small font only then
        self.text.setMinimumHeight(2 * self.text.fontMetrics().lineSpacing())  # so that nothing jumps as numbers grow
        layout.addWidget(self.text)
        layout.addWidget(self.curve)
        tip = (
            "<p><b>Error amplification.</b> The network errs in the scaled field x, and the way back to the density "
            "makes that error grow: d\u03c1 = (d\u03c1/dx) dx, which for x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1 is "
            "2\u03ba/(1\u2212x)\u00b2 dx.</p>"
            f"<p>The curve shows the error of \u03c1 in per cent where x is wrong by {NETWORK_ERROR:g}. It is least at "
            "\u03c1 = \u03ba: a larger \u03ba keeps haloes true and loses voids, a smaller one the other way round. "
            "The point marks the density above which 0.1 % of the generated voxels lie.</p>"
        )
        for widget in (self.text, self.curve):
            widget.setToolTip(tip)

    def show_scaling(self, scaling: Scaling, dense: float | None) -> None:
        """Show a network's scaling, at the density of the densest voxels [cosmic mean] where that is known."""
        error = np.log10(relative_error(DENSITY, scaling))
        points: tuple[tuple[float, float, str], ...] = ()
        if dense is not None and dense > 0:
            at = float(np.log10(relative_error(np.array([dense]), scaling))[0])
            points = ((float(np.log10(dense)), at, colours.GENERATED),)
            self.text.setText(readouts.amplification_text(scaling, dense))
        self.curve.show_curve(np.log10(DENSITY), error, points)
