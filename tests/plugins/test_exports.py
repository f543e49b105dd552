"""Movies, figures and data of a real window, and what is dropped onto it."""

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.exports import DATA, FIGURES
from cosmoloom_explorer.shots import Shot, plan
from napari_cosmoloom.launch import process_events, wait_until_shown
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


def drop(explorer, path) -> None:
    """Drop a file onto the window as a file manager does."""
    from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
    from qtpy.QtGui import QDragEnterEvent, QDropEvent
    from qtpy.QtWidgets import QApplication

    target = explorer.drops._targets[0]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(50, 50), action, data, button, keys))
    QApplication.sendEvent(target, QDropEvent(QPointF(50.0, 50.0), action, data, button, keys))
    process_events(0.05)


@pytest.fixture
def whole_box(tmp_path):
    """A periodic simulation of another size, in a file."""
    from cosmoloom.data.writers import write_fields

    density = np.random.default_rng(5).lognormal(0, 1, (12, 12, 12)).astype(np.float32)
    write_fields(tmp_path / "box.npz", density, {"box_size": 24.0, "redshift": 0.5, "periodic": True})
    return tmp_path / "box.npz", density


def test_a_dropped_cube_stands_beside_the_others_and_follows_kappa_and_rolls(explorer, whole_box):
    from cosmoloom.scaling.rational import scale

    path, density = whole_box
    drop(explorer, path)
    (layer,) = explorer.drops.layers[-1:]
    assert "got 12^3 in 24 Mpc/h" in explorer.controls.own_box._text.text()
    assert layer.name == "box.npz, z = 0.5"
    assert tuple(layer.scale) == (2.0, 2.0, 2.0)
    assert explorer.viewer.canvas.grid.actual_shape(explorer.viewer.layers) == (1, 3)
    explorer.state.display_kappa = 3.0
    assert np.allclose(layer.data, scale(density.transpose(2, 1, 0), np.float32(3.0)))
    explorer.viewer.layers.selection = {layer}
    explorer.state.slices = (0, 2, 4)
    explorer.drops.roll()
    assert layer.metadata["cosmoloom_box"].density[6, 6, 6] == density[0, 1, 2]
    explorer.viewer.layers.remove(layer)


def test_the_explorers_own_fields_are_not_rolled_and_it_says_why(explorer):
    explorer.viewer.layers.selection = {explorer.layers.generated}
    explorer.drops.roll()
    assert "no neighbours" in explorer.controls._error.text()
    wait_until_shown(explorer)


def test_a_dropped_session_goes_on_and_a_dropped_model_is_shown(explorer, tmp_path, tiny_primordial_folder):
    explorer.state.redshift = 2.0
    explorer.keeper.session().save(tmp_path / "kept.json")
    explorer.state.redshift = 0.0
    drop(explorer, tmp_path / "kept.json")
    assert explorer.state.redshift == 2.0
    drop(explorer, tiny_primordial_folder)
    assert explorer.state.model == str(tiny_primordial_folder)
    wait_until_shown(explorer)
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    drop(explorer, bad)
    assert "bad.json" in explorer.controls._error.text()
