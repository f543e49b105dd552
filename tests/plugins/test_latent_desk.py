"""Directions, ways, maps, edits and reconstructions, in a real window."""

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest
from qtpy.QtCore import Qt

from cosmoloom import models
from cosmoloom.pipeline.direction_names import TITLES
from cosmoloom.pipeline.kept_latents import KeptLatents
from cosmoloom.pipeline.latent_paths import slerp
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom_explorer.saved_session import SavedSession
from napari_cosmoloom.launch import process_events, wait_until_shown


@pytest.fixture(scope="module")
def settings(tiny_primordial_folder):
    from napari_cosmoloom.launch import opening_settings

    return opening_settings(str(tiny_primordial_folder))


def work(explorer, reached=None) -> None:
    """Process events until the job is done, or something is reached."""
    end = monotonic() + 120
    while not reached() if reached else explorer.desk.busy:
        assert monotonic() < end
        process_events(0.02)
    if not reached:
        wait_until_shown(explorer)


def density(explorer) -> np.ndarray:
    wait_until_shown(explorer)
    view = explorer.presenter.frame.view
    return explorer._engine.density(view.scaled.density).numpy()


def unfold(*sections) -> None:
    for section in sections:
        section.heading.setChecked(True)
    process_events(0.02)


def test_named_directions_are_found_here_and_their_sliders_move_the_field(explorer):
    named = explorer.controls.named
    assert not named.sliders[0].isEnabled()
    named.find.click()
    work(explorer)
    assert explorer.state.tilts_at == ("seed 1", explorer.state.redshift, explorer.state.kappa)
    assert named.sliders[0].isEnabled()
    middle, before = (slice(6, 10),) * 3, density(explorer)
    named.sliders[list(TITLES).index("centre")].box.setValue(1.0)
    assert density(explorer)[middle].mean() > before[middle].mean()
    explorer.undoing.undo()
    np.testing.assert_array_equal(density(explorer), before)


def test_every_direction_is_named_and_can_be_searched(explorer):
    named, leading = explorer.controls.named, explorer.controls.directions
    unfold(named, leading)
    assert [slider.name.text() for slider in named.sliders] == list(TITLES.values())
    assert "64 Mpc/h, cosine" in leading.sliders[0].name.text()
    named.search.setText("PEAKS")
    found = [slider.name.text() for slider in named.sliders if slider.isVisibleTo(named)]
    assert found == ["more peaks"]
    assert not leading.sliders[0].isVisibleTo(leading)
    named.search.setText("sine")
    assert any(slider.isVisibleTo(leading) for slider in leading.sliders)
    named.search.clear()
    assert named.sliders[0].isVisibleTo(named)


def test_a_way_to_a_bookmark_ends_at_its_very_field_and_time(explorer):
    state, ways = explorer.state, explorer.controls.ways
    state.seed, state.redshift, state.kappa = 7, 2.0, 4.0
    state.set_direction(0, 1.5)
    there = density(explorer)
    explorer.keeper.keep()
    explorer.go_to(replace(state.snapshot(), seed=2, redshift=0.5, kappa=9.0, directions=(0.0,) * 6))
    here = density(explorer)
    ways.target.setCurrentIndex(ways.target.count() - 1)
    ways.begin.click()
    work(explorer)
    assert state.toward.startswith("latent-")
    np.testing.assert_array_equal(density(explorer), here)
    ways.way.box.setValue(0.5)
    assert state.redshift == pytest.approx(1.25)
    assert state.kappa == pytest.approx(6.0)
    model = explorer._engine.model(state.model)
    ends = (explorer._engine.recipes.named(model, name) for name in ("seed 2", state.toward))
    wait_until_shown(explorer)
    np.testing.assert_array_equal(explorer.presenter.frame.latent, slerp(*ends, 0.5, LatentPrior.of(model.card)))
    ways.way.box.setValue(1.0)
    np.testing.assert_allclose(density(explorer), there, rtol=1e-5)
    explorer.controls.session.bookmarks.setCurrentIndex(0)
    explorer.controls.session.drop.click()


