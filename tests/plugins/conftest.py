"""Real napari windows on a real display; without one these tests skip themselves."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("napari")

HAS_DISPLAY = bool(os.environ.get("DISPLAY")) or not sys.platform.startswith("linux")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if HAS_DISPLAY:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="no display; run under xvfb-run -a"))


@pytest.fixture(scope="session", autouse=True)
def napari_settings_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    from napari.settings import get_settings

    settings = get_settings(tmp_path_factory.mktemp("napari") / "settings.yaml")
    settings.application.save_window_geometry = False


@pytest.fixture(scope="session")
def settings(tiny_model_folder: Path):
    from napari_cosmoloom.launch import opening_settings

    return opening_settings(str(tiny_model_folder))


def open_one(settings):
    from cosmoloom.engine import Engine
    from napari_cosmoloom.launch import open_explorer, wait_until_shown

    explorer = open_explorer(settings, engine=Engine("cpu"), size=(1200, 800))
    wait_until_shown(explorer)
    return explorer


def close(viewer) -> None:
    from napari_cosmoloom.launch import process_events

    viewer.close()
    process_events(0.05)


@pytest.fixture(scope="module")
def shared_window(qapp, settings) -> Iterator:
    """One window for all tests of a file that leave it open: opening takes seconds."""
    explorer = open_one(settings)
    yield explorer
    close(explorer.viewer)


@pytest.fixture(scope="module")
def bundled_window(qapp) -> Iterator:
    """A window with the model that the explorer opens with."""
    from napari_cosmoloom.launch import opening_settings

    explorer = open_one(opening_settings())
    yield explorer
    close(explorer.viewer)


@pytest.fixture
def explorer(shared_window, settings):
    """The shared window, back in its opening state."""
    from napari_cosmoloom.launch import wait_until_shown

    shared_window.go_to(settings)
    shared_window.undoing.record()
    wait_until_shown(shared_window)
    return shared_window


@pytest.fixture
def own_window(qapp, settings) -> Iterator[Callable]:
    """A window of the test's own, to close or to spoil."""
    opened: list = []

    def open_window(**changes):
        explorer = open_one(replace(settings, **changes))
        opened.append(explorer.viewer)
        return explorer

    yield open_window
    for viewer in opened:
        close(viewer)
