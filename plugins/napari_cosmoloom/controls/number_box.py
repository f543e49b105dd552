"""Boxes for numbers that leave undo to the explorer and report whole values only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

if TYPE_CHECKING:

    class Box(QAbstractSpinBox):
        """What the mixin is mixed into."""
else:  # PySide does not survive two bases of Qt's
    Box = object


class QuietBox(Box):
    """A box that takes the wheel only once it was chosen, and undo never: its own would only undo typing."""

    def dress(self) -> None:
        """Announce what is typed once it is complete, and stand at the right."""
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: Any) -> bool:
        """Pass undo and redo on to the explorer."""
        if event.type() == QEvent.Type.ShortcutOverride and (
            event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        ):
            event.ignore()
            return False
        return bool(super().event(event))

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the scroll area unless the box was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberBox(QuietBox, QDoubleSpinBox):
    """A real number within bounds, announced once it is typed to the end."""

    def __init__(self, bounds: tuple[float, float], *, decimals: int, step: float, suffix: str = "") -> None:
        super().__init__()
        self.setDecimals(decimals)
        self.setRange(*bounds)
        self.setSingleStep(step)
        self.setSuffix(suffix)
        self.dress()


class WholeBox(QuietBox, QSpinBox):
    """A whole number within bounds, announced once it is typed to the end."""

    def __init__(self, bounds: tuple[int, int]) -> None:
        super().__init__()
        self.setRange(*bounds)
        self.dress()
