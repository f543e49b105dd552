"""Dragging the redshift from 3 to 0: two hundred slider events in four seconds."""

import logging
import threading
from pathlib import Path
from time import monotonic, perf_counter

import numpy as np
import pytest

from napari_cosmoloom.launch import process_events, wait_until_shown

EVENTS, SECONDS = 200, 4.0
BLOCKED = 0.050


class Heartbeat:
    """Turns of Qt's loop: how long the window could not answer in between.

    Linux tells how long each thread was ready to run while the processor was busy with another; for the GUI's
    thread and those that draw for it, that is no fault of ours on a machine that others use too.
    """

    def __init__(self) -> None:
        from qtpy.QtCore import QTimer

        self.turns: list[tuple[float, float]] = []
        gui = threading.get_native_id()
        tasks = Path("/proc/self/task")
        self._drawing = [
            task / "schedstat"
            for task in (tasks.iterdir() if tasks.is_dir() else ())
            if task.name == str(gui) or (task / "comm").read_text().startswith("llvmpipe")
        ]
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(2)

    def stop(self) -> None:
        self._timer.stop()

    @property
    def gaps(self) -> np.ndarray:
        """Seconds between turns of the loop."""
        return np.diff([when for when, _ in self.turns])

    @property
    def blocked(self) -> np.ndarray:
        """Seconds between turns, less the wait for a processor."""
        return self.gaps - np.diff([waited for _, waited in self.turns])

    def _on_turn(self) -> None:
        waited = sum(int(path.read_text().split()[1]) for path in self._drawing)
        self.turns.append((perf_counter(), 1e-9 * waited))


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_a_drag_ends_on_the_last_value_in_order_and_never_blocks_the_window(explorer, ndisplay):
    explorer.state.ndisplay, explorer.state.redshift = ndisplay, 3.0
    wait_until_shown(explorer)
    process_events(1.0)
    frames: list = []
    statistics: list = []
    explorer.presenter.frame_shown.connect(frames.append)
    explorer.presenter.statistics_shown.connect(statistics.append)
    slider = explorer.controls.redshift.slider.slider
    heartbeat = Heartbeat()
    slider.setSliderDown(True)
    start = monotonic()
    for index, position in enumerate(np.linspace(slider.STEPS, 0, EVENTS).round().astype(int)):
        while monotonic() < start + index * SECONDS / EVENTS:
            process_events(0.001)
        slider.setValue(int(position))
    wait_until_shown(explorer)
    heartbeat.stop()
    slider.setSliderDown(False)
    explorer.presenter.frame_shown.disconnect(frames.append)
    explorer.presenter.statistics_shown.disconnect(statistics.append)

    assert frames[-1].view.field.redshift == statistics[-1].view.field.redshift == 0.0
    assert explorer.controls.redshift.slider.value == 0.0
    for delivered in (frames, statistics):
        serials = [frame.serial for frame in delivered]
        assert serials == sorted(set(serials))
    assert len(frames) >= 3, "the field did not follow the slider"
    logging.getLogger(__name__).info(
        "%dD: %d frames, longest turn %.0f ms, %.0f ms less the wait for a processor",
        ndisplay, len(frames), 1e3 * heartbeat.gaps.max(), 1e3 * heartbeat.blocked.max(),
    )  # fmt: skip
    assert np.percentile(heartbeat.blocked, 99) < BLOCKED
