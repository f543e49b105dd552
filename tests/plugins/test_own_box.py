"""A box of one's own in the simulation's place: opened, made to fit, encoded and refined in a real window."""

from time import monotonic

import numpy as np
import pytest

from cosmoloom.data.writers import write_fields
from cosmoloom_explorer.saved_session import SavedSession
from napari_cosmoloom.controls.own_box import FITS
from napari_cosmoloom.launch import process_events, wait_until_shown


@pytest.fixture(scope="module")
def settings(tiny_encoder_folder):
    from napari_cosmoloom.launch import opening_settings

    return opening_settings(str(tiny_encoder_folder))  # 16^3 voxels of 2 Mpc/h


@pytest.fixture
def box(tmp_path):
    """A file of twice the model's size."""
    density = np.random.default_rng(5).lognormal(0, 1, (32, 32, 32)).astype(np.float32)
    write_fields(tmp_path / "mine.npz", density, {"box_size": 64.0, "redshift": 0.5})
    return tmp_path / "mine.npz", density[8:24, 8:24, 8:24]


def work(explorer) -> None:
    end = monotonic() + 120
    while explorer.desk.busy:
        assert monotonic() < end
        process_events(0.02)
    wait_until_shown(explorer)


def choose(explorer, fit: str) -> None:
    """Choose how a box is made to fit, as a person does."""
    section = explorer.controls.own_box
    section.fit.setCurrentIndex(list(FITS).index(fit))
    section.fit.activated.emit(section.fit.currentIndex())
    work(explorer)


def reference(explorer) -> np.ndarray:
    return explorer._engine.reference(explorer.presenter.frame.view.reference).density


def test_a_box_that_differs_is_refused_until_a_person_says_how_it_is_to_fit_and_then_stands_beside(explorer, box):
    path, middle = box
    section = explorer.controls.own_box
    section.ask(path)
    work(explorer)
    assert explorer.state.own_box is None
    assert "got 32^3 in 64 Mpc/h" in section._text.text()
    choose(explorer, "crop")
    assert explorer.state.own_box == (str(path), "crop", 64.0, 0.5)
    assert "cut the middle 32 Mpc/h out of 64 Mpc/h" in section._text.text()
    np.testing.assert_array_equal(reference(explorer), middle)
    assert explorer.presenter.frame.reference_name == "own box mine.npz"
    assert explorer.controls.reference._snapshot.text().startswith("your box mine.npz, cropped")
    section.close_it.click()
    wait_until_shown(explorer)
    assert explorer.presenter.frame.view.reference.own_box is None


def test_a_box_of_ones_own_is_encoded_and_refined_and_its_overlap_follows(explorer, box):
    path, _ = box
    choose(explorer, "crop")
    explorer.controls.own_box.ask(path)
    work(explorer)
    reconstruction = explorer.controls.reconstruction
    reconstruction.encode.click()
    work(explorer)
    assert explorer.state.redshift == 0.5
    encoded = explorer.state.origin
    reconstruction.steps.setValue(8)
    reconstruction.refine.click()
    work(explorer)
    assert explorer.state.origin != encoded
    assert "step 8 of 8" in reconstruction._progress.text()
    explorer.undoing.undo()
    wait_until_shown(explorer)
    assert explorer.state.origin == encoded


def test_a_session_comes_back_with_the_box(explorer, box, tmp_path):
    path, middle = box
    choose(explorer, "crop")
    explorer.controls.own_box.ask(path)
    work(explorer)
    explorer.keeper.session().save(tmp_path / "kept.json")
    explorer.controls.own_box.close_it.click()
    explorer.keeper.take_over(SavedSession.load(tmp_path / "kept.json"))
    wait_until_shown(explorer)
    np.testing.assert_array_equal(reference(explorer), middle)
    assert explorer.controls.own_box.fit.currentData() == "crop"


def test_a_dropped_box_takes_the_place_of_the_simulation_if_it_fits(explorer, box):
    path, middle = box
    choose(explorer, "crop")
    assert explorer.drops.open(path)
    work(explorer)
    np.testing.assert_array_equal(reference(explorer), middle)
    assert not [layer for layer in explorer.drops.layers if layer in explorer.viewer.layers]


def test_a_dropped_box_that_does_not_fit_is_a_layer_until_a_person_says_how_it_is_to_fit(explorer, box):
    explorer.controls.own_box.fit.setCurrentIndex(0)
    assert explorer.drops.open(box[0])
    process_events(0.05)
    assert explorer.drops.layers[-1] in explorer.viewer.layers
    choose(explorer, "crop")
    assert explorer.drops.layers[-1] not in explorer.viewer.layers
    assert explorer.state.own_box[0] == str(box[0])


def test_what_a_file_does_not_say_is_typed(explorer, box, tmp_path):
    np.save(tmp_path / "bare.npy", box[1])
    section = explorer.controls.own_box
    section.ask(tmp_path / "bare.npy")
    work(explorer)
    assert "how large its box is" in section._text.text()
    section.size.setValue(32.0)
    work(explorer)
    assert "at which redshift" in section._text.text()
    section.redshift.setValue(1.0)
    work(explorer)
    np.testing.assert_array_equal(reference(explorer), box[1])
    for number in (section.size, section.redshift):
        number.setValue(number.minimum())
