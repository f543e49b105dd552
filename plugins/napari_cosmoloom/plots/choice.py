"""Which plots are shown: a line of buttons above them."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import ExplorerState, colours
from cosmoloom_explorer.plots import TITLES
from napari_cosmoloom.controls.section import Report

TOOL_TIPS = {
    "power": "Power spectrum, and its ratio to the held-out median.\nDrag over it to see only the waves of these k.",
    "mass": "How much of the volume has which density.",
    "peaks": "Density peaks by height. Click a bin to mark its peaks in the main view.",
    "dice": "Overlap of the densest voxels with those of the simulation shown.",
    "bispectrum": "Reduced bispectrum of triangles with k2 = 2 k1. Measured only while it is shown.",
    "minkowski": "Volume, surface, curvature and topology of the regions above a threshold.\n"
    "Measured only while they are shown.",
}


class PlotChoice(QWidget):
    """Two to four plots, and whether the last states leave a trail; on the right what was chosen in them.

    ``trail_shown(bool)`` and ``cleared()`` say what a person asked for.
    """

    trail_shown = Signal(bool)
    cleared = Signal()

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__()
        self._state, self._report = state, report
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 0)
        row.setSpacing(4)
        self.buttons: dict[str, QPushButton] = {}
        for name, title in TITLES.items():
            self.buttons[name] = _small(title, TOOL_TIPS[name], checkable=True)
            self.buttons[name].setAccessibleName(f"plot: {title}")
            self.buttons[name].clicked.connect(lambda checked, name=name: self._on_clicked(name, checked))
            row.addWidget(self.buttons[name])
        row.addSpacing(8)
        self.trail = _small("trail", "Leave a fading trail of the last states.", checkable=True)
        self.trail.setChecked(True)
        self.trail.toggled.connect(self.trail_shown)
        row.addWidget(self.trail)
        self.region = _small(
            "region", "Draw a box or an ellipse into the slice of the generated field:\nits statistics appear, dotted.",
            checkable=True,
        )  # fmt: skip
        row.addWidget(self.region)
        self._chosen = QLabel()
        self._chosen.setStyleSheet(f"color: {colours.WARNING}; font-size: 11px;")
        self.clear = _small("clear", "Show the whole field and all peaks again (Esc).")
        self.clear.clicked.connect(self.cleared)
        row.addSpacing(8)
        row.addWidget(self._chosen)
        row.addWidget(self.clear)
        row.addStretch(1)
        self.note = QLabel()
        self.note.setStyleSheet(f"color: {colours.MUTED}; font-size: 11px;")
        self.note.setMinimumWidth(1)  # a narrow window cuts the text off rather than growing by it
        row.addWidget(self.note)
        state.events.plots.connect(self._show_plots)
        self._show_plots()
        self.show_chosen("")

    def show_chosen(self, text: str) -> None:
        """Say what is chosen in the plots; an empty text says nothing."""
        self._chosen.setText(text)
        self._chosen.setVisible(bool(text))
        self.clear.setVisible(bool(text))

    def _on_clicked(self, name: str, checked: bool) -> None:
        plots = [plot for plot in self._state.plots if plot != name]
        try:
            self._state.plots = (*plots, name) if checked else tuple(plots)
        except InvalidInputError as error:
            self._report(str(error))
        self._show_plots()

    def _show_plots(self, *_args: Any) -> None:
        for name, button in self.buttons.items():
            button.setChecked(name in self._state.plots)


def _small(text: str, tool_tip: str, *, checkable: bool = False) -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(tool_tip)
    made.setCheckable(checkable)
    made.setAutoDefault(False)
    made.setStyleSheet("QPushButton { padding: 1px 8px; font-size: 11px; }")
    return made
