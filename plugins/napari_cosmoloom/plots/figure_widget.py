"""The statistics' figure as a Qt widget that never draws long at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from qtpy.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from qtpy.QtGui import QColor, QImage, QPainter
from qtpy.QtWidgets import QWidget

from cosmoloom_explorer import colours
from cosmoloom_explorer.statistics_figure import DPI, StatisticsFigure

SETTLED = 80
"""A size has settled when it did not change for this time [ms]."""
DRAGGED = 4.0
"""A press that moved this far is a drag [pixels]."""
KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip
"""Those that choose something in a plot."""


class FigureWidget(QWidget):
    """Shows a figure's last whole picture; a new one is drawn a plot per turn of the loop.

    A full figure takes 130 ms of a processor, its curves alone 2.  ``dragged(str, float, float, bool)`` tells of a
    range of a plot's x axis, and whether the button was let go; ``clicked(str, float)`` of a position; ``keyed(int)``
    of an arrow or page key.
    """

    dragged = Signal(str, float, float, bool)
    clicked = Signal(str, float)
    keyed = Signal(int)

    def __init__(self, figure: StatisticsFigure) -> None:
        super().__init__()
        self.figure = figure
        self._canvas = FigureCanvasAgg(figure.figure)
        figure.attach(self._canvas, self._present)
        self._pixels: NDArray[np.uint8] | None = None
        self._steps: Iterator[None] | None = None
        self._pressed: tuple[QPointF, str, float] | None = None
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._on_turn)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED)
        self._settle.timeout.connect(self._on_settled)
        self.setMinimumSize(400, 130)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("plots")

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is drawn."""
        return self._steps is None and not self._settle.isActive()

    def redraw(self) -> None:
        """Draw axes and curves anew, in turns."""
        self.draw(self.figure.steps())

    def draw(self, steps: Iterator[None]) -> None:
        """Work off the steps of a drawing in turns of the loop; a drawing under way is given up."""
        self._steps = steps
        self._turn.start(0)

    def finish(self) -> None:
        """Draw all that is left to draw at once, for a picture to keep."""
        if self._settle.isActive():
            self._settle.stop()
            self._on_settled()
        while self._steps is not None:
            self._on_turn()

    def resizeEvent(self, event: Any) -> None:
        """Take the new size once it has settled."""
        super().resizeEvent(event)
        self._settle.start()

    def paintEvent(self, _event: Any) -> None:
        """Show the last whole picture."""
        painter = QPainter(self)
        if self._pixels is None:
            painter.fillRect(self.rect(), QColor(colours.BACKGROUND))
        else:
            height, width = self._pixels.shape[:2]
            image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
            painter.drawImage(QRectF(self.rect()), image)
        if self.hasFocus():
            painter.setPen(QColor(colours.WARNING))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def keyPressEvent(self, event: Any) -> None:
        """Tell of keys that choose something in a plot."""
        if event.key() in KEYS:
            self.keyed.emit(event.key())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: Any) -> None:
        """Begin a drag, or a click."""
        found = self._under(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (event.position(), *found)

    def mouseMoveEvent(self, event: Any) -> None:
        """Go on dragging."""
        self._drag(event.position(), done=False)

    def mouseReleaseEvent(self, event: Any) -> None:
        """End a drag, or a click."""
        if self._pressed is not None and not self._drag(event.position(), done=True):
            self.clicked.emit(*self._pressed[1:])
        self._pressed = None

    def _drag(self, position: QPointF, *, done: bool) -> bool:
        """Tell of a drag within one plot; return whether it is one."""
        if self._pressed is None or abs(position.x() - self._pressed[0].x()) < DRAGGED:
            return False
        start, name, first = self._pressed
        found = self._under(QPointF(position.x(), start.y()))
        if found is not None and found[0] == name:
            self.dragged.emit(name, min(first, found[1]), max(first, found[1]), done)
        return True

    def _under(self, position: QPointF) -> tuple[str, float] | None:
        ratio = self.devicePixelRatioF()
        return self.figure.under(position.x() * ratio, position.y() * ratio)

    def _on_settled(self) -> None:
        ratio = self.devicePixelRatioF()
        self.figure.figure.dpi = DPI * ratio
        self.figure.resize(self.width() * ratio, self.height() * ratio)
        self.redraw()

    def _on_turn(self) -> None:
        if self._steps is not None and next(self._steps, self) is self:
            self._steps = None
        if self._steps is None:
            self._turn.stop()

    def _present(self) -> None:
        self._pixels = np.asarray(self._canvas.buffer_rgba()).copy()
        self.update()
