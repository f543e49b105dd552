"""The blind test, driven by keys and mouse."""

import csv
from time import monotonic

import pytest
from qtpy.QtCore import Qt

from napari_cosmoloom.blind_test_window import BlindTestWindow
from napari_cosmoloom.launch import process_events


def opened(explorer, qapp) -> BlindTestWindow:
    explorer.blind_test()
    (window,) = windows(qapp)
    window.count.setCurrentIndex(0)
    window.again.click()
    return window


def windows(qapp) -> list[BlindTestWindow]:
    return [widget for widget in qapp.topLevelWidgets() if isinstance(widget, BlindTestWindow)]


@pytest.fixture(autouse=True)
def closed_at_the_end(qapp):
    yield
    for window in windows(qapp):
        window.close()
    process_events(0.05)


def wait_for_slice(window: BlindTestWindow) -> None:
    end = monotonic() + 120.0
    while window._on_show is None and monotonic() < end:
        process_events(0.01)
    assert window._on_show is not None


def test_twenty_slices_are_judged_by_keys_and_the_result_is_told_and_kept(explorer, qapp, qtbot, tmp_path, monkeypatch):
    from qtpy.QtWidgets import QFileDialog

    window = opened(explorer, qapp)
    finished: list = []
    window.finished_test.connect(finished.append)
    pictures = []
    for _ in range(20):
        wait_for_slice(window)
        pictures.append(window.picture.pixels.copy())
        assert window.result.text() == ""  # nothing tells how good one is before the end
        right = Qt.Key.Key_S if window.test.next.real else Qt.Key.Key_Right
        qtbot.keyClick(window.picture, right)
    assert len({picture.tobytes() for picture in pictures}) == 20
    assert window.test.right == 20
    assert finished == [window.test]
    assert "d\u2032 = 3." in window.result.text()
    assert "95 %" in window.result.text()
    assert "20 of 20 right" in window.score.text()
    path = tmp_path / "mine.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), ""))
    window.save.click()
    rows = list(csv.DictReader(path.read_text().splitlines()[2:]))
    assert len(rows) == 20


def test_no_answer_counts_before_its_slice_is_shown(explorer, qapp):
    window = opened(explorer, qapp)
    assert not window.simulated.isEnabled()
    window.answer(said_real=True)
    assert window.test.answers == ()
    wait_for_slice(window)
    window.generated.click()
    assert len(window.test.answers) == 1


def test_closing_the_window_while_slices_are_made_ends_its_thread(explorer, qapp):
    import threading

    before = threading.active_count()
    window = opened(explorer, qapp)
    assert threading.active_count() == before + 1
    window.close()
    process_events(0.05)
    assert threading.active_count() == before
    assert windows(qapp) == []
