"""Bookmarks, session files and copies, in the window."""

import shlex
from dataclasses import replace

import numpy as np

from cosmoloom.cli.app import main
from cosmoloom_explorer.saved_session import SavedSession
from napari_cosmoloom.cameras import read_camera
from napari_cosmoloom.launch import process_events, wait_until_shown


def canvas(explorer) -> np.ndarray:
    """Return the fields as drawn, at a fixed quality."""
    wait_until_shown(explorer)
    explorer.quality.finest()
    process_events(0.05)
    return np.asarray(explorer.viewer.screenshot(canvas_only=True, flash=False))


def below_titles(picture: np.ndarray) -> np.ndarray:
    """Leave napari's titles out: the same letters differ by up to 6 of 255 with their place in OpenGL's memory."""
    return picture[30:]


def change(explorer) -> None:
    state = explorer.state
    state.seed, state.redshift, state.kappa, state.display_kappa = 12, 1.5, 6.0, 20.0
    state.set_direction(1, 1.5)
    state.set_component(4, -2.0)
    state.slices = (3, 4, 5)
    explorer.viewer.scene.camera.angles = (5.0, 40.0, -10.0)
    explorer.viewer.scene.camera.zoom *= 1.3


def test_a_bookmark_brings_settings_and_camera_back(explorer):
    change(explorer)
    explorer.controls.session.keep.click()
    kept, camera, picture = explorer.state.snapshot(), read_camera(explorer.viewer), canvas(explorer)
    explorer.state.reset()
    explorer.layers.fit()
    assert not np.array_equal(canvas(explorer), picture)
    explorer.controls.session.bookmarks.activated.emit(0)
    assert explorer.state.snapshot() == kept
    assert read_camera(explorer.viewer) == camera
    assert np.array_equal(canvas(explorer), picture)
    explorer.controls.session.drop.click()
    assert explorer.keeper.bookmarks == ()


def test_a_saved_session_opens_in_another_window_pixel_for_pixel(own_window, tmp_path):
    first = own_window()
    change(first)
    pictures = {}
    for ndisplay in (2, 3):
        first.state.ndisplay = ndisplay
        first.keeper.keep()
        first.keeper.session().save(tmp_path / f"{ndisplay}.json")
        pictures[ndisplay] = canvas(first)
    first.viewer.close()
    process_events(0.05)
    second = own_window()
    for ndisplay in (3, 2):
        second.keeper.take_over(SavedSession.load(tmp_path / f"{ndisplay}.json"))
        assert np.array_equal(below_titles(canvas(second)), below_titles(pictures[ndisplay]))
        assert len(second.keeper.bookmarks) == ndisplay - 1


KINDS = {
    "waves of a few k": {"band": (0.5, 1.2), "plots": ("power", "mass")},
    "peaks of one bin": {"peaks": True, "peak_range": (0.8, 1.4)},
    "a surface, other contrast": {"rendering": "iso", "iso_density": 4.0, "contrast": (-0.8, 0.7)},
    "sized points": {"rendering": "points", "colouring": "error"},
    "difference": {"layout": "difference", "reference_index": 0},
    "overlap in a slice": {"layout": "overlap", "top_percent": 12.0, "ndisplay": 2},
    "swipe of waves": {"layout": "swipe", "slices": (5, 8, 8), "band": (0.3, 0.9)},
    "orthogonal slices": {"layout": "orthogonal", "plots": ("power", "bispectrum", "dice")},
}
"""Settings beside those of :func:`change`, whose session opens to the same pixels."""


def test_sessions_of_every_kind_of_settings_open_in_another_window_pixel_for_pixel(own_window, tmp_path):
    first, second = own_window(), own_window()
    opened = first.state.snapshot()
    for name, settings in KINDS.items():
        first.go_to(replace(opened, **settings))
        first.viewer.scene.camera.angles = (5.0, 40.0, -10.0)
        picture = canvas(first)
        path = tmp_path / f"{name}.json"
        first.keeper.session().save(path)
        second.keeper.take_over(SavedSession.load(path))
        assert np.array_equal(below_titles(canvas(second)), below_titles(picture)), name
        for place, tile in first.slices.tiles.items():
            assert np.array_equal(second.slices.tiles[place].pixels, tile.pixels), name
        assert second.slices.bar._text == first.slices.bar._text
        assert second.plots.choice._chosen.text() == first.plots.choice._chosen.text()


def test_a_session_of_a_model_that_is_gone_is_one_line(explorer):
    session = explorer.keeper.session()
    explorer.keeper.take_over(replace(session, settings=replace(session.settings, model="gone")))
    assert "gone" in explorer.controls._error.text()
    assert explorer.state.model == session.settings.model


def test_a_session_with_a_value_out_of_range_is_one_line_and_changes_nothing(explorer):
    before = explorer.state.snapshot()
    explorer.keeper.take_over(SavedSession(settings=replace(before, redshift=9.0)))
    assert "redshift" in explorer.controls._error.text()
    assert explorer.state.snapshot() == before


def test_the_copied_command_draws_the_very_slices(explorer, tmp_path, qapp):
    from matplotlib.image import imread
    from qtpy.QtWidgets import QApplication

    explorer.state.seed, explorer.state.display_kappa, explorer.state.slices = 5, 30.0, (3, 4, 5)
    explorer.state.set_direction(0, 2.0)
    wait_until_shown(explorer)
    explorer.controls.session.command.click()
    program, *words = shlex.split(QApplication.clipboard().text())
    path = tmp_path / "again.png"
    assert program == "cosmoloom"
    assert main([*words, "--render", str(path), "--device", "cpu"]) == 0
    drawn = (255 * imread(path)[..., :3]).round().astype(np.uint8).reshape(-1, 3)
    colours = {tuple(colour) for colour in np.unique(drawn, axis=0).tolist()}
    for tile in explorer.slices.tiles.values():  # every colour of every slice stands in the picture
        shown = {(p >> 16 & 255, p >> 8 & 255, p & 255) for p in np.unique(tile.pixels).tolist()}
        assert len(shown & colours) > 0.9 * len(shown)


def test_the_copied_script_stands_on_the_clipboard(explorer):
    from qtpy.QtWidgets import QApplication

    explorer.state.seed = 77
    explorer.controls.session.python.click()
    made: dict = {}
    exec(QApplication.clipboard().text(), made)
    wait_until_shown(explorer)
    np.testing.assert_allclose(made["shown"], explorer.presenter.frame.generated, atol=2e-2)


def test_the_list_of_keys_names_every_key_once(explorer, qapp):
    from napari_cosmoloom.actions import actions

    explorer.show_keys()
    process_events()
    (window,) = [widget for widget in qapp.topLevelWidgets() if widget.windowTitle() == "Keys of the explorer"]
    keys = [action.key for action in actions(explorer)]
    assert len(set(keys)) == len(keys)
    assert set(explorer._shortcuts._bound) == set(keys)
    window.close()
    process_events()
