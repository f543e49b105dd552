"""Latency, frame rate and quality of drawing, always in sight at the lower edge of the window."""

from __future__ import annotations

from collections import deque
from time import perf_counter
from typing import Any

from qtpy.QtWidgets import QLabel

from cosmoloom_explorer import Frame, readouts
from napari_cosmoloom import napari_window
from napari_cosmoloom.draw_quality import LEVELS, DrawQuality

WINDOW = 1.0
"""Draws of the last second count for the frame rate [s]."""
EVERY = 0.2
"""The text changes at most as often: one that flickers cannot be read [s]."""


class Hud:
    """A line in the status bar of a viewer.

    Latency is the time from a change of the settings until the picture that it asked for is drawn; the frame rate
    counts what the canvas drew during the last second, turns of the camera among them.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose status bar is used.
    quality : DrawQuality
        Tells of draws.
    """

    def __init__(self, viewer: Any, quality: DrawQuality) -> None:
        self._quality = quality
        self._asked: dict[int, float] = {}
        self._shown = 0
        self._draws: deque[float] = deque()
        self._latency: float | None = None
        self._written = 0.0
        self._bar = napari_window.main_window(viewer).statusBar()
        self.label = QLabel()
        self.label.setToolTip(
            "Latency: from a change of the settings to its picture on the screen.\n"
            "Frame rate: what was drawn during the last second.\n"
            "Volumes are drawn more coarsely by themselves while things move, the slower the machine the more so."
        )
        self._bar.addPermanentWidget(self.label)
        quality.drawn.connect(self._on_drawn)

    @property
    def latency(self) -> float | None:
        """Time from the last change that was shown to its picture [s]; None before the first."""
        return self._latency

    def ask(self, serial: int) -> None:
        """Note that a picture of this number is asked for now; asking again for the same changes nothing."""
        if serial > self._shown:
            self._asked.setdefault(serial, perf_counter())

    def show_frame(self, frame: Frame) -> None:
        """Note that a picture is on the screen."""
        self._shown = frame.serial
        asked = self._asked.get(frame.serial)
        if asked is not None:
            self._latency = perf_counter() - asked
        self._asked = {serial: when for serial, when in self._asked.items() if serial > frame.serial}
        self._write()

    def close(self) -> None:
        """Take the line out of the status bar."""
        self._quality.drawn.disconnect(self._on_drawn)
        self._bar.removeWidget(self.label)
        self.label.deleteLater()

    def _on_drawn(self, _seconds: float) -> None:
        now = perf_counter()
        self._draws.append(now)
        while self._draws[0] < now - WINDOW:
            self._draws.popleft()
        self._write()

    def _write(self) -> None:
        now = perf_counter()
        if now - self._written < EVERY:
            return
        self._written = now
        level = self._quality.level
        self.label.setText(readouts.pace_text(self._latency, len(self._draws) / WINDOW, level + 1, len(LEVELS)))
