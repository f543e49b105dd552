"""Shows what the session delivers, on the GUI's thread, in every part of the window."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QObject, Signal

from cosmoloom_explorer import Frame, ModelFacts, Session, StatisticsFrame, readouts
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.draw_quality import DrawQuality
from napari_cosmoloom.layers import FieldLayers, titles
from napari_cosmoloom.slice_panel import SlicePanel
from napari_cosmoloom.statistics_panel import StatisticsPanel


class Presenter(QObject):
    """Connects a session to controls, layers, slices and plots.

    ``frame_shown(Frame)`` and ``statistics_shown(StatisticsFrame)`` are emitted once they are on their way to
    the screen.
    """

    frame_shown = Signal(object)
    statistics_shown = Signal(object)

    def __init__(
        self,
        viewer: Any,
        *,
        controls: ControlPanel,
        layers: FieldLayers,
        slices: SlicePanel,
        plots: StatisticsPanel,
        quality: DrawQuality,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._controls, self._layers, self._slices, self._plots = controls, layers, slices, plots
        self._quality = quality
        self._timings: dict[str, float] = {}
        self._text = ""
        quality.drawn.connect(self._on_drawn)

    def connect_session(self, session: Session) -> None:
        """Follow a session; its signals arrive on the GUI's thread."""
        session.model_ready.connect(self._on_model_ready)
        session.frame_ready.connect(self._on_frame_ready)
        session.extremes_ready.connect(self._on_extremes_ready)
        session.statistics_ready.connect(self._on_statistics_ready)
        session.failed.connect(self._on_failed)

    def _on_model_ready(self, facts: ModelFacts) -> None:
        self._controls.show_facts(facts)

    def _on_frame_ready(self, frame: Frame) -> None:
        self._layers.show(frame, titles(frame))
        self._slices.show_frame(frame)
        self._controls.show_frame(frame)
        self._timings |= frame.timings
        self._show_timings()
        self.frame_shown.emit(frame)

    def _on_extremes_ready(self, examples: tuple[Any, ...]) -> None:
        self._plots.fit(list(examples))

    def _on_statistics_ready(self, frame: StatisticsFrame) -> None:
        self._plots.show_statistics(frame)
        if frame.seconds:
            self._timings["statistics"] = frame.seconds
        self._show_timings()
        self.statistics_shown.emit(frame)

    def _on_failed(self, text: str) -> None:
        self._controls.show_error(text)
        self._viewer.status = text

    def _on_drawn(self, seconds: float) -> None:
        # Written with the next frame: a label that changes after each draw would redraw the window by itself.
        self._timings["draw"] = seconds

    def _show_timings(self) -> None:
        text = readouts.timings_text(self._timings)
        if text != self._text:
            self._text = text
            self._controls.show_timings(text)
