"""Samples as dots on a plane, coloured by a statistic; a click or Enter chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QPointF, QRectF, Qt, Signal
from qtpy.QtGui import QColor, QFont, QPainter, QPen
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from cosmoloom_explorer import colours

if TYPE_CHECKING:
    from cosmoloom.pipeline.latent_atlas import Atlas

HEIGHT, BAR, EDGE = 250, 34, 8
"""Of the whole, of the scale of colours below, and around the dots [pixels]."""
DOT = 4.0


class AtlasMap(QWidget):
    """A map of samples.

    ``chosen(int)`` is emitted with the seed of a sample that was clicked, or chosen by arrow keys and Enter.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("map of samples")
        self.setToolTip("Samples near each other have alike statistics. Click one, or take arrow keys and Enter.")
        self.atlas: Atlas | None = None
        self._name, self._column, self._here = "", 0, -1
        self._at = 0

    def show_atlas(self, atlas: Atlas | None) -> None:
        """Take a map; None takes it away."""
        self.atlas = atlas
        self._at = min(self._at, 0 if atlas is None else len(atlas.seeds) - 1)
        self.update()

    def colour_by(self, column: int, name: str) -> None:
        """Colour by one of the statistics."""
        self._column, self._name = column, name
        self.update()

    def show_seed(self, seed: int) -> None:
        """Mark where the explorer stands; a seed that is not on the map has no mark."""
        if seed != self._here:
            self._here = seed
            self.update()

    def place(self, index: int) -> QPointF:
        """Return where a sample is drawn [pixels]."""
        return self._places()[index]

    def mousePressEvent(self, event: Any) -> None:
        """Choose the nearest sample."""
        index = self._nearest(event.position())
        if index is not None and self.atlas is not None:
            self._at = index
            self.chosen.emit(self.atlas.seeds[index])
        self.update()

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell which sample lies under the mouse."""
        index = self._nearest(event.position())
        if index is not None and self.atlas is not None:
            value = self.atlas.colourings[index, self._column]
            text = f"seed {self.atlas.seeds[index]}: {value:.4g}  {self._name}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def keyPressEvent(self, event: Any) -> None:
        """Step to a neighbour by arrows, choose it by Enter."""
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        if self.atlas is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.atlas.seeds[self._at])
        elif event.key() in steps:
            self._at = self._neighbour(*steps[event.key()])
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: Any) -> None:
        """Paint ground, dots, marks and the scale of colours."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._frame()
        painter.fillRect(frame.adjusted(-EDGE, -EDGE, EDGE, EDGE), QColor(colours.PANEL))
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        if self.atlas is None:
            painter.setPen(QColor(colours.MUTED))
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, "draw samples to see the map")
            painter.end()
            return
        values = self.atlas.colourings[:, self._column]
        low, high = float(values.min()), float(values.max())
        shares = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
        table = colours.table("error")
        for index, (point, share) in enumerate(zip(self._places(), shares, strict=True)):
            here = self.atlas.seeds[index] == self._here
            chosen = self.hasFocus() and index == self._at
            painter.setPen(QPen(QColor(colours.TEXT if here or chosen else colours.BACKGROUND), 2.0 if here else 1.0))
            painter.setBrush(QColor.fromRgb(int(table[round(255 * float(share))])))
            size = DOT + (2.5 if here else 1.5 if chosen else 0.0)
            painter.drawEllipse(point, size, size)
        self._paint_scale(painter, low, high)
        painter.end()

    def _paint_scale(self, painter: QPainter, low: float, high: float) -> None:
        width, top = self.width(), self.height() - BAR + 6
        for x in range(EDGE, width - EDGE):
            painter.fillRect(x, top, 1, 8, QColor.fromRgb(int(colours.table("error")[255 * x // width])))
        painter.setPen(QColor(colours.MUTED))
        line = QRectF(EDGE, top + 9, width - 2 * EDGE, 16)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"{low:.4g}")
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, f"{high:.4g}")
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, self._name)

    def _frame(self) -> QRectF:
        return QRectF(EDGE, EDGE, self.width() - 2 * EDGE, self.height() - BAR - 2 * EDGE)

    def _places(self) -> list[QPointF]:
        if self.atlas is None:
            return []
        frame, positions = self._frame(), self.atlas.positions
        low, span = positions.min(0), np.maximum(np.ptp(positions, axis=0), 1e-9)
        return [
            QPointF(frame.left() + x * frame.width(), frame.bottom() - y * frame.height())
            for x, y in (positions - low) / span
        ]

    def _nearest(self, point: QPointF) -> int | None:
        places = self._places()
        if not places:
            return None
        away = [(place.x() - point.x()) ** 2 + (place.y() - point.y()) ** 2 for place in places]
        return int(np.argmin(away))

    def _neighbour(self, right: int, down: int) -> int:
        """Return the nearest sample on one side of the one that is chosen."""
        places = self._places()
        here = places[self._at]
        best, found = np.inf, self._at
        for index, place in enumerate(places):
            x, y = place.x() - here.x(), place.y() - here.y()
            along, across = (right * x + down * y), abs(down * x - right * y)
            if along > 0.5 and along + 2 * across < best:
                best, found = along + 2 * across, index
        return found
