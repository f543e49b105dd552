"""What is kept so that a change of the view is quick: programs, grids, layers; and whose OpenGL context is current."""

from time import monotonic

import numpy as np
import pytest
from qtpy.QtGui import QOpenGLContext

from cosmoloom_explorer.layouts import LAYOUTS
from napari_cosmoloom import napari_window
from napari_cosmoloom.kept_programs import keep_programs
from napari_cosmoloom.launch import process_events, wait_until_shown
from napari_cosmoloom.views.warm_up import WarmUp

VERTEX = "attribute vec2 place;\nuniform float size; // depth\nvoid main() { gl_Position = vec4(place, size, 1.0); }"
FRAGMENT = "uniform vec4 colour;\nvoid main() { gl_FragColor = colour; }"


def links(program) -> int:
    return [command[0] for command in program.glir._shared._commands].count("LINK")


def test_a_program_of_unchanged_text_is_linked_once_and_of_other_text_again():
    from vispy.gloo import Program

    keep_programs()
    program = Program()
    program.set_shaders(VERTEX, FRAGMENT, update_variables=False)
    assert links(program) == 1
    program.set_shaders(VERTEX, FRAGMENT, update_variables=False)
    assert links(program) == 1
    program.set_shaders(VERTEX, FRAGMENT.replace("= colour", "= 0.5 * colour"), update_variables=False)
    assert links(program) == 2


def test_a_program_that_goes_back_to_a_former_text_is_what_was_compiled_of_it_then():
    from vispy.gloo import Program

    keep_programs()
    program, other = Program(), FRAGMENT.replace("= colour", "= 0.5 * colour")
    program.set_shaders(VERTEX, FRAGMENT, update_variables=False)
    program["size"] = 2.0
    first = program.id
    program.set_shaders(VERTEX, other, update_variables=False)
    second = program.id
    program.set_shaders(VERTEX, FRAGMENT, update_variables=True)
    assert (program.id, links(program)) == (first, 2)
    assert second != first
    commands = program.glir._shared._commands
    assert [command[1] for command in commands if command[0] == "UNIFORM"][-1] == first  # its value is sent again
    program.delete()
    assert {command[1] for command in commands if command[0] == "DELETE"} >= {first, second}


def test_variables_of_a_known_text_are_those_that_vispy_reads():
    from vispy.gloo import Program

    keep_programs()
    names = {"place": "attribute", "size": "uniform", "colour": "uniform"}
    for _ in range(2):
        program = Program(VERTEX, FRAGMENT)
        assert {name: kind for kind, _, name in program.variables} == names
        program["size"] = 2.0
        assert program["size"] == pytest.approx(2.0)


def test_a_layout_that_comes_back_stands_in_the_same_views(explorer):
    canvas, first = napari_window.canvas(explorer.viewer), {}
    for _ in range(2):
        for layout in LAYOUTS:
            explorer.state.layout = layout
            wait_until_shown(explorer)
            process_events(0.1)
            shape = canvas.grid.grid_size
            assert shape == explorer.viewer.canvas.grid.actual_shape(explorer.viewer.layers)
            assert first.setdefault(str(shape), canvas.grid_views) == canvas.grid_views
            assert len(canvas.grid_views) == len(canvas.grid_cameras) == shape[1]
    assert len(first) == 3
    assert len(canvas.central_widget.children) < 5  # former grids are not laid out any more


def test_a_view_that_comes_back_looks_where_the_camera_has_gone_meanwhile(explorer):
    canvas = napari_window.canvas(explorer.viewer)
    explorer.state.layout = "difference"
    wait_until_shown(explorer)
    explorer.viewer.scene.camera.angles = (10.0, 50.0, -20.0)
    explorer.state.layout = "beside"
    wait_until_shown(explorer)
    process_events(0.1)
    np.testing.assert_allclose(explorer.viewer.scene.camera.angles, (10.0, 50.0, -20.0), atol=1e-6)
    for camera in canvas.grid_cameras:
        np.testing.assert_allclose(camera.angles, (10.0, 50.0, -20.0), atol=1e-6)
        np.testing.assert_allclose(camera.zoom, explorer.viewer.scene.camera.zoom, rtol=1e-6)


