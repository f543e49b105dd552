"""Shows what the session delivers, on the GUI's thread, in every part of the window."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QObject, QTimer, Signal

from cosmoloom_explorer import Frame, ModelFacts, Session, StatisticsFrame, readouts
from napari_cosmoloom.controls.panel import ControlPanel
from napari_cosmoloom.draw_quality import DrawQuality
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.slice_panel import SlicePanel
from napari_cosmoloom.statistics_panel import StatisticsPanel
from napari_cosmoloom.views.arrangement import Arrangement

TURN = 1
"""What begins after this time begins in another turn of the loop; Qt takes 0 for the same one [ms]."""
UNDRAWN = 150
"""Longest wait for the canvas, which does not draw while it is hidden [ms]."""


class Presenter(QObject):
    """Connects a session to controls, layers, slices and plots.

    A frame is shown in two turns of the loop, first on the canvas and, once that is drawn, everywhere else, so
    that no turn is long.
    ``frame_shown(Frame)`` and ``statistics_shown(StatisticsFrame)`` are emitted once they are on their way to
    the screen; ``frame`` and ``statistics`` are the last of each, ``facts`` what is known of the model.
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
        arrangement: Arrangement,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._controls, self._layers, self._slices, self._plots = controls, layers, slices, plots
        self._arrangement = arrangement
        self._session: Session | None = None
        self._undrawn: Frame | None = None
        self.facts: ModelFacts | None = None
        self.frame: Frame | None = None
        self.statistics: StatisticsFrame | None = None
        self._hidden = QTimer(self)
        self._hidden.setSingleShot(True)
        self._hidden.setInterval(UNDRAWN)
        self._hidden.timeout.connect(self._show_everywhere)
        self._timings: dict[str, float] = {}
        self._text = ""
        quality.drawn.connect(self._on_drawn)

    def connect_session(self, session: Session) -> None:
        """Follow a session; its signals arrive on the GUI's thread."""
        self._session = session
        session.model_ready.connect(self._on_model_ready)
        session.frame_ready.connect(self._on_frame_ready)
        session.extremes_ready.connect(self._on_extremes_ready)
        session.statistics_ready.connect(self._on_statistics_ready)
        session.failed.connect(self._on_failed)

    def close(self) -> None:
        """Let go of the session and of what was shown last."""
        self._hidden.stop()
        self._session = self._undrawn = self.frame = self.statistics = None

    def _on_model_ready(self, facts: ModelFacts) -> None:
        self.facts = facts
        self._controls.show_facts(facts)

    def _on_frame_ready(self, frame: Frame) -> None:
        if len(frame.generated) != self._controls.model.state.limits.n and self._session is not None:
            self._session.acknowledge()  # of a model that was left meanwhile
            return
        self._undrawn = frame
        self._hidden.start()
        self._timings |= frame.timings
        self._layers.show(frame)
        self._arrangement.show(frame)

    def _on_drawn(self, seconds: float) -> None:
        self._timings["draw"] = seconds
        if self._undrawn is not None and self._hidden.isActive():
            self._hidden.stop()
            QTimer.singleShot(TURN, self._show_everywhere)

    def _show_everywhere(self) -> None:
        frame, self._undrawn = self._undrawn, None
        if frame is None:
            return
        self._slices.show_frame(frame)
        self._controls.show_frame(frame)
        self._show_timings()
        self.frame = frame
        self.frame_shown.emit(frame)
        if self._session is not None:
            QTimer.singleShot(TURN, self._session.acknowledge)  # after the turn that paints all this

    def _on_extremes_ready(self, examples: tuple[Any, ...]) -> None:
        self._plots.fit(list(examples))

    def _on_statistics_ready(self, frame: StatisticsFrame) -> None:
        self._plots.show_statistics(frame)
        self._controls.show_statistics(frame)
        if frame.seconds:
            self._timings["statistics"] = frame.seconds
        self._show_timings()
        self.statistics = frame
        self.statistics_shown.emit(frame)

    def _on_failed(self, text: str) -> None:
        self._controls.show_error(text)
        self._viewer.status = text

    def _show_timings(self) -> None:
        text = readouts.timings_text(self._timings)
        if text != self._text:
            self._text = text
            self._controls.show_timings(text)
