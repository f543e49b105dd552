"""The statistics' figure as a Qt widget."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from cosmoloom.live_statistics import LiveStatistics
from cosmoloom_explorer import StatisticsFrame, colours, readouts
from cosmoloom_explorer.statistics_figure import StatisticsFigure

REST = 600
"""Curves have come to rest when no others came for this time [ms]."""


class StatisticsPanel(QWidget):
    """Live plots; axes are drawn once, curves are blitted.

    Axes stay while things move.  Curves that come to rest outside of them make them wider.
    """

    def __init__(self) -> None:
        super().__init__()
        self.figure = StatisticsFigure()
        self.canvas = FigureCanvasQTAgg(self.figure.figure)
        # Blitting at once would flush the whole window; an update joins the next flush.
        self.figure.attach(self.canvas, self.canvas.update)
        self.canvas.setMinimumSize(400, 150)
        self.canvas.setToolTip(
            "Orange: the generated field. Blue: the simulation shown, and median and 16\N{EN DASH}84 % range of "
            "all held-out sub-volumes at this redshift."
        )
        self.note = QLabel(self.canvas)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.note.setStyleSheet(f"color: {colours.MUTED}; background: transparent; font-size: 11px;")
        self._examples: list[LiveStatistics] = []
        self._shown: LiveStatistics | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._on_rest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)

    def fit(self, examples: list[LiveStatistics]) -> None:
        """Choose axes that hold for all of the given statistics."""
        self._examples = examples
        self.figure.fit(examples)

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show new curves."""
        self.figure.show(frame.statistics)
        self._shown = frame.statistics
        self._rest.start()
        self.note.setText(readouts.statistics_text(frame.statistics))
        self._place_note()

    def resizeEvent(self, event: Any) -> None:
        """Keep the note in its corner."""
        super().resizeEvent(event)
        self._place_note()

    def _on_rest(self) -> None:
        if self._shown is not None and self._examples and not self.figure.fits(self._shown):
            self.fit([*self._examples, self._shown])

    def _place_note(self) -> None:
        size = self.note.sizeHint()
        self.note.setGeometry(max(0, self.canvas.width() - size.width() - 14), 3, size.width(), size.height())
