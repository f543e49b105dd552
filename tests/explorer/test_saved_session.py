from dataclasses import replace

import pytest

from cosmoloom.errors import BrokenFileError, MissingFileError
from cosmoloom_explorer import Settings
from cosmoloom_explorer.saved_session import Bookmark, Camera, SavedSession

SETTINGS = Settings(
    model="web64", seed=7, redshift=0.37, display_kappa=30.0, directions=(0.0, 1.25), components=((3, -1.0), (9, 2.5)),
    colouring="error", slices=(1, 2, 3), ndisplay=2,
)  # fmt: skip
CAMERA = Camera(angles=(0.1, -20.0, 1 / 3), center=(8.0, 8.0, 8.0), zoom=12.5)


def test_a_session_comes_back_as_it_was(tmp_path):
    session = SavedSession(
        settings=SETTINGS, camera=CAMERA, bookmarks=(Bookmark(name="a", settings=SETTINGS, camera=CAMERA),),
    )  # fmt: skip
    session.save(tmp_path / "s.json")
    assert SavedSession.load(tmp_path / "s.json") == session


def test_folders_of_models_are_found_from_anywhere(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path)
    session = SavedSession(settings=replace(SETTINGS, model="run"), training="run")
    session.save("s.json")
    loaded = SavedSession.load("s.json")
    assert loaded.settings.model == loaded.training == str(tmp_path / "run")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"settings": {"model": 3}}',
        '{"settings": {"model": "a"}, "colour": "red"}',
        '{"settings": {"model": "a"}, "version": 2}',
        '{"settings": {"model": "a"}, "format": "another-program"}',
    ],
)
def test_what_is_no_session_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "s.json"
    path.write_text(content)
    with pytest.raises(BrokenFileError, match="no session") as refused:
        SavedSession.load(path)
    assert "\n" not in str(refused.value)


def test_a_missing_session_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"gone\.json"):
        SavedSession.load(tmp_path / "gone.json")
