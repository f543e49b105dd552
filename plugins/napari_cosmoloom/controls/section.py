"""A titled group of controls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import ExplorerState, colours

Report = Callable[[str], None]
"""Shows one line of an error."""


class Section(QWidget):
    """Controls that belong together, bound to the explorer's state.

    Parameters
    ----------
    title : str
        Heading.
    state : ExplorerState
        What the controls set and follow.
    report : callable
        Told, in one line, why a value was refused.
    """

    def __init__(self, title: str, state: ExplorerState, report: Report) -> None:
        super().__init__()
        self.state = state
        self._report = report
        self._title = title
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        self.heading = QPushButton()
        self.heading.setCheckable(True)
        self.heading.setFlat(True)
        self.heading.setStyleSheet(
            f"QPushButton {{ color: {colours.MUTED}; font-weight: 600; font-size: 11px; text-align: left;"
            " padding: 1px 0px; border: none; background: transparent; }"
            f" QPushButton:hover, QPushButton:focus {{ color: {colours.TEXT}; }}"
        )
        self.heading.setToolTip("Fold this group away, or unfold it.")
        self.heading.toggled.connect(self._on_toggled)
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(4)
        outer.addWidget(self.heading)
        outer.addWidget(self.body)
        self.heading.setChecked(True)

    def put(self, name: str, value: Any) -> None:
        """Set a field of the state; a refusal is reported, and the controls keep showing what holds."""
        self.attempt(lambda: setattr(self.state, name, value))

    def fold(self) -> None:
        """Show the heading alone."""
        self.heading.setChecked(False)

    def _on_toggled(self, unfolded: bool) -> None:
        self.body.setVisible(unfolded)
        self.heading.setText(("\u25be  " if unfolded else "\u25b8  ") + self._title)

    def attempt(self, change: Callable[[], None]) -> None:
        """Change the state; a refusal is reported in one line."""
        try:
            change()
        except InvalidInputError as error:
            self._report(str(error))


def note(text: str = "", *, colour: str | None = None) -> QLabel:
    """Return small print, muted unless a colour is given."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setStyleSheet(f"color: {colour or colours.MUTED}; font-size: 11px;")
    return label


def button(text: str, tool_tip: str) -> QPushButton:
    """Return a button that explains itself and never takes the Enter key of a box."""
    made = QPushButton(text)
    made.setToolTip(tool_tip)
    made.setAutoDefault(False)
    return made
