"""The colours' meaning: density over its cosmic mean, for the kappa of the display."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFont, QImage, QPainter
from qtpy.QtWidgets import QWidget

from cosmoloom.keys import Colouring
from cosmoloom.scaling.rational import scale
from cosmoloom.scaling.relative_error import NETWORK_ERROR, as_colours
from cosmoloom_explorer import colours

DENSITIES = np.array([0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0], dtype=np.float32)
ERRORS = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0], dtype=np.float32)
MARGIN, SPACING = 14, 32


class ColourBar(QWidget):
    """Horizontal bar with densities as ticks, which move when kappa does, or with relative errors."""

    def __init__(self, kappa: float, colouring: Colouring) -> None:
        super().__init__()
        self._shown = kappa, colouring
        self.setFixedHeight(46)
        self._dress()

    def show_scaling(self, kappa: float, colouring: Colouring) -> None:
        """Place the ticks for another kappa [cosmic mean], or for other colours."""
        if (kappa, colouring) != self._shown:
            self._shown = kappa, colouring
            self._dress()
            self.update()

    def _dress(self) -> None:
        kappa, colouring = self._shown
        self._pixels = colours.paint(np.linspace(*colours.CONTRAST, 256, dtype=np.float32)[None], colouring)
        if colouring == "density":
            self._ticks = list(zip(DENSITIES, scale(DENSITIES, kappa), strict=True))
            self._text = f"density \u03c1 / cosmic mean, scaled with \u03ba = {kappa:.3g}"
            self.setToolTip("Colours of every field shown: x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1 from \u22121 to 1.")
        else:
            self._ticks = list(zip(100.0 * ERRORS, as_colours(ERRORS), strict=True))
            self._text = f"error of \u03c1 [%] where the network errs by {NETWORK_ERROR:g} in x"
            self.setToolTip(
                "Error amplification of the network's scaling: (d\u03c1/dx) dx / \u03c1 in every voxel.\n"
                "Bright: small errors of the network leave the density uncertain, in voids and in dense haloes."
            )

    def paintEvent(self, _event: Any) -> None:
        """Paint bar, ticks and label."""
        painter = QPainter(self)
        bar = QRectF(MARGIN, 4, self.width() - 2 * MARGIN, 10)
        painter.drawImage(bar, QImage(self._pixels.data, 256, 1, 1024, QImage.Format.Format_RGB32))
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(colours.MUTED))
        free = -np.inf
        for value, scaled in self._ticks:
            x = bar.left() + bar.width() * (float(scaled) + 1.0) / 2.0
            if x - free < SPACING:
                continue
            free = x
            painter.drawLine(int(x), 14, int(x), 17)
            painter.drawText(QRectF(x - 20, 17, 40, 13), Qt.AlignmentFlag.AlignHCenter, f"{value:g}")
        painter.drawText(QRectF(0, 30, self.width(), 14), Qt.AlignmentFlag.AlignHCenter, self._text)
        painter.end()
