import gc
import sys
import threading
import weakref
from time import monotonic

from napari_cosmoloom.actions import actions
from napari_cosmoloom.launch import process_events

WORKER = "cosmoloom-worker"


def workers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == WORKER]


def test_closing_the_dock_stops_the_thread_and_leaves_the_viewer_as_it_was(own_window):
    explorer = own_window()
    viewer = explorer.viewer
    assert workers() == [WORKER]
    assert len(explorer._shortcuts._bound) == len(actions(explorer)), "a key is taken by napari"
    closed: list = []
    explorer.closed.connect(lambda: closed.append(True))
    viewer.window.remove_dock_widget(explorer)  # what the dock's close button does
    process_events(0.1)
    assert closed
    assert explorer.session is None
    assert workers() == []
    assert len(viewer.layers) == 0
    assert not viewer.canvas.grid.enabled
    assert not viewer.window.dock_widgets
    assert not [a for a in viewer.keymap.values() if getattr(a, "__module__", "").startswith("napari_cosmoloom")]


def test_closing_the_window_stops_the_thread_and_leaks_no_widget(own_window, qapp):
    explorer = own_window()
    fields = weakref.ref(explorer.presenter.frame.generated)
    explorer.viewer.close()
    process_events(0.1)
    assert workers() == []
    assert not [w for w in qapp.topLevelWidgets() if w.isVisible()]
    gc.collect()
    process_events(0.02)
    assert fields() is None, "the field outlives its window"


def test_closing_the_window_while_everything_works_ends_every_thread(own_window, monkeypatch):
    failures: list = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: failures.append(error))
    before = {thread.ident for thread in threading.enumerate()}
    explorer = own_window()
    explorer.controls.atlas.count.setValue(2000)
    explorer.controls.atlas.start()  # draws universes one after the other
    explorer.controls.ways.toggle()  # walks
    explorer.controls.views.peaks.click()
    explorer.plots.choice.region.click()
    explorer.state.seed += 1
    process_events(0.2)
    assert explorer.desk.busy
    explorer.viewer.close()
    end = monotonic() + 120

    def left() -> list[str]:
        return [each.name for each in threading.enumerate() if each.ident not in before and "cosmoloom" in each.name]

    while left():
        assert monotonic() < end, left()
        process_events(0.05)
    assert failures == []
