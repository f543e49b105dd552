"""The window as a person uses it: mouse and keyboard on the real controls, undone to the very first state."""

from collections.abc import Callable
from time import monotonic

import numpy as np
import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollBar,
    QWidget,
)

from cosmoloom_explorer.slices import PLANES
from napari_cosmoloom import napari_window
from napari_cosmoloom.launch import process_events, wait_until_shown

LEFT = Qt.MouseButton.LeftButton
CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def until(reached: Callable[[], bool], patience: float = 120.0) -> None:
    end = monotonic() + patience
    while not reached():
        assert monotonic() < end, "it did not happen in time"
        process_events(0.02)


def work(explorer) -> None:
    until(lambda: not explorer.desk.busy)
    wait_until_shown(explorer)


def reveal(explorer, widget: QWidget) -> None:
    """Unfold the section of a control and scroll to it, as a person would before using it."""
    for section in vars(explorer.controls).values():
        folded = hasattr(section, "heading") and section.isAncestorOf(widget) and not section.heading.isChecked()
        if folded and widget is not section.heading:
            press(explorer, section.heading)
    scroll = explorer.controls.findChild(QWidget, "qt_scrollarea_viewport")
    area = scroll.parentWidget()
    if area.isAncestorOf(widget):
        process_events()
        area.ensureWidgetVisible(widget)
    process_events()


def press(explorer, widget: QAbstractButton) -> None:
    """Click a button with the mouse."""
    reveal(explorer, widget)
    assert widget.isVisible()
    assert widget.isEnabled(), f"{widget.text()} cannot be pressed"
    at = QPoint(12, widget.height() // 2)
    QTest.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, at)


def key(explorer, widget: QWidget, *keys: Qt.Key) -> None:
    """Give a control the focus and press keys."""
    reveal(explorer, widget)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    for each in keys:
        QTest.keyClick(widget, each)


