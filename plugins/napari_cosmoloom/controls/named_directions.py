"""Directions of the latent space that are named by what they do."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLineEdit

from cosmoloom.pipeline.direction_names import TITLES
from cosmoloom_explorer import ExplorerState, readouts
from cosmoloom_explorer.settings import TILT_RANGE
from napari_cosmoloom.controls.section import Report, Section, button, note
from napari_cosmoloom.controls.value_slider import ValueSlider

TIP = (
    "Step towards {title}, in standard deviations of the prior; the latent stays as typical as it was.\n"
    "All steps of one length change this statistic less, to first order."
)


class NamedDirectionsSection(Section):
    """One slider per direction, which is found where the explorer stands.

    ``finding()`` asks for the directions here; ``searched(str)`` tells what to look for among all directions.
    """

    held = Signal(bool)
    finding = Signal()
    searched = Signal(str)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("DIRECTIONS BY WHAT THEY DO  (steps in \u03c3)", state, report)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.search = QLineEdit()
        self.search.setPlaceholderText("search all directions")
        self.search.setToolTip("Show only directions whose names hold these letters, here and in the group below.")
        self.search.setAccessibleName("search all directions")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_searched)
        self.find = button(
            "find here\N{HORIZONTAL ELLIPSIS}", "Find these directions for the universe on screen (Ctrl+Alt+F)."
        )
        self.find.clicked.connect(self.finding)
        reset = button("zero", "Set all these steps to zero.")
        reset.clicked.connect(lambda: self.put("tilts", ()))
        row.addWidget(self.search, 1)
        row.addWidget(self.find)
        row.addWidget(reset)
        self.rows.addLayout(row)
        self.sliders = [self._make_slider(index, title) for index, title in enumerate(TITLES.values())]
        self._where = note()
        self.rows.addWidget(self._where)
        state.events.tilts.connect(self._show_steps)
        state.events.tilts_at.connect(self._show_place)
        self._show_steps(state.tilts)
        self._show_place()

    def show_busy(self, busy: bool) -> None:
        """Say that the directions are being looked for, or no longer."""
        self.find.setEnabled(not busy)
        self._show_place()
        if busy:
            self._where.setText("looking where each statistic grows \N{HORIZONTAL ELLIPSIS}")

    def _make_slider(self, index: int, title: str) -> ValueSlider:
        slider = ValueSlider(title, TILT_RANGE, step=0.5, marks=(0.0,))
        slider.set_tool_tip(TIP.format(title=title))
        slider.edited.connect(lambda step: self.attempt(lambda: self.state.set_tilt(index, step)))
        slider.held.connect(self.held)
        self.rows.addWidget(slider)
        return slider

    def _on_searched(self, text: str) -> None:
        show_matching(self.sliders, text)
        self.searched.emit(text)

    def _show_steps(self, steps: tuple[float, ...]) -> None:
        for index, slider in enumerate(self.sliders):
            slider.set_value(steps[index] if index < len(steps) else 0.0)

    def _show_place(self, *_: object) -> None:
        place = self.state.tilts_at
        for slider in self.sliders:
            slider.setEnabled(place is not None)
        self._where.setText(readouts.place_text(place))


def show_matching(sliders: list[ValueSlider], text: str) -> None:
    """Show the sliders whose names hold some letters."""
    for slider in sliders:
        slider.setVisible(text.casefold().strip() in slider.name.text().casefold())
