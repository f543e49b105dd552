"""Files and folders dropped onto the window by real drag events, one of each kind."""

import shutil
from pathlib import Path
from time import monotonic

import h5py
import numpy as np
import pytest
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication

from cosmoloom.data.writers import write_fields
from cosmoloom.scaling.rational import scale
from napari_cosmoloom import napari_window
from napari_cosmoloom.launch import process_events, wait_until_shown

FITTING = {"box_size": 16.0, "redshift": 0.5}


def until(reached, patience: float = 120.0) -> None:
    end = monotonic() + patience
    while not reached():
        assert monotonic() < end, "it did not happen in time"
        process_events(0.02)


def drop(widget, *paths: Path) -> tuple[bool, bool]:
    """Carry files over a widget and let go; return whether it took either."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, carried, buttons, keys)
    entering.ignore()
    QApplication.sendEvent(widget, entering)
    dropping = QDropEvent(QPointF(20.0, 20.0), Qt.DropAction.CopyAction, carried, buttons, keys)
    dropping.ignore()
    QApplication.sendEvent(widget, dropping)
    return entering.isAccepted(), dropping.isAccepted()


def settle(explorer) -> None:
    until(lambda: not explorer.desk.busy)
    wait_until_shown(explorer)


@pytest.fixture
def view(explorer):
    """What receives drops over the fields; boxes that were dropped are closed again afterwards."""
    (target,) = napari_window.drop_targets(explorer.viewer)
    yield target
    explorer.state.own_box = None
    explorer.drops.remove()
    settle(explorer)


@pytest.mark.parametrize("suffix", [".npz", ".h5", ".zarr"])
def test_a_dropped_cube_that_fits_takes_the_place_of_the_simulation(explorer, view, tmp_path, suffix):
    density = np.random.default_rng(5).lognormal(0, 1, (16, 16, 16)).astype(np.float32)
    path = tmp_path / f"mine{suffix}"
    write_fields(path, density, FITTING)
    assert drop(view, path) == (True, True)
    settle(explorer)
    assert explorer.state.own_box is not None
    np.testing.assert_array_equal(explorer._engine.reference(explorer.presenter.frame.view.reference).density, density)


def test_a_bare_array_asks_how_large_its_box_is_in_words_of_the_window(explorer, view, tmp_path):
    np.save(tmp_path / "bare.npy", np.ones((16, 16, 16), dtype=np.float32))
    assert drop(view, tmp_path / "bare.npy") == (True, True)
    section = explorer.controls.own_box
    assert "how large its box is" in section._text.text()
    assert "--" not in section._text.text()
    assert section.heading.isChecked()


@pytest.fixture
def whole_box(tmp_path):
    """A periodic simulation of another size, in a file."""
    density = np.random.default_rng(5).lognormal(0, 1, (12, 12, 12)).astype(np.float32)
    write_fields(tmp_path / "box.npz", density, {"box_size": 24.0, "redshift": 0.5, "periodic": True})
    return tmp_path / "box.npz", density


def test_a_dropped_cube_stands_beside_the_others_and_follows_kappa_and_rolls(explorer, view, whole_box):
    path, density = whole_box
    assert drop(view, path) == (True, True)
    (layer,) = explorer.drops.layers[-1:]
    text = explorer.controls.own_box._text.text()
    assert "got 12^3 in 24 Mpc/h" in text
    assert all(choice in text for choice in ("cut its middle out", "rescale all of it"))
    assert "--" not in text
    assert layer.name == "box.npz, z = 0.5"
    assert tuple(layer.scale) == (2.0, 2.0, 2.0)
    assert explorer.viewer.canvas.grid.actual_shape(explorer.viewer.layers) == (1, 3)
    explorer.state.display_kappa = 3.0
    assert np.allclose(layer.data, scale(density.transpose(2, 1, 0), np.float32(3.0)))
    explorer.viewer.layers.selection = {layer}
    explorer.state.slices = (0, 2, 4)
    explorer.drops.roll()
    assert layer.metadata["cosmoloom_box"].density[6, 6, 6] == density[0, 1, 2]


def test_the_explorers_own_fields_are_not_rolled_and_it_says_why(explorer):
    explorer.viewer.layers.selection = {explorer.layers.generated}
    explorer.drops.roll()
    assert "no neighbours" in explorer.controls._error.text()
    wait_until_shown(explorer)


def test_a_dropped_snapshot_of_particles_is_painted(explorer, view, tmp_path):
    path = tmp_path / "snapshot_000.hdf5"
    positions = np.random.default_rng(2).random((4096, 3)).astype(np.float32) * 16.0
    with h5py.File(path, "w") as file:
        count = np.array([0, len(positions)], dtype=np.uint64)
        file.create_group("Header").attrs.update({
            "BoxSize": 16.0, "Redshift": 0.5, "NumPart_Total": count, "NumPart_ThisFile": count,
            "NumFilesPerSnapshot": 1, "MassTable": np.array([0.0, 1.0]), "Time": 1 / 1.5,
        })  # fmt: skip
        file.create_group("Parameters").attrs.update({"UnitLength_in_cm": 3.085678e24, "HubbleParam": 0.7})
        file.create_group("PartType1")["Coordinates"] = positions
    assert drop(view, path) == (True, True)
    settle(explorer)
    assert explorer.state.own_box is not None or explorer.drops.layers[-1] in explorer.viewer.layers


def test_a_dropped_session_goes_on_where_it_was_kept(explorer, view, tmp_path):
    explorer.state.seed, explorer.state.redshift = 31, 1.5
    explorer.keeper.session().save(tmp_path / "kept.json")
    explorer.state.seed, explorer.state.redshift = 2, 0.0
    assert drop(view, tmp_path / "kept.json") == (True, True)
    settle(explorer)
    assert (explorer.state.seed, explorer.state.redshift) == (31, 1.5)


def test_a_models_folder_dropped_onto_the_controls_is_shown(explorer, view, tiny_primordial_folder, settings):
    assert drop(explorer.controls, tiny_primordial_folder) == (True, True)
    settle(explorer)
    assert explorer.presenter.frame.view.field.latent.model == str(tiny_primordial_folder)
    assert drop(explorer.plots, Path(settings.model)) == (True, True)
    settle(explorer)
    assert explorer.presenter.frame.view.field.latent.model == settings.model


def test_of_a_dropped_training_the_newest_checkpoint_is_shown(explorer, view, tiny_model_folder, tmp_path):
    for iteration in ("100", "200"):
        shutil.copytree(tiny_model_folder, tmp_path / "run" / "checkpoints" / iteration)
    assert drop(view, tmp_path / "run") == (True, True)
    settle(explorer)
    assert explorer.presenter.frame.view.field.latent.model.endswith("200")


def test_a_file_that_is_nothing_of_ours_is_left_to_napari_and_a_broken_one_is_one_line(explorer, view, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    assert drop(view, tmp_path / "broken.json") == (True, True)
    assert "\n" not in explorer.controls._error.text()
    assert "broken.json" in explorer.controls._error.text()
    (tmp_path / "letter.txt").write_text("dear all")
    assert not explorer.drops.open(tmp_path / "letter.txt")
