"""Boxes for numbers that leave undo to the explorer and report whole values only."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QDoubleSpinBox, QSpinBox


def _is_undo(event: Any) -> bool:
    """Tell whether an event offers undo or redo to the box, whose own would only undo typing."""
    return event.type() == QEvent.Type.ShortcutOverride and (
        event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
    )


class NumberBox(QDoubleSpinBox):
    """A real number within bounds, announced once it is typed to the end."""

    def __init__(self, bounds: tuple[float, float], *, decimals: int, step: float, suffix: str = "") -> None:
        super().__init__()
        self.setDecimals(decimals)
        self.setRange(*bounds)
        self.setSingleStep(step)
        self.setSuffix(suffix)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: Any) -> bool:
        """Pass undo and redo on to the explorer."""
        if _is_undo(event):
            event.ignore()
            return False
        return bool(super().event(event))

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the scroll area unless the box was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class WholeBox(QSpinBox):
    """A whole number within bounds, announced once it is typed to the end."""

    def __init__(self, bounds: tuple[int, int]) -> None:
        super().__init__()
        self.setRange(*bounds)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: Any) -> bool:
        """Pass undo and redo on to the explorer."""
        if _is_undo(event):
            event.ignore()
            return False
        return bool(super().event(event))

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the scroll area unless the box was chosen."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
