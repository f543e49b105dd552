"""Volume rendering that is as fine as the moment allows: coarse in a drag, fine at rest."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from qtpy.QtCore import QObject, QTimer, Signal

from napari_cosmoloom import napari_window
from napari_cosmoloom.layers import FieldLayers

LEVELS = (("linear", 0.8), ("linear", 1.5), ("nearest", 2.0), ("nearest", 3.0), ("nearest", 5.0), ("nearest", 8.0))
"""Interpolation and step along a ray [voxels], from the finest on."""
COARSE_IN_SOFTWARE, FINE_IN_SOFTWARE = 4, 2
BUDGET = 0.033
"""A draw in a drag may take this long [s], so that the window answers within 50 ms."""
REST = 350
"""A drag has come to rest when nothing changed for this time [ms]."""


class DrawQuality(QObject):
    """Choose the quality of volume draws and measure how long they take.

    ``drawn(float)`` is emitted with the seconds of each draw, from its beginning to the picture on screen;
    ``rested()`` when a drag has come to rest.
    """

    drawn = Signal(float)
    rested = Signal()

    def __init__(self, viewer: Any, layers: FieldLayers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._layers = viewer, layers
        self._begun: float | None = None
        self._held = False
        self._software = False
        self._coarse, self._fine = 1, 0
        self._level = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self._on_rest)
        napari_window.on_draw_begun(viewer, self._on_draw_begun)
        canvas = napari_window.canvas_widget(viewer)
        self._swapped = getattr(canvas, "frameSwapped", None)
        if self._swapped is not None:
            self._swapped.connect(self._on_swapped)

    @property
    def level(self) -> int:
        """Index into :data:`LEVELS` of the quality in use."""
        return self._level

    @property
    def resting(self) -> bool:
        """Whether the volume is drawn at full quality."""
        return not self._timer.isActive() and self._level == self._fine

    def detect(self) -> bool:
        """Find out, once the window is shown, whether OpenGL runs on the processor; return it."""
        self._software = napari_window.draws_in_software()
        if self._software:
            self._coarse, self._fine = COARSE_IN_SOFTWARE, FINE_IN_SOFTWARE
        self._set(self._fine)
        return self._software

    def hold(self, held: bool) -> None:
        """Stay coarse while a slider's handle is held."""
        self._held = held
        self.touch()

    def touch(self) -> None:
        """Draw coarsely from now on, until nothing has changed for a while."""
        self._set(self._coarse)
        self._timer.start()

    def finest(self) -> None:
        """Draw at the finest level at once, for a picture to keep."""
        self._timer.stop()
        self._set(0)

    def close(self) -> None:
        """Stop watching the canvas."""
        self._timer.stop()
        napari_window.off_draw_begun(self._viewer, self._on_draw_begun)
        if self._swapped is not None:
            self._swapped.disconnect(self._on_swapped)
            self._swapped = None

    def apply(self) -> None:
        """Set the quality on the volumes; needed after a change from slice to volume, which makes them anew."""
        if self._viewer.dims.ndisplay != 3:
            return
        interpolation, step = LEVELS[self._level]
        for layer in self._layers.volumes:
            if layer in self._viewer.layers:
                if layer.interpolation3d != interpolation:  # napari builds a new shader even for the same
                    layer.interpolation3d = interpolation
                napari_window.set_step(self._viewer, layer, step)

    def _set(self, level: int) -> None:
        if level != self._level:
            self._level = level
            self.apply()

    def _on_rest(self) -> None:
        if self._held:
            self._timer.start()
        else:
            self._set(self._fine)
            self.rested.emit()

    def _on_draw_begun(self, _event: object) -> None:
        self._begun = perf_counter()

    def _on_swapped(self) -> None:
        if self._begun is None:
            return
        seconds, self._begun = perf_counter() - self._begun, None
        if self._level == self._coarse and self._viewer.dims.ndisplay == 3:
            if seconds > BUDGET and self._coarse < len(LEVELS) - 1:
                self._coarse += 1
            elif seconds < 0.4 * BUDGET and self._coarse > self._fine:
                self._coarse -= 1
        self.drawn.emit(seconds)
