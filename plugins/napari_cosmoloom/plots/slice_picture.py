"""One slice as a plain square picture: nothing on it tells where it comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QRect, Qt
from qtpy.QtGui import QColor, QImage, QPainter
from qtpy.QtWidgets import QSizePolicy, QWidget

from cosmoloom_explorer import colours


class SlicePicture(QWidget):
    """Shows a scaled field as colours, or a few words while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: NDArray[np.uint32] | None = None
        self._words = ""
        self.setMinimumSize(384, 384)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("slice to judge")

    @property
    def pixels(self) -> NDArray[np.uint32] | None:
        """The picture shown, 0xAARRGGBB, rows from the top."""
        return self._pixels

    def show_slice(self, image: NDArray[np.float32] | None, words: str = "") -> None:
        """Show a slice of values in [-1, 1], rows from the top; None shows the words."""
        self._pixels = None if image is None else colours.paint(image)
        self._words = words
        self.update()

    def paintEvent(self, _event: Any) -> None:
        """Paint the picture in the middle."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        frame = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        if self._pixels is None:
            painter.fillRect(frame, QColor(colours.PANEL))
            painter.setPen(QColor(colours.MUTED))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._words)
        else:
            height, width = self._pixels.shape
            image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, image)
        painter.end()
