"""A curve as small as a line of text, with a point on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QWidget

from cosmoloom_explorer import colours

Values = NDArray[np.floating[Any]]
Range = tuple[float, float]
HEIGHT = 58
LEFT, RIGHT, BELOW, ABOVE = 40, 8, 14, 4
"""Room for the labels [pixels]."""


class SmallCurve(QWidget):
    """A polyline over labelled ticks; both axes take the coordinates that they are given, say logarithms."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.set_axes((0.0, 1.0), (0.0, 1.0), {}, {})
        self._x: Values = np.zeros(0)
        self._y: Values = np.zeros(0)
        self._points: tuple[tuple[float, float, str], ...] = ()

    def set_axes(self, x: Range, y: Range, x_ticks: dict[float, str], y_ticks: dict[float, str]) -> None:
        """Take the ends of both axes, and what to write where."""
        self._ends, self._x_ticks, self._y_ticks = (x, y), x_ticks, y_ticks
        self.update()

    def show_curve(self, x: Values, y: Values, points: tuple[tuple[float, float, str], ...] = ()) -> None:
        """Show a curve, and points of (x, y, colour) on it."""
        self._x, self._y, self._points = x, y, points
        self.update()

    def paintEvent(self, _event: Any) -> None:
        """Paint ground, ticks, curve and points."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(LEFT, ABOVE, self.width() - LEFT - RIGHT, self.height() - ABOVE - BELOW)
        painter.fillRect(frame, QColor(colours.PANEL))
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        self._paint_ticks(painter, frame)
        painter.setClipRect(frame.adjusted(-4, -4, 4, 4))
        line = [self._place(frame, x, y) for x, y in zip(self._x, self._y, strict=True)]
        painter.setPen(QPen(QColor(colours.TEXT), 1.4))
        painter.drawPolyline(QPolygonF(line))
        for x, y, colour in self._points:
            painter.setPen(QPen(QColor(colours.BACKGROUND), 1.0))
            painter.setBrush(QColor(colour))
            painter.drawEllipse(self._place(frame, x, y), 4.0, 4.0)
        painter.end()

    def _paint_ticks(self, painter: QPainter, frame: QRectF) -> None:
        line, text = QPen(QColor(colours.LINE), 1.0), QColor(colours.MUTED)
        below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, label in self._x_ticks.items():
            x = self._place(frame, value, 0.0).x()
            painter.setPen(line)
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.setPen(text)
            left = min(max(x - 30, 0.0), self.width() - 60.0)
            painter.drawText(QRectF(left, frame.bottom() + 1, 60, BELOW), below, label)
        for value, label in self._y_ticks.items():
            y = self._place(frame, 0.0, value).y()
            painter.setPen(line)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(text)
            painter.drawText(QRectF(0, y - 7, LEFT - 4, 14), beside, label)

    def _place(self, frame: QRectF, x: float, y: float) -> QPointF:
        (left, right), (low, high) = self._ends
        across = (x - left) / (right - left)
        up = min(max((y - low) / (high - low), -0.5), 1.5)
        return QPointF(frame.left() + across * frame.width(), frame.bottom() - up * frame.height())