def type_into(explorer, box: QAbstractSpinBox, text: str) -> None:
    """Type a number over the one that stands there, and end with Enter."""
    reveal(explorer, box)
    box.setFocus(Qt.FocusReason.TabFocusReason)
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def drag(explorer, widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press, move and let go."""
    reveal(explorer, widget)
    QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, start)
    for share in (0.5, 1.0):
        QTest.mouseMove(widget, start + (end - start) * share)
        process_events()
    QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, end)


def drag_slider(explorer, slider: QAbstractSlider, fraction: float) -> None:
    reveal(explorer, slider)
    middle = slider.height() // 2
    drag(explorer, slider, QPoint(slider.width() // 3, middle), QPoint(int(fraction * slider.width()), middle))


def figure_point(explorer, name: str, across: float) -> QPoint:
    """Return where a plot has a share of its x axis, in pixels of the figure's widget."""
    canvas = explorer.plots.canvas
    until(lambda: canvas.complete)
    box = explorer.plots.figure.panels[name].axes.bbox
    height, ratio = explorer.plots.figure.figure.bbox.height, canvas.devicePixelRatioF()
    return QPointF(
        (box.x0 + across * box.width) / ratio, (height - box.y0 - 0.5 * box.height) / ratio
    ).toPoint()  # fmt: skip


def usable(explorer) -> list[QWidget]:
    """Return every control that a person sees and can use, whichever section it stands in."""
    panels = explorer.controls, explorer.slices, explorer.plots
    kinds = QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox
    found = {widget for panel in panels for kind in kinds for widget in panel.findChildren(kind)}
    shown = [widget for widget in found if widget.isVisible() and widget.isEnabled()]
    return [each for each in shown if not isinstance(each, QScrollBar) and not each.objectName().startswith("qt_")]


@pytest.fixture
def unfolded(explorer):
    """The window with every section unfolded; those that were folded are so again afterwards."""
    sections = [section for section in vars(explorer.controls).values() if hasattr(section, "heading")]
    folded = [section for section in sections if not section.heading.isChecked()]
    for section in folded:
        section.heading.setChecked(True)
    window = explorer.controls.window()
    window.activateWindow()
    until(window.isActiveWindow)
    yield explorer
    for section in folded:
        section.heading.setChecked(False)


def test_the_tabulator_comes_to_every_control_and_back(unfolded):
    first = unfolded.controls.model.names
    first.setFocus(Qt.FocusReason.TabFocusReason)
    reached: set[QWidget] = set()
    widget: QWidget | None = first
    while widget is not None and widget not in reached:
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
    groups = {member for widget in reached if isinstance(widget, QAbstractButton) and widget.group() is not None
              for member in widget.group().buttons()}  # fmt: skip  arrow keys go from one to the next of them
    missed = [widget for widget in usable(unfolded) if widget not in reached | groups]
    assert not missed, [(type(widget).__name__, widget.accessibleName() or widget.toolTip()) for widget in missed]
    assert unfolded.plots.canvas in reached


def test_every_control_shows_that_keys_go_to_it(unfolded):
    invisible = []
    for widget in [*usable(unfolded), unfolded.plots.canvas]:
        widget.clearFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.grab().toImage() == before:
            invisible.append((type(widget).__name__, widget.accessibleName() or widget.toolTip()))
        widget.clearFocus()
    assert not invisible


def test_every_control_says_what_it_does(unfolded):
    silent = [widget for widget in usable(unfolded) if not widget.toolTip()]
    assert not silent, [(type(widget).__name__, widget.accessibleName()) for widget in silent]


def the_redshift_by_a_drag(explorer):
    drag_slider(explorer, explorer.controls.redshift.slider.slider, 0.7)
    assert 1.8 < explorer.state.redshift < 2.4


def the_redshift_by_a_key(explorer):
    key(explorer, explorer.controls.redshift.slider.slider, Qt.Key.Key_Left)


def kappa_typed(explorer):
    type_into(explorer, explorer.controls.kappa.network.box, "7")
    assert explorer.state.kappa == 7.0


def kappa_of_the_display(explorer):
    kappa = explorer.controls.kappa
    key(explorer, kappa.locked, Qt.Key.Key_Space)
    type_into(explorer, kappa.display.box, "25")
    assert (explorer.state.kappa, explorer.state.display_kappa) == (7.0, 25.0)


def another_seed(explorer):
    press(explorer, explorer.controls.seed.new)


def a_seed_typed(explorer):
    type_into(explorer, explorer.controls.seed.box, "12")
    assert explorer.state.seed == 12


def a_leading_direction(explorer):
    slider = explorer.controls.directions.sliders[0].slider
    drag_slider(explorer, slider, 0.8)
    assert explorer.state.directions[0] > 1.0


def a_component(explorer):
    component = explorer.controls.component
    type_into(explorer, component.index, "9")
    type_into(explorer, component.value.box, "1.5")
    assert explorer.state.components == ((9, 1.5),)


def a_slice_by_keys(explorer):
    key(explorer, explorer.slices.sliders[0], Qt.Key.Key_Right, Qt.Key.Key_Right)


def the_crosshair_by_a_click(explorer):
    tile = explorer.slices.tiles[1, PLANES[0]]
    frame = tile._frame()
    QTest.mouseClick(tile, LEFT, Qt.KeyboardModifier.NoModifier, frame.center().toPoint() + QPoint(30, -20))


def the_slice_instead_of_the_volume(explorer):
    press(explorer, explorer.controls.display.slice)
    assert explorer.viewer.dims.ndisplay == 2


def the_error_in_colours(explorer):
    press(explorer, explorer.controls.display.error)
    assert explorer.state.colouring == "error"


def another_layout_by_keys(explorer):
    key(explorer, explorer.controls.views.layouts, Qt.Key.Key_Down)
    assert explorer.state.layout == "difference"


def another_rendering_by_keys(explorer):
    key(explorer, explorer.controls.views.renderings, Qt.Key.Key_Down)


def spread_colours(explorer):
    press(explorer, explorer.controls.views.auto)
    assert explorer.state.contrast != (-1.0, 1.0)


def marked_peaks(explorer):
    press(explorer, explorer.controls.views.peaks)
    assert explorer.state.peaks


def another_plot(explorer):
    press(explorer, explorer.plots.choice.buttons["dice"])
    press(explorer, explorer.plots.choice.buttons["bispectrum"])
    assert explorer.state.plots == ("power", "mass", "peaks", "bispectrum")


def waves_by_a_drag(explorer):
    canvas = explorer.plots.canvas
    drag(explorer, canvas, figure_point(explorer, "power", 0.3), figure_point(explorer, "power", 0.6))
    assert explorer.state.band is not None


def waves_by_keys(explorer):
    low, high = explorer.state.band
    key(explorer, explorer.plots.canvas, Qt.Key.Key_Left)
    assert explorer.state.band[0] < low
    assert explorer.state.band[1] < high


def the_whole_field_by_escape(explorer):
    key(explorer, explorer.plots.canvas, Qt.Key.Key_Escape)
    until(lambda: explorer.state.band is None)


def a_bin_of_peaks_by_a_key(explorer):
    key(explorer, explorer.plots.canvas, Qt.Key.Key_PageDown)
    assert explorer.state.peak_range is not None


def all_back_but_the_seed(explorer):
    (reset,) = [each for each in explorer.controls.display.findChildren(QAbstractButton) if each.text() == "reset"]
    press(explorer, reset)
    assert (explorer.state.redshift, explorer.state.components) == (0.0, ())


ACTIONS = (
    the_redshift_by_a_drag, the_redshift_by_a_key, kappa_typed, kappa_of_the_display, another_seed, a_seed_typed,
    a_leading_direction, a_component, a_slice_by_keys, the_crosshair_by_a_click, the_slice_instead_of_the_volume,
    the_error_in_colours, another_layout_by_keys, another_rendering_by_keys, spread_colours, marked_peaks,
    another_plot, waves_by_a_drag, waves_by_keys, the_whole_field_by_escape, a_bin_of_peaks_by_a_key,
    all_back_but_the_seed,
)  # fmt: skip
"""One after the other, in every panel that has a part in the state; each changes it."""


def test_what_was_done_in_every_panel_is_undone_step_by_step_and_redone(explorer):
    state, display = explorer.state, explorer.controls.display
    steps = [state.snapshot()]
    for action in ACTIONS:
        wait_until_shown(explorer)
        action(explorer)
        assert state.snapshot() != steps[-1], action.__name__
        explorer.undoing.record()
        steps.append(state.snapshot())
    wait_until_shown(explorer)
    shown = explorer.presenter.frame.generated.copy()
    for step in reversed(steps[:-1]):
        press(explorer, display.undo_button)
        until(lambda step=step: state.snapshot() == step)
    wait_until_shown(explorer)
    assert explorer.presenter.frame.view.field.latent.seed == steps[0].seed
    canvas = napari_window.canvas_widget(explorer.viewer)
    for step in steps[1:]:
        QTest.keyClick(canvas, Qt.Key.Key_Y, CONTROL_ALT)
        until(lambda step=step: state.snapshot() == step)
    wait_until_shown(explorer)
    assert np.array_equal(explorer.presenter.frame.generated, shown)


def test_a_change_made_after_an_undo_is_kept_and_ends_redo(explorer):
    explorer.state.redshift = 1.0
    explorer.undoing.record()
    explorer.undoing.undo()
    type_into(explorer, explorer.controls.kappa.network.box, "5")
    QTest.keyClick(napari_window.canvas_widget(explorer.viewer), Qt.Key.Key_Y, CONTROL_ALT)
    process_events(0.05)
    assert (explorer.state.redshift, explorer.state.kappa) == (0.0, 5.0)


def test_slice_and_volume_are_each_seen_as_they_were_last(explorer):
    camera, display = explorer.viewer.scene.camera, explorer.controls.display
    camera.angles = (10.0, 50.0, -20.0)
    camera.zoom *= 1.7
    zoom = camera.zoom
    press(explorer, display.slice)
    process_events(0.1)
    assert camera.zoom != pytest.approx(zoom)
    press(explorer, display.volume)
    process_events(0.1)
    assert camera.zoom == pytest.approx(zoom)
    np.testing.assert_allclose(camera.angles, (10.0, 50.0, -20.0), atol=1e-6)


def test_keys_turn_the_volume(explorer):
    camera, canvas = explorer.viewer.scene.camera, napari_window.canvas_widget(explorer.viewer)
    before = np.array(camera.view_direction)
    turn = CONTROL_ALT | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(canvas, Qt.Key.Key_Right, turn)
    assert before @ camera.view_direction == pytest.approx(np.cos(np.radians(10.0)), abs=0.01)
    QTest.keyClick(canvas, Qt.Key.Key_Left, turn)
    np.testing.assert_allclose(camera.view_direction, before, atol=1e-6)


def test_naparis_own_button_for_slice_and_volume_is_followed(explorer):
    explorer.viewer.dims.ndisplay = 2
    assert explorer.state.ndisplay == 2
    assert explorer.controls.display.slice.isChecked()
    explorer.undoing.record()
    explorer.undoing.undo()
    assert explorer.viewer.dims.ndisplay == 3


def test_bookmarks_ways_maps_and_edits_by_mouse(explorer):
    controls, state = explorer.controls, explorer.state
    session, ways = controls.session, controls.ways
    press(explorer, session.keep)
    assert session.bookmarks.count() == 1
    press(explorer, controls.seed.new)
    wait_until_shown(explorer)
    key(explorer, ways.target, Qt.Key.Key_End)
    press(explorer, ways.begin)
    work(explorer)
    assert state.toward
    drag_slider(explorer, ways.way.slider, 0.5)
    assert 0.3 < state.fraction < 0.7
    press(explorer, ways.walk)
    until(lambda: state.fraction > 0.7 or not state.toward)
    press(explorer, ways.walk)
    work(explorer)
    type_into(explorer, controls.atlas.count, "4")
    press(explorer, controls.atlas.draw)
    work(explorer)
    key(explorer, controls.atlas.map, Qt.Key.Key_Right, Qt.Key.Key_Return)
    work(explorer)
    drag_slider(explorer, controls.editing.factor.slider, 0.6)
    press(explorer, controls.editing.change)
    work(explorer)
    edited = state.origin
    assert edited.startswith("latent-")
    QTest.keyClick(napari_window.canvas_widget(explorer.viewer), Qt.Key.Key_Z, CONTROL_ALT)
    assert state.origin != edited
    press(explorer, session.drop)
    assert session.bookmarks.count() == 0
