"""Explorers without a browser, and a JupyterLab in a real one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anywidget")


class Page:
    """A browser's end of a widget, for tests without one: keeps what arrives, and answers when told to."""

    def __init__(self, widget: Any, *, webgl: bool = True, name: str = "page") -> None:
        self.widget, self.name = widget, name
        self.received: list[tuple[dict, list[bytes]]] = []
        widget.send = lambda content, buffers=None: self.received.append((content, buffers or []))
        self.say(kind="hello", page=name, webgl=webgl)

    def say(self, **content: Any) -> None:
        self.widget._on_message(self.widget, content, None)

    def of(self, *kinds: str) -> list[tuple[dict, list[bytes]]]:
        return [message for message in self.received if message[0]["kind"] in kinds]

    @property
    def numbered(self) -> list[dict]:
        return [content for content, _ in self.of("frame", "statistics")]

    def acknowledge(self) -> None:
        self.say(kind="ack", number=max(content["number"] for content in self.numbered))

    def settle(self) -> None:
        """Acknowledge whatever comes until the last state's statistics are there."""
        live = self.widget.live

        def settled() -> bool:
            if self.numbered:
                self.acknowledge()
            kinds = {content["kind"]: content["serial"] for content in self.numbered}
            wanted = {"frame"} | ({"statistics"} & set(self.widget.parts))
            return not self.widget._owed and all(kinds.get(kind) == live.serial for kind in wanted)

        assert live.loop.run_until(settled, 120)


@pytest.fixture
def page() -> type[Page]:
    return Page


@pytest.fixture
def explorer(tiny_model_folder: Path) -> Iterator[Any]:
    from ipycosmoloom import Explorer

    made = Explorer(tiny_model_folder)
    yield made
    made.close()


@pytest.fixture
def settle() -> Callable[[Any], None]:
    """Let the loop turn until the last state was answered."""

    def wait(widget: Any) -> None:
        widget.wait(120)

    return wait


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("jupyterlab")
    pytest.importorskip("playwright")
    from ipycosmoloom.lab import browser_path, open_lab

    if browser_path() is None:
        pytest.skip("no chromium; apt install chromium")
    with open_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="session")
def browser(lab: Any) -> Iterator[Any]:
    from ipycosmoloom.lab import open_browser

    with open_browser() as started:
        yield started
