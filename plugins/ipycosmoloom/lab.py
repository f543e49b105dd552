"""A JupyterLab with one notebook in a real browser, to test and to measure in."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from cosmoloom.errors import CosmoloomError

PATIENCE = 120.0
"""Longest wait for a server or a page [s]."""
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader-webgl", "--enable-unsafe-swiftshader")
"""Run in a container, and without a graphics card: WebGL alone then goes through a simulated one, which is slow."""


def browser_path() -> str | None:
    """Return the system's browser, None if there is none."""
    return next((path for path in BROWSERS if Path(path).exists()), None)


class Lab:
    """A running server.

    Attributes
    ----------
    url : str
        With which it answers.
    folder : Path
        Where its notebooks are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{free_port()}"
        state = folder / ".jupyter"
        places = {f"JUPYTER_{name}_DIR": str(state / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        options = {
            "ServerApp.port": self.url.rpartition(":")[2], "ServerApp.root_dir": str(folder),
            "ServerApp.token": self.token, "ServerApp.open_browser": "False", "ServerApp.allow_root": "True",
            "LabApp.expose_app_in_browser": "True", "LabApp.news_url": "", "LabApp.extension_manager": "readonly",
        }  # fmt: skip
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments],
            env=os.environ | places | {"IPYTHONDIR": str(state / "ipython")},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def ask(self, method: str, path: str) -> Any:
        """Call the server's REST interface."""
        request = Request(f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {self.token}"})
        with urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def close(self) -> None:
        """End all kernels, then the server."""
        with suppress(URLError):
            for kernel in self.ask("GET", "kernels"):
                self.ask("DELETE", f"kernels/{kernel['id']}")
        self._process.terminate()
        self._process.wait(30)

    def _wait(self) -> None:
        end = monotonic() + PATIENCE
        while True:
            try:
                self.ask("GET", "status")
            except URLError as error:
                if self._process.poll() is not None or monotonic() > end:
                    raise CosmoloomError(f"JupyterLab does not start: {error}") from error
                sleep(0.2)
            else:
                return


@contextmanager
def open_lab(folder: Path) -> Iterator[Lab]:
    """Run a server for notebooks in a folder."""
    lab = Lab(folder)
    try:
        yield lab
    finally:
        lab.close()


@contextmanager
def open_browser() -> Iterator[Any]:
    """Start the system's browser; yield it as Playwright's."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    if path is None:
        raise CosmoloomError("there is no chromium on this machine: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SOFTWARE))
        try:
            yield browser
        finally:
            browser.close()


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells."""
    empty: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [{**empty, "id": f"cell-{index}", "source": cell} for index, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    path.write_text(json.dumps(notebook), encoding="utf-8")


def show_notebook(page: Any, lab: Lab, cells: Sequence[str], *, run: bool = True) -> None:
    """Open a notebook of these cells in a page, with a kernel of its own, and run all of them."""
    write_notebook(lab.folder / "notebook.ipynb", cells)
    open_notebook(page, lab, "notebook.ipynb")
    if run:
        command(page, "notebook:run-all-cells")


def open_notebook(page: Any, lab: Lab, name: str) -> None:
    """Open a notebook of the server's folder in a page, and wait for its kernel."""
    page.goto(f"{lab.url}/lab/tree/{name}?token={lab.token}&reset")
    page.wait_for_function(IDLE, timeout=1e3 * PATIENCE)


def command(page: Any, name: str) -> None:
    """Run one of JupyterLab's commands; what it opens is not waited for."""
    page.evaluate("(name) => { window.jupyterapp.commands.execute(name); }", name)


IDLE = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
"""Whether the notebook's kernel is ready, as JavaScript."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
