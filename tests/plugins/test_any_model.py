"""Models of other kinds and sizes in the window."""

from pathlib import Path

import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.rational import scale
from napari_cosmoloom.launch import opening_settings, process_events, wait_until_shown


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, make_published) -> Path:
    folder = tmp_path_factory.mktemp("published") / "feder"
    make_published(folder, "feder2020", sizes={"n": 32, "widths": [8, 4, 4]})
    return folder


def choose(explorer, model: Path | str) -> None:
    """Pick a model from the list."""
    explorer.controls.model.chosen.emit(str(model))
    wait_until_shown(explorer)


@pytest.fixture
def shown(explorer, published):
    """The shared window with a published model of one redshift."""
    explorer.state.redshift = 2.0
    choose(explorer, published)
    return explorer


def test_a_redshift_that_cannot_change_is_a_text_and_no_slider(shown):
    slider = shown.controls.redshift.slider
    assert not slider.slider.isVisibleTo(slider)
    assert not slider.box.isVisibleTo(slider)
    assert slider.fixed.isVisibleTo(slider)
    assert slider.fixed.text() == "0"
    assert "alone" in shown.controls.redshift._readout.text()


def test_kappa_is_a_way_of_looking_where_the_network_reads_none(shown):
    kappa = shown.controls.kappa
    assert "looking" in kappa._role.text()
    assert not kappa.locked.isVisibleTo(kappa)
    before = shown.presenter.frame
    kappa.network.box.setValue(25.0)
    wait_until_shown(shown)
    after = shown.presenter.frame
    assert after.view.field == before.view.field
    assert "network" not in after.timings
    assert not np.array_equal(after.generated, before.generated)


def test_its_field_is_shown_as_the_model_samples_it(shown, published):
    from cosmoloom import models

    frame = shown.presenter.frame
    box = models.load(published).sample(seed=shown.state.seed)
    assert frame.box_size == box.box_size
    np.testing.assert_allclose(frame.generated, scale(box.density, shown.state.shown_kappa), atol=3e-2)
    assert np.array_equal(shown.layers.generated.data, frame.generated.transpose(2, 1, 0))


def test_the_amplification_is_that_of_its_own_scaling(shown):
    text = shown.controls.kappa.amplification.text.text()
    shown.controls.kappa.network.box.setValue(3.0)
    assert shown.controls.kappa.amplification.text.text() == text, "kappa says nothing about its errors"
    assert "dx" in text


def test_models_of_another_size_take_over_slices_and_layers_and_give_them_back(explorer, published, settings):
    explorer.state.ndisplay, explorer.state.slices = 2, (15, 4, 10)
    choose(explorer, published)
    assert explorer.state.slices == (30, 8, 20)
    assert explorer.layers.generated.data.shape == (32, 32, 32)
    assert explorer.viewer.dims.current_step[0] == 20
    explorer.slices.sliders[2].setValue(31)
    choose(explorer, settings.model)
    assert explorer.state.slices == (15, 4, 15)
    assert explorer.layers.generated.data.shape == (16, 16, 16)
    assert np.array_equal(explorer.layers.generated.data, explorer.presenter.frame.generated.transpose(2, 1, 0))
    assert explorer.viewer.dims.current_step[0] == 15


def test_undo_goes_back_to_the_model_before(explorer, published, settings):
    choose(explorer, published)
    explorer.undoing.record()
    explorer.undoing.undo()
    wait_until_shown(explorer)
    assert explorer.state.snapshot() == settings
    assert explorer.controls.model.names.currentData() == settings.model
    assert explorer.controls.redshift.slider.slider.isVisibleTo(explorer.controls.redshift.slider)


def test_a_model_without_directions_hides_their_sliders(explorer, tmp_path, make_published, settings):
    from dataclasses import replace

    make_published(tmp_path / "m", "feder2020", n=16)
    choose(explorer, tmp_path / "m")
    facts = explorer.session._facts
    for count in (0, 2, 6):
        explorer.controls.directions.show_facts(replace(facts, explained=(0.1,) * count))
        section = explorer.controls.directions
        assert section.isVisibleTo(explorer.controls) == (count > 0)
        assert [slider.isVisibleTo(section.body) for slider in section.sliders] == [i < count for i in range(6)]


@pytest.mark.parametrize(("name", "word"), [("ullmo2021-2d", "maps"), ("perraudin2019-m1", "weave")])
def test_what_makes_no_volumes_is_refused_in_one_line(tmp_path, make_published, explorer, name, word):
    make_published(tmp_path, name)
    with pytest.raises(InvalidInputError, match=word):
        opening_settings(str(tmp_path))
    before = explorer.state.snapshot()
    explorer.controls.model.chosen.emit(str(tmp_path))
    process_events()
    assert word in explorer.controls._error.text()
    assert explorer.state.snapshot() == before


def test_errors_have_colours_of_their_own(explorer):
    explorer.state.seed = 31
    wait_until_shown(explorer)
    density = explorer.slices.tiles[0, next(iter(explorer.slices.tiles))[1]].pixels.copy()
    explorer.controls.display.error.click()
    wait_until_shown(explorer)
    assert explorer.layers.generated.colormap.name == "viridis"
    assert "error" in explorer.slices.bar._text
    assert "network" not in explorer.presenter.frame.timings
    assert not np.array_equal(density, explorer.slices.tiles[0, next(iter(explorer.slices.tiles))[1]].pixels)
    explorer.controls.display.density.click()
    wait_until_shown(explorer)
    assert explorer.layers.generated.colormap.name == "magma"
