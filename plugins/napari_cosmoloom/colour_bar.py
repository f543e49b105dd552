"""The colours' meaning: density over its cosmic mean, for the kappa of the display."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFont, QImage, QPainter
from qtpy.QtWidgets import QWidget

from cosmoloom.scaling.rational import scale
from cosmoloom_explorer import colours

TICKS = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
MARGIN, SPACING = 14, 32


class ColourBar(QWidget):
    """Horizontal bar with densities as ticks; they move when kappa does."""

    def __init__(self, kappa: float) -> None:
        super().__init__()
        self._kappa = kappa
        ramp = np.linspace(*colours.CONTRAST, 256, dtype=np.float32)[None]
        self._pixels = colours.paint(ramp)
        self.setFixedHeight(46)
        self.setToolTip("Colours of every field shown: x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1 from \u22121 to 1.")

    def show_kappa(self, kappa: float) -> None:
        """Place the ticks for another kappa [cosmic mean]."""
        if kappa != self._kappa:
            self._kappa = kappa
            self.update()

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
        ticks = np.array(TICKS, dtype=np.float32)
        for density, scaled in zip(ticks, scale(ticks, self._kappa), strict=True):
            x = bar.left() + bar.width() * (float(scaled) + 1.0) / 2.0
            if x - free < SPACING:
                continue
            free = x
            painter.drawLine(int(x), 14, int(x), 17)
            painter.drawText(QRectF(x - 20, 17, 40, 13), Qt.AlignmentFlag.AlignHCenter, f"{density:g}")
        painter.drawText(
            QRectF(0, 30, self.width(), 14), Qt.AlignmentFlag.AlignHCenter,
            f"density \u03c1 / cosmic mean, scaled with \u03ba = {self._kappa:.3g}",
        )  # fmt: skip
        painter.end()
