"""Live plots with their choice: curves follow the field, and what is chosen in them is shown in the field."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QVBoxLayout, QWidget

from cosmoloom.errors import InvalidInputError
from cosmoloom.live_statistics import LiveStatistics
from cosmoloom_explorer import ExplorerState, StatisticsFrame, readouts
from cosmoloom_explorer.regions import RegionStatistics
from cosmoloom_explorer.statistics_figure import StatisticsFigure
from napari_cosmoloom.controls.section import Report
from napari_cosmoloom.focus import show_focus
from napari_cosmoloom.plots.choice import PlotChoice
from napari_cosmoloom.plots.figure_keys import moved_band, next_bin
from napari_cosmoloom.plots.figure_widget import FigureWidget

REST = 600
"""Curves have come to rest when no others came for this time [ms]."""


class StatisticsPanel(QWidget):
    """Two to four live plots; axes are drawn once, curves are blitted.

    Axes stay while things move.  Curves that come to rest outside of them make them wider.  Dragging over P(k) sets
    the state's band, a click on a bin of the peaks its range of peaks.
    """

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__()
        self._state, self._report = state, report
        self.figure = StatisticsFigure()
        self.figure.choose(state.plots)
        self.canvas = FigureWidget(self.figure)
        self.canvas.setToolTip(
            "Orange: the generated field. Blue: the simulation shown, and median and 16\N{EN DASH}84 % range of "
            "all held-out sub-volumes at this redshift.\nDrag over P(k) for its waves, click a bin of the peaks.\n"
            "By keys: arrows move and widen the waves chosen, page keys go from bin to bin of the peaks, Esc ends both."
        )
        self.choice = PlotChoice(state, report)
        self.choice.trail_shown.connect(self.figure.show_trail)
        self.choice.cleared.connect(self.clear)
        self.canvas.dragged.connect(self._on_dragged)
        self.canvas.clicked.connect(self._on_clicked)
        self.canvas.keyed.connect(self._on_keyed)
        self._examples: list[LiveStatistics] = []
        self._shown: LiveStatistics | None = None
        self._region: RegionStatistics | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._on_rest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.choice)
        layout.addWidget(self.canvas, 1)
        state.events.plots.connect(self._on_plots_changed)
        for event in (state.events.band, state.events.peak_range, state.events.peaks):
            event.connect(self._on_chosen)
        self._on_chosen()
        show_focus(self)

    def fit(self, examples: list[LiveStatistics]) -> None:
        """Choose axes that hold for all of the given statistics; trails of another model's curves end."""
        self._examples = examples
        self.figure.forget()
        self.canvas.draw(self.figure.fit_in_steps(examples))

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show new curves."""
        self.figure.show(frame.statistics)
        self._shown = frame.statistics
        self._rest.start()
        self._show_note()

    def show_region(self, region: RegionStatistics | None) -> None:
        """Add the curves of a region of the field, and its numbers; None takes them away."""
        if region is None and self._region is None:
            return
        self._region = region
        nothing = np.zeros(0)
        x, share = (nothing, nothing) if region is None else (region.mass_x, region.mass_share)
        self.figure.show_region("mass", x, share)
        x, peaks = (nothing, nothing) if region is None else (region.peak_x, region.peaks)
        self.figure.show_region("peaks", x, peaks)
        self._show_note()

    def clear(self) -> None:
        """Show the whole field and all peaks again."""
        self._state.band = None
        self._state.peak_range = None

    def _on_plots_changed(self, *_args: Any) -> None:
        self.figure.choose(self._state.plots)
        self.canvas.redraw()

    def _on_dragged(self, name: str, low: float, high: float, done: bool) -> None:
        if name != "power":
            return
        if done:
            self._attempt("band", (low, high))
        else:
            self.figure.show_brush("power", (low, high))

    def _on_clicked(self, name: str, position: float) -> None:
        if name == "power":
            self._state.band = None
        elif name == "peaks" and self._shown is not None:
            x = self._shown.peaks.x
            half = 0.5 * (x[1] - x[0])
            middle = x[int(np.abs(x - position).argmin())]
            chosen = (float(middle - half), float(middle + half))
            again = self._state.peaks and self._state.peak_range == chosen
            self._attempt("peak_range", None if again else chosen)
            self._state.peaks = not again

    def _on_keyed(self, key: int) -> None:
        if self._shown is None:
            return
        band = moved_band(key, self._state.band, self._shown.power.x)
        if band is not None:
            self._attempt("band", band)
        chosen = self._state.peak_range if self._state.peaks else None
        height = next_bin(key, None if chosen is None else 0.5 * sum(chosen), self._shown.peaks.x)
        if height is not None and (chosen is None or not chosen[0] < height < chosen[1]):
            self._on_clicked("peaks", height)

    def _on_chosen(self, *_args: Any) -> None:
        band, heights = self._state.band, self._state.peak_range if self._state.peaks else None
        self.figure.show_brush("power", band)
        self.figure.show_brush("peaks", heights)
        self.choice.show_chosen(readouts.chosen_text(band, heights))

    def _show_note(self) -> None:
        if self._region is not None:
            self.choice.note.setText(readouts.region_text(self._region))
        elif self._shown is not None:
            self.choice.note.setText(readouts.statistics_text(self._shown))

    def _on_rest(self) -> None:
        if self._shown is not None and self._examples and not self.figure.fits(self._shown):
            self._examples = [*self._examples, self._shown]
            self.canvas.draw(self.figure.fit_in_steps(self._examples))

    def _attempt(self, name: str, value: Any) -> None:
        try:
            setattr(self._state, name, value)
        except InvalidInputError as error:
            self._report(str(error))
            self._on_chosen()
