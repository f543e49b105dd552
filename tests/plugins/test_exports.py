"""Movies, figures and data of a real window."""

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.exports import DATA, FIGURES
from cosmoloom_explorer.shots import Shot, plan
from napari_cosmoloom.movie import CancelledError, film, record

HEADS = {".pdf": b"%PDF", ".svg": b"<?xml", ".png": b"\x89PNG"}


@pytest.mark.parametrize("suffix", FIGURES)
def test_a_figure_is_what_its_name_says(explorer, tmp_path, suffix):
    path = tmp_path / f"figure{suffix}"
    explorer.recorder.figure(path)
    content = path.read_bytes()
    assert content.startswith(HEADS[suffix])
    if suffix == ".svg":
        assert b"cosmic mean" in content


def test_a_figure_of_another_kind_is_refused(explorer, tmp_path):
    with pytest.raises(InvalidInputError, match="pdf"):
        explorer.recorder.figure(tmp_path / "figure.gif")


@pytest.mark.parametrize("suffix", [suffix for suffix in DATA if suffix != ".vti"])
def test_exported_data_is_the_density_on_screen(explorer, tmp_path, suffix):
    path = tmp_path / f"field{suffix}"
    explorer.recorder.data(path)
    box = cl.open(path)
    assert np.array_equal(box.density, explorer.presenter.frame.density)
    assert (box.box_size, box.redshift) == (16.0, explorer.state.redshift)


def test_vtk_data_has_as_many_cells_as_voxels(explorer, tmp_path):
    explorer.recorder.data(tmp_path / "field.vti")
    head = (tmp_path / "field.vti").read_bytes()[:600]
    assert b'WholeExtent="0 16 0 16 0 16"' in head


def test_a_movie_has_its_frames_at_its_size_and_the_window_comes_back(explorer, tmp_path):
    from PIL import Image

    before = explorer.state.snapshot()
    done = []
    shots = plan(explorer.keeper.session(), 3, redshifts=(3.0, 0.0), turn=90.0)
    record(explorer, tmp_path / "m", shots, rate=5, size=(320, 200), progress=lambda i, n: done.append((i, n)) or True)
    frames = [np.asarray(Image.open(path)) for path in sorted((tmp_path / "m").iterdir())]
    assert [frame.shape for frame in frames] == [(200, 320, 3)] * 3
    assert all(frame.std() > 1 for frame in frames)
    assert not np.array_equal(frames[0], frames[2])
    assert done == [(1, 3), (2, 3), (3, 3)]
    assert explorer.state.snapshot() == before


def test_views_of_another_number_than_at_the_start_are_wholly_in_the_frame(explorer, tmp_path):
    from dataclasses import replace

    from PIL import Image

    settings = replace(explorer.state.snapshot(), layout="difference", rendering="mip")
    record(explorer, tmp_path / "m", [Shot(settings=settings)] * 2, rate=5, size=(600, 300), progress=lambda *_: True)
    frame = np.asarray(Image.open(sorted((tmp_path / "m").iterdir())[-1]))[40:]  # below the titles
    colour = np.ptp(frame.astype(int), axis=2)  # labels are grey
    assert colour[:, 60:140].max() > 60
    assert colour[:, 193:207].max() < 30  # no field reaches from one view into the next
    assert colour[:, 393:407].max() < 30


def test_a_cancelled_movie_leaves_no_file(explorer, tmp_path):
    shots = plan(explorer.keeper.session(), 4, turn=90.0)
    with pytest.raises(CancelledError, match="2 of 4"):
        record(explorer, tmp_path / "m.mp4", shots, rate=5, size=(128, 96), progress=lambda i, _: i < 2)
    assert list(tmp_path.iterdir()) == []


def test_a_session_is_filmed_in_a_window_of_its_own(explorer, tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    explorer.keeper.session().save(tmp_path / "kept.json")
    film(
        tmp_path / "m.mp4", tmp_path / "kept.json", seconds=0.4, rate=5.0, size=(128, 96), turn=20.0, device="cpu",
        progress=lambda *_: True,
    )  # fmt: skip
    assert b"ftyp" in (tmp_path / "m.mp4").read_bytes()[:12]


@pytest.mark.parametrize("arguments", [["--size", "big"], ["--seconds", "0"], ["--redshifts", "3"], ["--turn", "0"]])
def test_a_bad_movie_is_one_line_and_status_2(explorer, tmp_path, capsys, arguments):
    from cosmoloom.cli.app import main

    explorer.keeper.session().save(tmp_path / "kept.json")
    assert main(["movie", str(tmp_path / "kept.json"), "--out", str(tmp_path / "m.mp4"), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "m.mp4").exists()
