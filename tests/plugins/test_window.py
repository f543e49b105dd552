import gc
import sys
from time import monotonic

import numpy as np
import pytest

from cosmoloom_explorer.slices import PLANES
from napari_cosmoloom.launch import process_events, wait_until_shown


def until(reached, patience: float = 120.0) -> None:
    end = monotonic() + patience
    while not reached():
        assert monotonic() < end, "it did not happen in time"
        process_events(0.01)


def test_both_fields_stand_side_by_side_with_one_contrast_and_linked_cameras(explorer):
    viewer = explorer.viewer
    generated, simulation = explorer.layers.both
    assert viewer.canvas.grid.enabled
    assert viewer.canvas.grid.actual_shape(viewer.layers) == (1, 2)
    assert tuple(generated.contrast_limits) == tuple(simulation.contrast_limits) == (-1.0, 1.0)
    generated.colormap = "viridis"
    assert simulation.colormap.name == "viridis"
    generated.colormap = "magma"
    assert tuple(generated.scale) == (1.0, 1.0, 1.0)
    assert "Mpc/h" not in str(generated.units)


def test_layers_show_the_axes_of_the_field_the_right_way_round(explorer):
    frame = explorer.presenter.frame
    # napari's axes are (z, y, x): the voxel at (x, y, z) stands at [z, y, x].
    assert explorer.layers.generated.data[3, 2, 1] == frame.generated[1, 2, 3]
    assert np.array_equal(explorer.layers.simulation.data, frame.reference.transpose(2, 1, 0))


def test_the_main_view_has_x_to_the_right_and_y_up_and_its_slice_is_the_panels(explorer):
    explorer.state.ndisplay = 2
    viewer = explorer.viewer
    assert [str(axis) for axis in viewer.scene.camera.orientation] == ["towards", "up", "right"]
    assert tuple(viewer.dims.displayed) == (1, 2)
    explorer.state.set_slice(2, 5)
    assert viewer.dims.current_step[0] == 5
    viewer.dims.set_current_step(0, 9)
    assert explorer.state.slices[2] == 9


def test_a_redshift_changes_the_slices_titles_but_no_text_on_the_canvas(explorer):
    names = [layer.name for layer in explorer.layers.both]
    headings = [heading.text() for heading in explorer.slices._headings]
    explorer.state.redshift = 2.9
    wait_until_shown(explorer)
    assert [layer.name for layer in explorer.layers.both] == names
    assert headings == ["Generated, z = 0.00", "Simulation, z = 0"]
    assert [heading.text() for heading in explorer.slices._headings] == ["Generated, z = 2.90", "Simulation, z = 3"]


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_what_a_layer_shows_is_a_view_of_the_buffer_that_frames_are_written_to(explorer, ndisplay):
    explorer.state.ndisplay = ndisplay
    for layer in explorer.layers.both:
        assert np.shares_memory(layer._data_view, layer.data)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a canvas window of its own is for X11")
def test_widgets_beside_the_canvas_are_painted_without_opengl(explorer):
    from qtpy.QtGui import QSurface

    from napari_cosmoloom import napari_window

    if not napari_window.draws_in_software():
        pytest.skip("OpenGL runs on a graphics card")
    window = napari_window.main_window(explorer.viewer).windowHandle()
    assert window.surfaceType() == QSurface.SurfaceType.RasterSurface


def test_boxes_leave_undo_to_the_explorer_and_the_wheel_to_the_scroll_area(explorer):
    from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
    from qtpy.QtGui import QKeyEvent, QWheelEvent
    from qtpy.QtWidgets import QApplication

    nowhere, still = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    for box in (explorer.controls.redshift.slider.box, explorer.controls.component.index):
        undo = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert not box.event(undo)
        assert not undo.isAccepted()
        box.clearFocus()
        value, middle = box.value(), QPointF(5.0, 5.0)
        turn = QPoint(0, 120)
        QApplication.sendEvent(
            box, QWheelEvent(middle, middle, turn, turn, nowhere, Qt.KeyboardModifier.NoModifier, still, False)
        )
        assert box.value() == value


