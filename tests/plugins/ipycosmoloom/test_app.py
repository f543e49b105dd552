"""``cosmoloom explore --browser``: this machine only, a token, and the explorer without its cell's code."""

import socket
import subprocess
import sys
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from cosmoloom.cli.app import main

PATIENCE = 200_000
"""Longest wait for anything [ms]."""
PROGRAM = "import sys; from cosmoloom.cli.app import main; sys.exit(main())"


def gets_in(url: str) -> bool:
    """Tell whether an address shows more than the page that asks for the token."""
    try:
        return "/login" not in urlopen(url).url
    except HTTPError:
        return False


def wait_until_listening(port: int) -> None:
    end = monotonic() + 1e-3 * PATIENCE
    while monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            sleep(0.2)
        else:
            return


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--redshift", "9"], "redshift"), (["--set", "colour=red"], "--set"), (["--render", "a.png"], "--browser")],
)
def test_bad_input_is_one_line_and_status_2(tiny_model_folder, capsys, arguments, word):
    assert main(["explore", str(tiny_model_folder), "--browser", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert word in error


def test_the_notebooks_cell_opens_with_the_settings_asked_for(tiny_model_folder):
    from dataclasses import asdict

    from cosmoloom_explorer.opening import opening_settings
    from ipycosmoloom.app import cell

    settings = opening_settings(str(tiny_model_folder), redshift=1.5, seed=4, slices=(1, 2, 3))
    *lines, last = cell(asdict(settings)).splitlines()
    namespace: dict = {}
    exec("\n".join(lines), namespace)
    explorer = eval(last, namespace)
    assert explorer.state.snapshot() == settings
    explorer.close()


def test_the_address_that_is_printed_shows_the_explorer_and_nobody_gets_in_without_the_token(
    tiny_model_folder, browser
):
    pytest.importorskip("voila")
    command = [sys.executable, "-c", PROGRAM, "explore", str(tiny_model_folder), "--browser", "--redshift", "1.5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            line = server.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            wait_until_listening(urlsplit(url).port)
            page = browser.new_page()
            page.goto(url, timeout=PATIENCE)
            page.wait_for_selector('.cosmoloom[data-redshift="1.5"]', timeout=PATIENCE)
            assert page.locator(".jp-CodeCell .jp-InputArea:visible").count() == 0
            page.close()
            assert not gets_in(url.partition("/?token=")[0])
        finally:
            server.terminate()
