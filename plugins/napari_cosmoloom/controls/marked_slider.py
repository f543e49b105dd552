"""A slider that jumps to where it is clicked and shows marks at special values."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import QSlider, QStyle, QStyleOptionSlider

from cosmoloom_explorer import colours


class MarkedSlider(QSlider):
    """Horizontal slider over fractions 0 to 1 in fine steps."""

    STEPS = 1200

    def __init__(self, marks: tuple[float, ...] = ()) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, self.STEPS)
        self.setSingleStep(self.STEPS // 120)
        self.setPageStep(self.STEPS // 12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._marks = marks
        if marks:
            self.setMinimumHeight(26)

    @property
    def fraction(self) -> float:
        """Where the handle stands, from 0 at the left to 1 at the right."""
        return float(self.value()) / self.STEPS

    def set_fraction(self, fraction: float) -> None:
        """Move the handle without telling anyone."""
        blocked = self.blockSignals(True)
        self.setValue(round(fraction * self.STEPS))
        self.blockSignals(blocked)

    def set_marks(self, marks: tuple[float, ...]) -> None:
        """Mark these fractions below the groove."""
        self._marks = marks
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        """Bring the handle under the mouse first, so that a click jumps and a drag starts anywhere."""
        if event.button() == Qt.MouseButton.LeftButton:
            start, length = self._track()
            self.setValue(round((event.position().x() - start) / max(1.0, length) * self.STEPS))
        super().mousePressEvent(event)

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the scroll area unless the slider was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: Any) -> None:
        """Draw the marks below the groove, then the slider."""
        if self._marks:
            start, length = self._track()
            painter = QPainter(self)
            painter.setPen(QPen(QColor(colours.MUTED), 1.5))
            bottom = self.height() - 1
            for mark in self._marks:
                x = round(start + mark * length)
                painter.drawLine(QPoint(x, bottom - 5), QPoint(x, bottom))
            painter.end()
        super().paintEvent(event)

    def _track(self) -> tuple[float, float]:
        """Return where the handle's centre stands at 0, and how far it travels [pixels]."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style = self.style()
        part = QStyle.ComplexControl.CC_Slider
        handle = style.subControlRect(part, option, QStyle.SubControl.SC_SliderHandle, self).width()
        return handle / 2, float(self.width() - handle)