def test_moving_the_slice_runs_no_network(explorer):
    frames: list = []
    explorer.presenter.frame_shown.connect(frames.append)
    tile = explorer.slices.tiles[0, PLANES[0]]
    before, serial = tile.pixels.copy(), explorer.session.serial
    for position in range(16):
        explorer.slices.sliders[2].setValue(position)
    process_events(0.1)
    explorer.presenter.frame_shown.disconnect(frames.append)
    assert frames == []
    assert explorer.session.serial == serial
    assert not np.array_equal(before, tile.pixels)


def test_pointing_into_a_slice_moves_the_other_two(explorer):
    explorer.slices.tiles[1, PLANES[1]].pointed.emit(0.99, 0.01)  # the x-z plane, bottom right
    assert explorer.state.slices == (15, 8, 0)


def test_every_control_sets_the_state_and_follows_it(explorer):
    state, controls = explorer.state, explorer.controls
    redshift = controls.redshift.slider
    redshift.slider.setValue(redshift.slider.STEPS)
    assert state.redshift == 3.0
    state.redshift = 0.5
    assert redshift.value == 0.5
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
    controls.seed.new.click()
    assert state.seed != 77
    state.reset()
    assert (state.redshift, state.display_kappa, state.components) == (0.0, None, ())
    assert controls.kappa.locked.isChecked()


def test_undo_and_redo_bring_settings_and_controls_back(explorer):
    explorer.state.redshift = 2.0
    explorer.undoing.record()
    explorer.state.kappa = 5.0
    explorer.undoing.undo()
    assert (explorer.state.redshift, explorer.state.kappa) == (2.0, 11.5)
    explorer.undoing.undo()
    assert explorer.controls.redshift.slider.value == explorer.state.redshift == 0.0
    explorer.undoing.redo()
    explorer.undoing.redo()
    assert (explorer.state.redshift, explorer.state.kappa) == (2.0, 5.0)


def test_a_bad_reference_is_one_line_in_the_dock_and_the_next_frame_clears_it(explorer):
    explorer.state.reference_index = 50
    error = explorer.controls._error
    until(error.isVisible)
    assert "50" in error.text()
    assert "\n" not in error.text()
    explorer.state.reference_index = 0
    until(lambda: not error.isVisible())


@pytest.mark.parametrize("ndisplay", [2, 3])
def test_a_new_field_is_drawn_exactly_once(explorer, ndisplay):
    explorer.state.ndisplay = ndisplay
    until(lambda: explorer.quality.resting)
    process_events(0.3)
    drawn: list[float] = []
    explorer.quality.drawn.connect(drawn.append)
    explorer.layers._shown.clear()
    explorer.layers.show(explorer.presenter.frame)
    until(lambda: drawn)
    process_events(0.1)
    explorer.quality.drawn.disconnect(drawn.append)
    assert len(drawn) == 1


def test_the_volume_is_coarse_in_a_drag_and_fine_at_rest(explorer):
    explorer.quality.hold(True)
    coarse = explorer.quality.level
    explorer.quality.hold(False)
    until(lambda: explorer.quality.resting)
    assert explorer.quality.level < coarse


def test_full_collections_wait_for_the_end_of_a_drag(explorer):
    until(lambda: explorer.quality.resting)
    before = gc.get_threshold()
    explorer.quality.hold(True)
    explorer.state.redshift = 0.1
    assert gc.get_threshold()[2] > 10**6
    explorer.quality.hold(False)
    until(lambda: explorer.quality.resting)
    assert gc.get_threshold() == before


def test_the_pictures_canvas_is_not_black(explorer):
    from napari_cosmoloom.capture import EmptyPictureError, check_drawn, window_picture

    picture = window_picture(explorer.viewer)
    assert (picture.width(), picture.height()) == (1200, 800)
    with pytest.raises(EmptyPictureError):
        check_drawn(np.zeros((10, 10, 4), dtype=np.uint8))


def test_closing_plots_slices_or_a_layer_does_no_harm(own_window):
    explorer = own_window()
    window = explorer.viewer.window
    window.remove_dock_widget(explorer.docks.plots)
    window.remove_dock_widget(explorer.docks.slices)
    explorer.viewer.layers.remove(explorer.layers.simulation)
    process_events(0.05)
    explorer.state.redshift = 1.0
    wait_until_shown(explorer)
    assert explorer.presenter.frame.view.field.redshift == 1.0
