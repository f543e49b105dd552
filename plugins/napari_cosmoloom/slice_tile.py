"""One slice as a picture with axes, painted by Qt alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt, Signal
from qtpy.QtGui import QColor, QFont, QImage, QPainter, QPen
from qtpy.QtWidgets import QSizePolicy, QWidget

from cosmoloom.keys import Colouring
from cosmoloom_explorer import colours
from cosmoloom_explorer.slices import AXES, Plane

LEFT, BOTTOM, EDGE = 30, 17, 3
"""Room for the labels of the axes [pixels]."""


class SliceTile(QWidget):
    """A square picture of one plane, with ticks in [Mpc/h] and lines where the other slices cut.

    ``pointed(float, float)`` is emitted with the position under the mouse, as fractions across and up.
    """

    pointed = Signal(float, float)

    def __init__(self, plane: Plane, *, box_size: float, colour: str, with_scale: bool) -> None:
        super().__init__()
        self._plane, self._box_size, self._colour = plane, box_size, QColor(colour)
        self._left = LEFT if with_scale else EDGE
        self._pixels: NDArray[np.uint32] | None = None
        self._lines = (0.5, 0.5)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(self._left + 90, 90 + BOTTOM)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(f"{plane.title} plane. Click or drag to move the other two slices.")

    @property
    def pixels(self) -> NDArray[np.uint32] | None:
        """The picture shown, 0xAARRGGBB, rows from the top."""
        return self._pixels

    def show_box_size(self, box_size: float) -> None:
        """Label the axes for a box of this side [Mpc/h]."""
        if box_size != self._box_size:
            self._box_size = box_size
            self.update()

    def show_image(
        self,
        image: NDArray[np.float32] | None,
        colouring: Colouring = "density",
        contrast: tuple[float, float] = colours.CONTRAST,
    ) -> None:
        """Show a scaled field, rows from the top; None shows nothing."""
        self._pixels = None if image is None else colours.paint(image, colouring, contrast)
        self.update()

    def show_scale(self, with_scale: bool) -> None:
        """Label the upward axis, or leave that to the tile to the left."""
        left = LEFT if with_scale else EDGE
        if left != self._left:
            self._left = left
            self.setMinimumSize(left + 90, 90 + BOTTOM)
            self.update()

    def show_lines(self, across: float, up: float) -> None:
        """Draw lines at these fractions of the box."""
        if (across, up) != self._lines:
            self._lines = (across, up)
            self.update()

    def mousePressEvent(self, event: Any) -> None:
        """Point."""
        self._point(event)

    def mouseMoveEvent(self, event: Any) -> None:
        """Drag the point."""
        self._point(event)

    def paintEvent(self, _event: Any) -> None:
        """Paint picture, frame, lines and axes."""
        painter = QPainter(self)
        frame = self._frame()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._pixels is None:
            painter.fillRect(frame, QColor(colours.PANEL))
        else:
            height, width = self._pixels.shape
            picture = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            painter.drawImage(frame, picture)
        painter.setPen(QPen(QColor(255, 255, 255, 90), 1.0, Qt.PenStyle.DotLine))
        x = frame.left() + self._lines[0] * frame.width()
        y = frame.bottom() - self._lines[1] * frame.height()
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(QPen(self._colour, 1.5))
        painter.drawRect(frame)
        self._paint_axes(painter, frame)
        painter.end()

    def _paint_axes(self, painter: QPainter, frame: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(colours.MUTED))
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        below = frame.bottom() + 2
        for fraction in (0.0, 0.5, 1.0):
            text = f"{fraction * self._box_size:g}" if fraction != 0.5 else AXES[self._plane.across]
            x = frame.left() + fraction * frame.width()
            shift = {0.0: 10.0, 0.5: 0.0, 1.0: -10.0}[fraction]
            painter.drawText(QRectF(x - 20 + shift, below, 40, 14), centre, text)
            if self._left == LEFT:
                text = f"{fraction * self._box_size:g}" if fraction != 0.5 else AXES[self._plane.up]
                y = frame.bottom() - fraction * frame.height()
                shift = {0.0: -6.0, 0.5: 0.0, 1.0: 6.0}[fraction]
                painter.drawText(QRectF(0, y - 7 + shift, LEFT - 5, 14), right, text)

    def _frame(self) -> QRectF:
        side = min(self.width() - self._left - EDGE, self.height() - BOTTOM - EDGE)
        return QRectF(self._left + 0.5, EDGE + 0.5, side - 1, side - 1)

    def _point(self, event: Any) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            frame, position = self._frame(), event.position()
            across = (position.x() - frame.left()) / frame.width()
            up = (frame.bottom() - position.y()) / frame.height()
            self.pointed.emit(min(max(across, 0.0), 1.0), min(max(up, 0.0), 1.0))
