import threading

import numpy as np
import pytest

from napari_cosmoloom.launch import process_events, wait_until_shown


def until(reached, patience: float = 60.0) -> None:
    from time import monotonic

    end = monotonic() + patience
    while not reached():
        assert monotonic() < end, "it did not happen in time"
        process_events(0.01)


def test_both_fields_stand_side_by_side_with_one_contrast_and_linked_cameras(open_window):
    explorer = open_window(redshift=1.0)
    viewer = explorer.viewer
    generated, simulation = explorer.layers.both
    assert viewer.canvas.grid.enabled
    assert viewer.canvas.grid.actual_shape(viewer.layers) == (1, 2)
    assert tuple(generated.contrast_limits) == tuple(simulation.contrast_limits) == (-1.0, 1.0)
    generated.colormap = "viridis"
    assert simulation.colormap.name == "viridis"
    assert tuple(generated.scale) == (1.0, 1.0, 1.0)
    assert "Mpc/h" not in str(generated.units)


def test_layers_show_the_axes_of_the_field_the_right_way_round(open_window):
    explorer = open_window()
    frame = explorer.slices._frame
    assert frame is not None
    # napari's axes are (z, y, x): the voxel at (x, y, z) stands at [z, y, x].
    assert explorer.layers.generated.data[3, 2, 1] == frame.generated[1, 2, 3]
    assert np.array_equal(explorer.layers.simulation.data, frame.reference.transpose(2, 1, 0))


def test_an_asymmetric_field_reaches_the_main_view_upright(open_window):
    explorer = open_window(ndisplay=2)
    camera = explorer.viewer.scene.camera
    assert [str(axis) for axis in camera.orientation] == ["towards", "up", "right"]
    assert explorer.viewer.dims.displayed == (1, 2)  # y up, x to the right
    explorer.state.set_slice(2, 5)
    assert explorer.viewer.dims.current_step[0] == 5
    explorer.viewer.dims.set_current_step(0, 9)
    assert explorer.state.slices[2] == 9


def test_moving_the_slice_runs_no_network(open_window):
    explorer = open_window()
    frames: list = []
    explorer.presenter.frame_shown.connect(frames.append)
    before = explorer.slices.tiles[0, list(dict.fromkeys(p for _, p in explorer.slices.tiles))[0]].pixels.copy()
    for position in range(16):
        explorer.slices.sliders[2].setValue(position)
    process_events(0.2)
    after = explorer.slices.tiles[0, list(dict.fromkeys(p for _, p in explorer.slices.tiles))[0]].pixels
    assert frames == []
    assert explorer.session.idle
    assert not np.array_equal(before, after)


def test_every_control_sets_the_state_and_follows_it(open_window):
    explorer = open_window()
    state, controls = explorer.state, explorer.controls
    controls.redshift.slider.slider.setValue(controls.redshift.slider.slider.STEPS)
    assert state.redshift == 3.0
    state.redshift = 0.5
    assert controls.redshift.slider.value == 0.5
    controls.kappa.network.box.setValue(8.0)
    assert state.kappa == 8.0
    controls.kappa.locked.setChecked(False)
    controls.kappa.display.box.setValue(30.0)
    assert (state.kappa, state.display_kappa) == (8.0, 30.0)
    controls.seed.box.setValue(77)
    controls.directions.sliders[1].box.setValue(-2.0)
    controls.component.index.setValue(5)
    controls.component.value.box.setValue(1.5)
    assert (state.seed, state.directions[1], state.components) == (77, -2.0, ((5, 1.5),))
    seed = state.seed
    controls.seed.new.click()
    assert state.seed != seed
    state.reset()
    assert (state.redshift, state.display_kappa, state.components) == (0.0, None, ())
    assert controls.kappa.locked.isChecked()


def test_undo_and_redo_bring_settings_and_controls_back(open_window):
    explorer = open_window()
    explorer.state.redshift = 2.0
    explorer._on_quiet()
    explorer.state.kappa = 5.0
    explorer.undo()
    assert (explorer.state.redshift, explorer.state.kappa) == (2.0, 11.5)
    explorer.undo()
    assert explorer.state.redshift == 0.0
    assert explorer.controls.redshift.slider.value == 0.0
    explorer.redo()
    explorer.redo()
    assert (explorer.state.redshift, explorer.state.kappa) == (2.0, 5.0)


def test_a_bad_reference_is_one_line_in_the_dock_and_the_next_frame_clears_it(open_window):
    explorer = open_window()
    explorer.state.reference_index = 50
    error = explorer.controls._error
    until(error.isVisible)
    assert "50" in error.text()
    assert "\n" not in error.text()
    explorer.state.reference_index = 0
    explorer.state.seed = 3
    until(lambda: not error.isVisible())


def test_closing_the_dock_stops_the_thread_and_leaves_the_viewer_as_it_was(open_window):
    threads = set(threading.enumerate())
    explorer = open_window()
    viewer = explorer.viewer
    assert any(thread.name == "cosmoloom-worker" for thread in threading.enumerate())
    closed: list = []
    explorer.closed.connect(lambda: closed.append(True))
    viewer.window.remove_dock_widget(explorer)
    process_events(0.1)
    assert closed
    assert explorer.session is None
    assert {t.name for t in threading.enumerate() if t not in threads} == set()
    assert len(viewer.layers) == 0
    assert not viewer.canvas.grid.enabled
    assert not viewer.window.dock_widgets


def test_closing_the_window_stops_the_thread_and_leaks_no_widget(open_window, qapp):
    explorer = open_window()
    explorer.viewer.close()
    process_events(0.2)
    assert explorer.session is None
    assert not any(thread.name == "cosmoloom-worker" for thread in threading.enumerate())
    assert not [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]


def test_removing_a_layer_by_hand_does_no_harm(open_window):
    explorer = open_window()
    explorer.viewer.layers.remove(explorer.layers.simulation)
    explorer.state.seed = 5
    wait_until_shown(explorer)
    assert explorer.slices._frame.view.field.latent.seed == 5


def test_closing_the_plots_or_slices_does_no_harm(open_window):
    explorer = open_window()
    explorer.viewer.window.remove_dock_widget(explorer.plots_dock)
    explorer.viewer.window.remove_dock_widget(explorer.slices_dock)
    process_events(0.05)
    explorer.state.redshift = 1.0
    wait_until_shown(explorer)
    assert explorer.slices._frame.view.field.redshift == 1.0


def test_keys_of_the_explorer_work_and_are_given_back(open_window):
    explorer = open_window()
    keymap = explorer.viewer.keymap
    assert len(explorer._shortcuts._bound) == 7
    bound = list(keymap.values())
    explorer.stop()
    assert not any(action in keymap.values() for action in bound if action.__module__ == "napari_cosmoloom.shortcuts")


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_a_new_field_is_drawn_exactly_once(open_window, ndisplay):
    explorer = open_window(ndisplay=ndisplay)
    until(lambda: explorer.quality.resting)
    process_events(0.5)
    explorer.quality.touch()
    process_events(0.1)
    drawn: list[float] = []
    explorer.quality.drawn.connect(drawn.append)
    frames: list = []
    explorer.presenter.frame_shown.connect(frames.append)
    explorer.layers.show(explorer.slices._frame, ("Generated, seed 1", explorer.layers.simulation.name))
    explorer.layers._shown.clear()
    explorer.layers.show(explorer.slices._frame, ("Generated, seed 1", explorer.layers.simulation.name))
    until(lambda: drawn)
    process_events(0.05)
    assert len(drawn) == 1
