"""Layouts, ways to draw a volume, crosshair, peaks and contrast, in a real window."""

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from cosmoloom.scaling.rational import scale
from cosmoloom_explorer import colours
from cosmoloom_explorer.layouts import LAYOUTS, RENDERINGS
from napari_cosmoloom.launch import process_events, wait_until_shown
from napari_cosmoloom.views.compared_layers import swiped
from napari_cosmoloom.views.scene_marks import sized_points


def visible(explorer) -> list[str]:
    return [layer.name.split(",")[0].split(" ")[0] for layer in explorer.viewer.layers if layer.visible]


@pytest.mark.parametrize(
    ("layout", "names", "cells"),
    [
        ("beside", ["Generated", "Simulation"], 2),
        ("difference", ["Generated", "Simulation", "Difference"], 3),
        ("overlap", ["Generated", "Simulation", "Overlap"], 3),
        ("swipe", ["Generated"], 1),
        ("blink", ["Generated"], 1),
        ("orthogonal", ["Generated"], 1),
    ],
)
def test_a_layout_shows_its_layers_and_hidden_ones_leave_no_gap(explorer, layout, names, cells):
    explorer.state.layout = layout
    wait_until_shown(explorer)
    assert visible(explorer) == names
    assert explorer.viewer.canvas.grid.actual_shape(explorer.viewer.layers) == (1, cells)
    explorer.state.layout = "beside"
    assert visible(explorer) == ["Generated", "Simulation"]


@pytest.mark.parametrize("layout", ["difference", "overlap"])
def test_a_comparison_is_of_the_fields_on_screen(explorer, layout):
    explorer.state.layout = layout
    wait_until_shown(explorer)
    frame = explorer.presenter.frame
    layer = explorer.arrangement.compared.layer(layout)
    assert np.array_equal(layer.data, frame.compared.transpose(2, 1, 0))
    before = layer.data.copy()
    explorer.state.seed += 1
    wait_until_shown(explorer)
    assert not np.array_equal(layer.data, before)


def test_a_swipe_follows_the_crosshair(explorer):
    explorer.state.layout = "swipe"
    wait_until_shown(explorer)
    frame = explorer.presenter.frame
    explorer.state.slices = (5, 8, 8)
    shown = explorer.arrangement.compared.layer("swipe").data.transpose(2, 1, 0)
    assert np.array_equal(shown[:5], frame.generated[:5])
    assert np.array_equal(shown[5:], frame.reference[5:])
    assert np.array_equal(shown, swiped(frame, 5))


def test_blinking_shows_one_field_after_the_other_and_ends_with_its_layout(explorer):
    explorer.state.layout = "blink"
    explorer.arrangement._on_blink()
    assert visible(explorer) == ["Simulation"]
    explorer.arrangement._on_blink()
    assert visible(explorer) == ["Generated"]
    explorer.state.layout = "beside"
    assert not explorer.arrangement._blink.isActive()


def test_a_surface_stands_at_its_density_whatever_kappa_is(explorer):
    explorer.state.rendering = "iso"
    for kappa in (5.0, 12.0):
        explorer.state.kappa = kappa
        explorer.state.iso_density = 20.0
        wait_until_shown(explorer)
        for layer in explorer.layers.both:
            assert layer.rendering == "iso"
            assert layer.iso_threshold == pytest.approx(float(scale(np.float32(20.0), kappa)), abs=1e-5)


def test_sized_points_grow_with_the_fifth_power_and_stand_where_it_is_dense():
    volume = np.full((4, 4, 4), -0.9, dtype=np.float32)
    volume[1, 2, 3] = 1.0
    volume[0, 0, 0] = 0.0
    voxels, sizes = sized_points(volume)
    assert {tuple(at): size for at, size in zip(voxels.tolist(), sizes.tolist(), strict=True)} == {
        (0, 0, 0): 1.0,
        (1, 2, 3): 32.0,
    }


def test_points_replace_the_volume_in_three_dimensions_only(explorer):
    explorer.state.display_kappa = 0.5  # at which some voxels of this model are dense
    explorer.state.rendering = "points"
    wait_until_shown(explorer)
    marks = explorer.arrangement.marks[explorer.layers.generated]
    assert marks._points.visible
    explorer.state.ndisplay = 2
    assert not marks._points.visible
    explorer.state.rendering = "mip"


