"""The statistics' figure as a Qt widget."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from cosmoloom.live_statistics import LiveStatistics
from cosmoloom_explorer import StatisticsFrame, colours, readouts
from cosmoloom_explorer.statistics_figure import StatisticsFigure


class StatisticsPanel(QWidget):
    """Live plots; axes are drawn once, curves are blitted."""

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)

    def fit(self, examples: list[LiveStatistics]) -> None:
        """Choose axes that hold for all of the given statistics."""
        self.figure.fit(examples)

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show new curves."""
        self.figure.show(frame.statistics)
        self.note.setText(readouts.statistics_text(frame.statistics))
        self._place_note()

    def resizeEvent(self, event: Any) -> None:
        """Keep the note in its corner."""
        super().resizeEvent(event)
        self._place_note()

    def _place_note(self) -> None:
        size = self.note.sizeHint()
        self.note.setGeometry(max(0, self.canvas.width() - size.width() - 14), 3, size.width(), size.height())
