"""Dragging the redshift from 3 to 0: two hundred slider events in four seconds."""

import logging
from time import monotonic

import numpy as np
import pytest

from napari_cosmoloom.heartbeat import Heartbeat
from napari_cosmoloom.launch import process_events, wait_until_shown

EVENTS, SECONDS = 200, 4.0
BLOCKED = 0.050


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
