import os

import pytest

from cosmoloom.data.atomic import atomic_path, require_writable
from cosmoloom.errors import MissingFileError, UnwritableError


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_appears_whole(tmp_path):
    with atomic_path(tmp_path / "a.txt") as draft:
        draft.write_text("all of it")
        assert names(tmp_path) != ["a.txt"]
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "all of it"


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_an_interruption_leaves_what_was_there_and_nothing_else(tmp_path, interruption):
    target = tmp_path / "a.txt"
    target.write_text("before")

    def write_half() -> None:
        with atomic_path(target) as draft:
            draft.write_text("half")
            raise interruption

    with pytest.raises(interruption):
        write_half()
    assert target.read_text() == "before"
    assert names(tmp_path) == ["a.txt"]


def test_a_draft_keeps_name_and_suffix_for_libraries_that_look_at_it(tmp_path):
    with atomic_path(tmp_path / "a.npz") as draft:
        assert draft.name == "a.npz"
        draft.touch()


def test_a_zarr_folder_replaces_a_zarr_folder(tmp_path):
    target = tmp_path / "a.zarr"
    for text in ("first", "second"):
        with atomic_path(target) as draft:
            draft.mkdir()
            (draft / "zarr.json").write_text(text)
    assert (target / "zarr.json").read_text() == "second"
    assert names(tmp_path) == ["a.zarr"]


def test_failing_to_write_is_reported_in_our_terms(tmp_path):
    with pytest.raises(UnwritableError, match="No space left"), atomic_path(tmp_path / "a"):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []


def test_our_own_errors_pass_through_unchanged(tmp_path):
    with pytest.raises(MissingFileError), atomic_path(tmp_path / "a"):
        raise MissingFileError("no input")


def test_unwritable_targets_are_refused_before_any_work(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for target in ("folder", "absent/a.txt", "file/a.txt"):
        with pytest.raises(UnwritableError, match="cannot write"):
            require_writable(tmp_path / target)
    assert names(tmp_path) == ["file", "folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UnwritableError):
        require_writable(tmp_path / "a")
