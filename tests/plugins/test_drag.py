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

    Linux tells how long a thread was ready to run while the processors were busy with others, which on a machine
    with other work is no fault of ours.  The GUI's thread either runs, waits for a processor, or sleeps until OpenGL
    has drawn; then it is the threads that draw for it which may have to wait, side by side, so the longest of their
    waits counts.  The worker's waits are not subtracted: nobody tells whether it held up the GUI meanwhile.
    """

    def __init__(self) -> None:
        from qtpy.QtCore import QTimer

        self.turns: list[tuple[float, float, tuple[float, ...]]] = []
        tasks = Path("/proc/self/task")
        threads = list(tasks.iterdir()) if tasks.is_dir() else []
        gui = str(threading.get_native_id())
        self._gui = [task / "schedstat" for task in threads if task.name == gui]
        self._drawing = [task / "schedstat" for task in threads if (task / "comm").read_text().startswith("llvmpipe")]
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(2)

    def stop(self) -> None:
        self._timer.stop()

    @property
    def gaps(self) -> np.ndarray:
        """Seconds between turns of the loop."""
        return np.diff([when for when, _, _ in self.turns])

    @property
    def blocked(self) -> np.ndarray:
        """Seconds between turns, less the wait for a processor."""
        gui = np.diff([waited for _, waited, _ in self.turns])
        drawing = np.diff([waited for _, _, waited in self.turns], axis=0)
        return self.gaps - gui - drawing.max(axis=1, initial=0.0)

    def _on_turn(self) -> None:
        gui, drawing = ([_waited(path) for path in paths] for paths in (self._gui, self._drawing))
        self.turns.append((perf_counter(), sum(gui), tuple(drawing)))


def _waited(schedstat: Path) -> float:
    """Return how long a thread has waited for a processor since it began [s]."""
    return 1e-9 * int(schedstat.read_text().split()[1])


def drag(explorer, ndisplay: int) -> None:
    """Drag the redshift from 3 to 0 and assert what holds of every drag."""
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
    assert heartbeat.blocked.max() < BLOCKED


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_a_drag_ends_on_the_last_value_in_order_and_never_blocks_the_window(explorer, ndisplay):
    drag(explorer, ndisplay)


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_so_does_a_drag_of_the_bundled_model(bundled_window, ndisplay):
    drag(bundled_window, ndisplay)
