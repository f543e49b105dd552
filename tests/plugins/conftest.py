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


@pytest.fixture
def settings(tiny_model_folder: Path):
    from napari_cosmoloom.launch import opening_settings

    return opening_settings(str(tiny_model_folder))


@pytest.fixture
def open_window(qapp, settings) -> Iterator[Callable]:
    """Open the explorer in a window, as the program does, and see to it that nothing of it stays."""
    from cosmoloom.engine import Engine
    from napari_cosmoloom.launch import open_explorer, process_events, wait_until_shown

    opened: list = []

    def open_one(**changes):
        explorer = open_explorer(replace(settings, **changes), engine=Engine("cpu"), size=(1200, 800))
        opened.append(explorer.viewer)
        wait_until_shown(explorer)
        return explorer

    yield open_one
    for viewer in opened:
        viewer.close()
    process_events(0.05)
