import importlib.util
import os
import re
import socket
import tomllib
from pathlib import Path

import pytest

from cosmoloom.cli import display

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def run():
    """The script run.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("arguments", [[], ["nonsense"]])
def test_without_a_known_command_the_two_are_shown(run, capsys, arguments):
    assert run.main(arguments) == 2
    shown = capsys.readouterr().err
    assert "run.py explore" in shown
    assert "run.py test" in shown


def test_every_requirement_has_a_tested_version(run):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *extras["napari"], *extras["test"]]:
        name = re.split(r"[<>=!\[ ]", requirement)[0].replace("_", "-").lower()
        assert run.pinned(name).startswith(f"{name}==")


def test_a_missing_library_may_not_be_installed_so_the_line_to_type_is_shown(run, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(display, "LIBRARIES", {"libnonsense.so.0": "libnonsense0"})
    with pytest.raises(run.SetupError, match="sudo apt-get install xvfb xauth libnonsense0"):
        run.provide_system_packages("test")


def test_a_display_counts_only_if_it_answers(monkeypatch, tmp_path):
    for name in ("WAYLAND_DISPLAY", "DISPLAY", display.VIRTUAL):
        monkeypatch.delenv(name, raising=False)
    assert not display.has_display()
    monkeypatch.setenv("DISPLAY", ":9871")
    assert not display.has_display()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    assert not display.has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-9"))
        server.listen()
        assert display.has_display()


def test_changed_requirements_are_installed_anew(run, monkeypatch, tmp_path):
    before = run.requirements_hash()
    assert run.requirements_hash() == before
    changed = tmp_path / "constraints.txt"
    changed.write_text(run.CONSTRAINTS.read_text() + "# newer\n")
    monkeypatch.setattr(run, "CONSTRAINTS", changed)
    assert run.requirements_hash() != before