def test_a_walk_goes_on_by_itself_and_stays_typical(explorer):
    walk = explorer.controls.ways.walk
    walk.click()
    work(explorer, lambda: explorer.state.fraction > 0.1)
    walk.click()
    assert walk.text().startswith("walk")
    work(explorer)
    assert explorer.presenter.statistics.typicality.typical
    assert not explorer.controls.typicality.warning.isVisibleTo(explorer.controls.typicality)


def test_a_new_seed_leaves_the_way(explorer):
    explorer.controls.ways.lay("seed 9")
    explorer.state.fraction = 0.5
    explorer.controls.seed.box.setValue(4)
    assert (explorer.state.seed, explorer.state.toward, explorer.state.fraction) == (4, "", 0.0)


def test_a_latent_beyond_the_prior_is_warned_of(explorer):
    section = explorer.controls.typicality
    for index in range(4):
        explorer.state.set_direction(index, 5.0)
    wait_until_shown(explorer)
    assert "too strong" in section.warning.text()
    assert section.warning.isVisibleTo(section)
    explorer.state.directions = (0.0,) * 6
    wait_until_shown(explorer)
    assert not section.warning.isVisibleTo(section)


def test_a_map_is_drawn_beside_the_work_and_a_click_flies_there(explorer, qtbot):
    section = explorer.controls.atlas
    unfold(section)
    section.count.setValue(6)
    section.draw.click()
    work(explorer)
    atlas = section.map.atlas
    assert atlas.seeds == (1, 2, 3, 4, 5, 6)
    assert "6 of 6" in section._text.text()
    section.colour.setCurrentIndex(3)
    assert "peaks" in section.map._name
    qtbot.mouseClick(section.map, Qt.MouseButton.LeftButton, pos=section.map.place(3).toPoint())
    work(explorer, lambda: explorer.state.seed == 4 and not explorer.state.toward)
    latent = explorer._engine.model(explorer.state.model).draw_latent(4)[0]
    np.testing.assert_array_equal(explorer.presenter.frame.latent, latent)


def test_arrow_keys_and_enter_choose_a_sample(explorer, qtbot):
    section = explorer.controls.atlas
    if section.map.atlas is None:
        section.count.setValue(6)
        section.draw.click()
        work(explorer)
    chosen = []
    section.map.chosen.connect(chosen.append)
    before = section.map.place(section.map._at)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(section.map, key)
    after = section.map.place(section.map._at)
    assert after.x() >= before.x()
    qtbot.keyClick(section.map, Qt.Key.Key_Return)
    assert chosen == [section.map.atlas.seeds[section.map._at]]
    section.map.chosen.disconnect(chosen.append)
    work(explorer, lambda: not explorer.state.toward)


def test_a_map_can_be_stopped(explorer):
    section = explorer.controls.atlas
    unfold(section)
    section.count.setValue(2000)
    section.draw.click()
    work(explorer, lambda: section.map.atlas is not None and section.map.atlas.wanted == 2000)
    section.draw.click()
    work(explorer)
    assert len(section.map.atlas.seeds) < 2000


def ball_mass(explorer, field: np.ndarray) -> float:
    from cosmoloom.pipeline.latent_editing import ball

    state, radius = explorer.state, explorer.controls.editing.radius.value
    return float((ball(16, state.slices, radius / 2.0).numpy() * field).sum())


def test_an_edit_raises_the_mass_in_the_ball_and_is_one_step_of_undo(explorer):
    editing, state = explorer.controls.editing, explorer.state
    unfold(editing)
    state.slices = (5, 9, 8)
    editing.radius.box.setValue(6.0)
    editing.factor.box.setValue(1.5)
    before, first = state.snapshot(), density(explorer)
    editing.change.click()
    assert not editing.change.isEnabled()
    work(explorer)
    assert ball_mass(explorer, density(explorer)) == pytest.approx(1.5 * ball_mass(explorer, first), rel=0.05)
    assert state.origin.startswith("latent-")
    assert f"#{state.origin[7:13]}" in explorer.layers.generated.name
    edited = density(explorer)
    explorer.undoing.undo()
    assert state.snapshot() == before
    np.testing.assert_array_equal(density(explorer), first)
    explorer.undoing.redo()
    np.testing.assert_array_equal(density(explorer), edited)


