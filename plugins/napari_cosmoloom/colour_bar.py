"""The colours' meaning: density over its cosmic mean, for the kappa of the display."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QColor, QFont, QImage, QPainter
from qtpy.QtWidgets import QWidget

from cosmoloom.keys import Colouring
from cosmoloom_explorer import colours
from cosmoloom_explorer.colour_ticks import colour_text, colour_ticks

MARGIN, SPACING = 14, 32


class ColourBar(QWidget):
    """Horizontal bar with densities as ticks, which move when kappa does, or with relative errors."""

    def __init__(self, kappa: float, colouring: Colouring) -> None:
        super().__init__()
        self._shown = kappa, colouring
        self._waves = ""
        self._contrast = colours.CONTRAST
        self.setFixedHeight(46)
        self._dress()

    def show_scaling(self, kappa: float, colouring: Colouring) -> None:
        """Place the ticks for another kappa [cosmic mean], or for other colours."""
        if (kappa, colouring) != self._shown:
            self._shown = kappa, colouring
            self._dress()
            self.update()

    def show_contrast(self, contrast: tuple[float, float]) -> None:
        """Let the bar go from one scaled density to another, in [-1, 1]."""
        self._contrast = contrast
        self.update()

    def show_waves(self, text: str) -> None:
        """Say which waves the colours show, and how strong they are."""
        if text != self._waves:
            self._waves = text
            self._dress()
            self.update()

    def _dress(self) -> None:
        kappa, colouring = self._shown
        self._pixels = colours.paint(np.linspace(*colours.CONTRAST, 256, dtype=np.float32)[None], colouring)
        self._ticks = colour_ticks(kappa, colouring)
        self._text = self._waves if colouring == "waves" else colour_text(kappa, colouring)
        if colouring == "density":
            self.setToolTip("Colours of every field shown: x = 2 \u03c1/(\u03c1+\u03ba) \u2212 1 from \u22121 to 1.")
        elif colouring == "waves":
            self.setToolTip("Overdensity of these waves alone, over the standard deviation of the simulated field's.")
        else:
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
        free, (low, high) = -np.inf, self._contrast
        for label, place in self._ticks:
            x = bar.left() + bar.width() * (place - low) / (high - low)
            if x - free < SPACING or not low <= place <= high:
                continue
            free = x
            painter.drawLine(int(x), 14, int(x), 17)
            painter.drawText(QRectF(x - 20, 17, 40, 13), Qt.AlignmentFlag.AlignHCenter, label)
        painter.drawText(QRectF(0, 30, self.width(), 14), Qt.AlignmentFlag.AlignHCenter, self._text)
        painter.end()
