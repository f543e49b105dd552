"""The explorer's keys, in a small window that does not stand in the way."""

from __future__ import annotations

from collections.abc import Iterable

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from napari_cosmoloom.actions import Action

NAMES = {"Control": "Ctrl", "Left": "\u2190", "Right": "\u2192", "Up": "\u2191", "Down": "\u2193"}


class KeyList(QDialog):
    """A table of keys and what they do; Escape closes it."""

    def __init__(self, actions: Iterable[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys of the explorer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = "".join(
            f"<tr><td>{'+'.join(NAMES.get(part, part) for part in action.key.split('-'))}&nbsp;&nbsp;&nbsp;</td>"
            f"<td>{action.text}</td></tr>"
            for action in actions
        )
        label = QLabel(f"<table cellpadding='3'>{rows}</table>")
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addWidget(QLabel("Clicking a number and turning the wheel steps it; Tab walks through the controls."))