def test_titles_of_layers_that_are_hidden_come_back_as_they_were(explorer):
    canvas, layer = napari_window.canvas(explorer.viewer), explorer.layers.simulation
    title = canvas._layer_overlay_to_visual[layer][layer.name_overlay]
    explorer.state.layout = "swipe"
    assert title.node.parent is None
    explorer.state.layout = "beside"
    assert canvas._layer_overlay_to_visual[layer][layer.name_overlay] is title
    assert title.node.parent is canvas.grid[0, 1]


def test_cameras_of_views_that_are_away_follow_nothing(explorer):
    canvas, camera = napari_window.canvas(explorer.viewer), explorer.viewer.scene.camera
    explorer.state.layout = "difference"
    wait_until_shown(explorer)
    away = list(canvas.grid_cameras)
    explorer.state.layout = "swipe"
    wait_until_shown(explorer)
    before = away[0].zoom
    camera.zoom *= 1.5
    assert away[0].zoom == before
    assert canvas.grid_cameras[0].zoom == pytest.approx(camera.zoom)


def test_a_view_is_placed_once_when_a_slice_becomes_a_volume(explorer, monkeypatch):
    (camera, *_), calls = napari_window.canvas(explorer.viewer).grid_cameras, []
    explorer.state.ndisplay = 2
    process_events(0.1)
    view = camera._3D_camera
    place, turn = view._update_transform, camera._on_ndisplay_change
    monkeypatch.setattr(view, "_update_transform", lambda *event: (calls.append("placed"), place(*event)))
    monkeypatch.setattr(camera, "_on_ndisplay_change", lambda: (turn(), calls.append("turned")))
    explorer.viewer.dims.ndisplay = 3
    assert calls.index("turned") == 1


def test_views_are_arranged_once_however_many_layers_come_and_go(explorer, monkeypatch):
    canvas, calls = napari_window.canvas(explorer.viewer), []
    explorer.state.layout = "beside"
    wait_until_shown(explorer)
    arrange = canvas._reorder_layers
    monkeypatch.setattr(canvas, "_reorder_layers", lambda: (calls.append(1), arrange()))
    explorer.state.layout = "swipe"
    assert len(calls) == 1
    assert [layer.visible for layer in explorer.layers.both] == [False, False]


@pytest.mark.parametrize("layout", ["difference", "overlap"])
def test_a_window_that_opens_with_three_views_looks_at_the_same_in_each(own_window, layout):
    explorer = own_window(layout=layout, ndisplay=2)
    process_events(0.1)
    canvas = napari_window.canvas(explorer.viewer)
    assert len(canvas.grid_cameras) == 3
    for camera in canvas.grid_cameras:
        np.testing.assert_allclose(camera.zoom, explorer.viewer.scene.camera.zoom, rtol=1e-6)
    picture = np.asarray(explorer.viewer.screenshot(canvas_only=True, flash=False))[..., :3]
    third = picture[picture.shape[0] // 3 : 2 * picture.shape[0] // 3, -picture.shape[1] // 3 :]
    assert np.ptp(third.astype(int), axis=2).max() > 60  # colours in the middle of the third view


def test_removed_layers_are_deleted_in_the_context_of_their_own_window(own_window):
    one, other = own_window(seed=1), own_window(seed=2)
    napari_window.canvas_widget(other.viewer).makeCurrent()
    seen = []
    one.viewer.layers.events.removed.connect(lambda: seen.append(QOpenGLContext.currentContext()))
    one.viewer.layers.remove(one.layers.simulation)
    assert seen == [napari_window.canvas_widget(one.viewer).context()]


def test_layers_are_made_ahead_only_while_nothing_moves(explorer):
    compared = explorer.arrangement.compared
    explorer._warm_up.close()  # the window's own, which is at it, too
    compared.remove()
    resting = False
    warm_up = WarmUp(compared.makers, lambda: resting, explorer)
    warm_up.begin()
    process_events(0.2)
    assert compared.all == ()
    resting = True
    end = monotonic() + 60
    while not warm_up.done and monotonic() < end:
        process_events(0.05)
    assert len(compared.all) == 3
    assert not any(layer.visible for layer in compared.all)