def test_one_contrast_holds_for_layers_slices_and_bar_and_stays_while_fields_change(explorer):
    explorer.state.contrast = (-0.9, 0.1)
    tile = explorer.slices.tiles[0, next(iter(explorer.slices.tiles))[1]]
    wait_until_shown(explorer)
    explorer.state.redshift = 1.0
    wait_until_shown(explorer)
    assert all(tuple(layer.contrast_limits) == (-0.9, 0.1) for layer in explorer.layers.both)
    assert explorer.slices.bar._contrast == (-0.9, 0.1)
    z = explorer.state.slices[2]
    expected = colours.paint(explorer.presenter.frame.generated[:, :, z].T[::-1], "density", (-0.9, 0.1))
    assert np.array_equal(tile.pixels, expected)
    explorer.layers.simulation.contrast_limits = (-0.5, 0.5)  # as napari's own slider does
    assert explorer.state.contrast == (-0.5, 0.5)
    explorer.controls.views.auto.click()
    low, high = explorer.state.contrast
    assert -1.0 <= low < high < 0.99
    explorer.controls.views.locked.click()
    assert explorer.state.contrast == (-1.0, 1.0)


def test_clicking_a_peak_reads_it_out_and_brings_the_crosshair_there(explorer):
    explorer.state.peaks = True
    wait_until_shown(explorer)
    peaks = explorer.presenter.frame.peaks[1]
    explorer.pointing.point(1, peaks.positions[2] + (0.0, 0.0, -90.0), (0.0, 0.0, 1.0))
    assert explorer.state.slices == tuple(peaks.voxels[2])
    assert explorer.viewer.status == peaks.text(2)
    assert explorer.arrangement.chosen_peak == (1, 2)


def test_a_mouse_click_into_a_slice_moves_all_three_and_a_drag_moves_none(explorer, qtbot):
    from qtpy.QtCore import QPoint, Qt

    from napari_cosmoloom import napari_window

    explorer.state.ndisplay = 2
    wait_until_shown(explorer)
    process_events(0.3)
    canvas = napari_window.canvas_widget(explorer.viewer)
    before = explorer.state.slices
    at = QPoint(canvas.width() // 4 + 40, canvas.height() // 2 - 30)  # right of and above the middle of the left view
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(canvas, at + QPoint(30, 0))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    process_events(0.1)
    assert explorer.state.slices == before
    explorer.layers.fit()
    process_events(0.1)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at)
    process_events(0.1)
    x, y, z = explorer.state.slices
    assert x > before[0]
    assert y > before[1]
    assert z == before[2]


def test_keys_walk_through_layouts_and_ways_to_draw(explorer):
    from napari_cosmoloom.actions import actions

    keys = {action.key: action.run for action in actions(explorer)}
    seen = []
    for _ in LAYOUTS:
        keys["Control-Alt-V"]()
        seen.append(explorer.state.layout)
    assert sorted(seen) == sorted(LAYOUTS)
    for _ in RENDERINGS:
        keys["Control-Alt-M"]()
    assert explorer.state.rendering == "attenuated"
    assert explorer.controls.views.layouts.currentData() == explorer.state.layout


def test_views_are_part_of_undo_and_of_what_the_command_line_says(explorer, settings):
    from cosmoloom_explorer.copy_as import as_command, with_choices

    explorer.undoing.record()
    explorer.state.layout = "difference"
    explorer.undoing.record()
    explorer.undoing.undo()
    assert explorer.state.layout == "beside"
    wanted = replace(settings, layout="swipe", rendering="iso", iso_density=30.0, contrast=(-0.5, 0.5), peaks=True)
    command = as_command(wanted, settings)
    assert with_choices(settings, [word for word in __import__("shlex").split(command) if "=" in word]) == wanted


def test_a_window_that_opens_with_orthogonal_slices_gives_them_most_of_its_room(own_window):
    wide, narrow = own_window(layout="orthogonal"), own_window()
    process_events(0.2)
    assert wide.slices.width() > 1.5 * narrow.slices.width()


def test_the_column_of_slices_is_as_wide_after_orthogonal_slices_as_before(explorer):
    before = explorer.docks.slices.width()
    for layout, reached in (
        ("orthogonal", lambda: explorer.docks.slices.width() > before + 50),
        ("beside", lambda: abs(explorer.docks.slices.width() - before) < 5),
    ):
        explorer.state.layout = layout
        end = monotonic() + 60
        while not reached():
            assert monotonic() < end, (layout, explorer.docks.slices.width(), before)
            process_events(0.02)