def test_a_cancelled_edit_keeps_the_best_so_far(explorer):
    editing = explorer.controls.editing
    unfold(editing)
    editing.factor.box.setValue(4.0)
    editing.hold.box.setValue(20.0)
    first = density(explorer)
    steps = []
    explorer.desk._workshop.progressed.connect(lambda progress: steps.append(progress.result.ratio))
    explorer.desk.change()
    work(explorer, lambda: len(steps) > 1)
    editing.cancel.click()
    work(explorer)
    ratio = ball_mass(explorer, density(explorer)) / ball_mass(explorer, first)
    assert ratio > 1.05
    assert ratio > 0.95 * steps[-1]  # that one, or the one that was being made
    editing.hold.box.setValue(1.0)


def test_undo_during_an_edit_takes_all_of_it_back(explorer):
    unfold(explorer.controls.editing)
    before = explorer.state.snapshot()
    first = density(explorer)
    explorer.desk.change()
    work(explorer, lambda: explorer.state.origin != "")
    explorer.undoing.undo()
    assert not explorer.desk.busy
    explorer.desk._workshop.wait(60)
    process_events(0.1)
    assert explorer.state.snapshot() == before
    np.testing.assert_array_equal(density(explorer), first)


def test_a_painted_region_is_what_is_edited(explorer):
    editing, brush = explorer.controls.editing, explorer.brush
    unfold(editing)
    editing.painted.click()
    assert explorer.viewer.dims.ndisplay == 2
    assert not explorer.layers.simulation.visible
    explorer.desk.change()  # nothing painted yet
    work(explorer)
    assert "paint" in explorer.controls._error.text()
    brush.layer.paint((3, 4, 11), 1)  # z, y, x
    region = brush.region
    assert region[11, 4, 3] == 1
    assert region.sum() > 5
    first = density(explorer)
    editing.factor.box.setValue(1.3)
    editing.change.click()
    work(explorer)
    grown = (region * density(explorer)).sum() / (region * first).sum()
    assert grown == pytest.approx(1.3, rel=0.06)
    editing.ball.click()
    assert explorer.layers.simulation.visible
    assert not brush.layer.visible


def test_a_halo_grows_at_the_crosshair(explorer):
    state = explorer.state
    state.slices = (8, 8, 8)
    first = density(explorer)
    explorer.controls.editing.halo.click()
    work(explorer)
    middle = (slice(7, 10),) * 3
    assert density(explorer)[middle].mean() > 1.5 * first[middle].mean()


def test_a_session_with_an_edited_latent_opens_again_bit_for_bit(own_window, settings, tmp_path):
    first = own_window()
    unfold(first.controls.editing)
    first.desk.change()
    work(first)
    shown = density(first)
    first.keeper.session().save(tmp_path / "a.json", first._engine.recipes.kept)
    assert (tmp_path / "a.latents.npz").is_file()
    first.keeper.copy("python")
    from qtpy.QtWidgets import QApplication

    text = QApplication.clipboard().text()
    second = own_window()
    second.keeper.take_over(SavedSession.load(tmp_path / "a.json", second._engine.recipes.kept))
    np.testing.assert_array_equal(density(second), shown)
    made: dict = {}
    exec(text.replace("explorer.latents.npz", str(tmp_path / "a.latents.npz")), made)
    np.testing.assert_allclose(made["box"].density, shown, rtol=0.1, atol=0.05)


def test_the_command_opens_a_session_with_its_edited_latents(qapp, settings, tmp_path):
    from napari_cosmoloom.launch import launch

    kept = KeptLatents()
    name = kept.keep(2.0 * np.random.default_rng(3).standard_normal(models.read_card(settings.model).latent_size))
    SavedSession(settings=replace(settings, origin=name)).save(tmp_path / "mine.json", kept)
    launch(str(tmp_path / "mine.json"), picture=tmp_path / "mine.png")
    assert (tmp_path / "mine.png").is_file()


def test_without_an_encoder_the_reason_is_one_line(explorer):
    unfold(explorer.controls.reconstruction)
    explorer.controls.reconstruction.encode.click()
    work(explorer)
    assert "no encoder" in explorer.controls._error.text()
