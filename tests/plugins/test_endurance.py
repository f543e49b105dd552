"""What the window bears; ``cosmoloom bench endurance`` does the same for longer and tells how long turns took."""

import threading
from dataclasses import replace

import numpy as np

from napari_cosmoloom.endurance import bear, is_stale, what_is_left
from napari_cosmoloom.heartbeat import Heartbeat
from napari_cosmoloom.launch import process_events, wait_until_shown

WORKER = "cosmoloom-worker"


def test_random_events_raise_nothing_and_end_on_the_last_settings(explorer):
    report = bear(explorer, events=80, seconds=4.0, seed=4)
    assert report.failures == ()
    assert not report.stale
    assert report.frames > 0


def test_an_exception_in_a_turn_and_a_frame_too_few_would_be_noticed(explorer, monkeypatch):
    from napari_cosmoloom.random_events import RandomEvents

    def fail(_self: object) -> str:
        from qtpy.QtCore import QTimer

        QTimer.singleShot(0, lambda: 1 / 0)
        return "a fault"

    monkeypatch.setattr(RandomEvents, "act", fail)
    report = bear(explorer, events=2, seconds=0.2, seed=1)
    assert any("ZeroDivisionError" in failure for failure in report.failures)
    explorer.state.seed += 1  # asked for, not shown yet
    assert is_stale(explorer)
    wait_until_shown(explorer)
    assert not is_stale(explorer)


def test_a_turn_that_computes_is_counted_as_busy_and_named():
    heartbeat = Heartbeat()
    process_events(0.05)
    heartbeat.doing = "a long sum"
    for _ in range(40):
        np.linalg.svd(np.ones((120, 120)))
    process_events(0.05)
    heartbeat.stop()
    busy, _, doing = heartbeat.longest(1)[0]
    assert doing == "a long sum"
    assert busy > 5 * np.median(heartbeat.busy)


def test_a_window_opened_and_closed_again_leaves_no_threads_and_no_growing_memory(own_window, record_property):
    """The first openings fill caches of napari, OpenGL and Qt; later ones must not add to them."""
    left = []
    for _ in range(5):
        explorer = own_window()
        explorer.viewer.close()
        process_events(0.2)
        del explorer
        left.append(what_is_left())
    threads = [opening.threads for opening in left]
    memory = [opening.memory / 2**20 for opening in left]
    record_property("threads", threads)
    record_property("MiB", [round(size) for size in memory])
    assert threads[-1] <= threads[1]
    assert (memory[-1] - memory[1]) / 3 < 12, f"memory after each opening [MiB]: {memory}"


def workers() -> int:
    return [thread.name for thread in threading.enumerate()].count(WORKER)


def test_two_windows_at_once_each_follow_their_own_settings(own_window):
    before = workers()
    one, other = own_window(seed=1), own_window(seed=2)
    for step in range(4):
        one.state.redshift, other.state.kappa = 0.5 * step, 5.0 + step
    wait_until_shown(one)
    wait_until_shown(other)
    assert not is_stale(one)
    assert not is_stale(other)
    assert one.presenter.frame.view.field.redshift == 1.5
    assert other.presenter.frame.view.field.redshift == other.state.redshift
    assert not np.array_equal(one.presenter.frame.generated, other.presenter.frame.generated)
    one.viewer.close()
    process_events(0.1)
    other.state.seed = 3
    wait_until_shown(other)
    assert not is_stale(other)
    assert workers() == before + 1


def test_a_window_closed_while_it_computes_ends_its_thread_and_shows_nothing_more(own_window):
    before = workers()
    explorer = own_window()
    shown: list = []
    explorer.presenter.frame_shown.connect(shown.append)
    explorer.state.plots = ("power", "bispectrum", "minkowski")
    explorer.state.restore(replace(explorer.state.snapshot(), seed=99, redshift=2.0))
    assert not explorer.session.idle
    explorer.viewer.close()
    process_events(0.3)
    assert workers() == before
    assert shown == []
