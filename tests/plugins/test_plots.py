"""Plots that a person chooses, and what is chosen in them, in the window."""

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt

from cosmoloom.engine import WAVES_SHOWN
from cosmoloom_explorer.plots import PLOTS
from napari_cosmoloom.launch import process_events, wait_until_shown


def place(explorer, name: str, x: float) -> QPoint:
    """Return where a value of a plot's x axis stands in the canvas, half way up."""
    axes = explorer.plots.figure.panels[name].axes
    across = axes.transData.transform((x, 1.0))[0]
    box = axes.bbox
    return QPoint(round(across), round(explorer.plots.figure.figure.bbox.height - (box.y0 + box.y1) / 2))


@pytest.fixture
def plots(explorer):
    explorer.plots.canvas.finish()
    return explorer.plots


def test_a_click_on_a_plot_changes_the_choice_and_undo_brings_it_back(explorer, plots):
    plots.choice.buttons["dice"].click()
    plots.choice.buttons["minkowski"].click()
    assert explorer.state.plots == plots.figure.shown == ("power", "mass", "peaks", "minkowski")
    wait_until_shown(explorer)
    plots.canvas.finish()
    assert len(plots.figure.panels["minkowski_1"].generated.get_xdata()) > 10
    explorer.undoing.undo()
    assert plots.figure.shown == ("power", "mass", "peaks", "dice")
    assert plots.choice.buttons["dice"].isChecked()


def test_a_fifth_plot_is_refused_in_one_line_that_says_what_to_do(explorer, plots):
    plots.choice.buttons["bispectrum"].click()
    assert "switch one off" in explorer.controls._error.text()
    assert not plots.choice.buttons["bispectrum"].isChecked()


def test_what_takes_long_is_measured_only_while_it_is_shown(explorer, plots):
    assert not explorer.presenter.statistics.statistics.further
    explorer.state.plots = ("power", "bispectrum")
    wait_until_shown(explorer)
    assert set(explorer.presenter.statistics.statistics.further) == {"reduced_bispectrum"}
    explorer.state.plots = ("power", "mass")
    explorer.state.seed += 1
    wait_until_shown(explorer)
    assert not explorer.presenter.statistics.statistics.further


def test_choosing_plots_makes_no_new_axes(explorer, plots):
    before = [id(axes) for axes in plots.figure.figure.axes]
    for chosen in (PLOTS[:2], PLOTS[2:], PLOTS[:4]):
        explorer.state.plots = chosen
        plots.canvas.finish()
    assert [id(axes) for axes in plots.figure.figure.axes] == before


def test_a_drag_over_the_power_spectrum_shows_the_waves_of_these_k(explorer, plots, qtbot):
    whole = explorer.presenter.frame.generated.copy()
    start, end = place(explorer, "power", 0.5), place(explorer, "power", 1.2)
    qtbot.mousePress(plots.canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(plots.canvas, pos=QPoint((start.x() + end.x()) // 2, start.y()))
    assert explorer.state.band is None  # nothing runs before the button is let go
    qtbot.mouseRelease(plots.canvas, Qt.MouseButton.LeftButton, pos=end)
    low, high = explorer.state.band
    assert (low, high) == (pytest.approx(0.5, rel=0.05), pytest.approx(1.2, rel=0.05))
    wait_until_shown(explorer)
    frame = explorer.presenter.frame
    assert frame.view.scaled.colouring == "waves"
    k = np.fft.fftfreq(16, frame.box_size / 16 / (2 * np.pi))
    length = np.sqrt(k[:, None, None] ** 2 + k[:, None] ** 2 + k**2)
    power = np.abs(np.fft.fftn(frame.generated)) ** 2
    assert power[(length >= low) & (length < high)].sum() > 0.97 * power.sum()
    assert f"{low:.2g}" in plots.choice._chosen.text()
    assert "waves" in explorer.slices.bar._text
    plots.setFocus()
    qtbot.keyClick(plots.canvas, Qt.Key.Key_Escape)
    plots.clear()
    wait_until_shown(explorer)
    assert explorer.state.band is None
    assert np.array_equal(explorer.presenter.frame.generated, whole)


def test_both_fields_have_the_same_unit_of_waves(explorer, plots):
    explorer.state.band = (0.5, 1.2)
    wait_until_shown(explorer)
    frame = explorer.presenter.frame
    generated, simulated = frame.rms
    shown = float(np.sqrt((frame.generated**2).mean()))
    assert np.abs(frame.generated).max() < 1  # nothing is beyond the last colours
    assert shown * WAVES_SHOWN * simulated == pytest.approx(generated, rel=1e-4)


def test_a_click_on_a_bin_of_the_peaks_marks_those_and_a_second_one_all(explorer, plots, qtbot):
    statistics = explorer.presenter.statistics.statistics.peaks
    middle = float(statistics.x[int(statistics.generated.argmax())])
    qtbot.mouseClick(plots.canvas, Qt.MouseButton.LeftButton, pos=place(explorer, "peaks", middle))
    low, high = explorer.state.peak_range
    assert explorer.state.peaks
    assert low < middle < high
    wait_until_shown(explorer)
    peaks = explorer.presenter.frame.peaks[0]
    assert len(peaks.densities) == int(statistics.generated.max())
    assert np.all((np.log10(peaks.densities) >= low) & (np.log10(peaks.densities) < high))
    qtbot.mouseClick(plots.canvas, Qt.MouseButton.LeftButton, pos=place(explorer, "peaks", middle))
    assert explorer.state.peak_range is None
    assert not explorer.state.peaks


def test_a_box_drawn_into_a_slice_is_measured_and_gone_with_its_layer(explorer, plots):
    plots.choice.region.click()
    assert explorer.state.ndisplay == 2
    layer = explorer.regions._ours
    layer.add_rectangles([[8, 2, 4], [8, 2, 9], [8, 7, 9], [8, 7, 4]])  # 5 by 5 voxels, so 5 deep
    explorer.regions.measure()
    assert len(plots.figure.panels["mass"].region.get_xdata()) > 10
    inside = explorer.presenter.frame.density[5:9, 3:7, 7:11]  # a corner of it at least
    assert inside.max() <= plots._region.densest
    side = explorer.presenter.frame.box_size / 16
    assert plots._region.volume == pytest.approx(5**3 * side**3, rel=0.5)
    assert "region of" in plots.choice.note.text()
    plots.choice.region.click()
    process_events(0.3)
    assert not layer.visible
    assert len(layer.data) == 0
    assert len(plots.figure.panels["mass"].region.get_xdata()) == 0
    assert explorer.viewer.canvas.grid.shape == (1, -1)


def test_painted_labels_are_a_region_too(explorer, plots):
    labels = np.zeros((16, 16, 16), dtype=np.uint8)
    labels[:, :, 0] = 1  # z, y, x: the plane x = 0
    layer = explorer.viewer.add_labels(labels)
    explorer.regions.measure()
    plane = explorer.presenter.frame.density[0]
    assert plots._region.mean == pytest.approx(float(plane.mean()), rel=1e-5)
    explorer.viewer.layers.remove(layer)
    explorer.regions.measure()
    assert plots._region is None


def test_the_overlap_of_two_fields_is_no_region(explorer, plots):
    explorer.state.layout = "overlap"
    wait_until_shown(explorer)
    explorer.regions.measure()
    assert plots._region is None
