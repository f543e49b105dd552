from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cosmoloom.live_statistics import Curves, LiveStatistics
from cosmoloom_explorer import readouts
from cosmoloom_explorer.statistics_figure import StatisticsFigure


def curves(x: np.ndarray, y: np.ndarray) -> Curves:
    return Curves(
        name="", x_label="", y_label="", x=x, generated=1.1 * y, reference=0.9 * y, median=y, low=0.8 * y, high=1.2 * y
    )


@pytest.fixture
def statistics() -> LiveStatistics:
    k, mass, peaks = np.linspace(0.1, 3.0, 30), np.linspace(-2.4, 2.9, 54), np.linspace(-0.9, 2.9, 20)
    share = np.linspace(5, 95, 19)
    dice = replace(curves(share, share / 100), reference=None, low=None, high=None)
    return LiveStatistics(
        power=curves(k, 1e3 * k**-1.5),
        ratio=curves(k, np.ones_like(k)),
        mass=curves(mass, np.exp(-(mass**2))),
        peaks=curves(peaks, 50 * np.exp(-(peaks**2))),
        dice=dice,
        redshift=0.75,
        mean_density=1.01,
        reference_mean_density=0.99,
        dense=60.0,
        n_samples=16,
        interpolated=True,
    )


@pytest.fixture
def figure(statistics: LiveStatistics) -> StatisticsFigure:
    made = StatisticsFigure()
    canvas = FigureCanvasAgg(made.figure)
    made.attach(canvas, lambda: None)
    made.fit([statistics])
    return made


def pixels(figure: StatisticsFigure) -> np.ndarray:
    return np.asarray(figure.figure.canvas.buffer_rgba()).copy()


def test_an_update_draws_the_same_picture_as_drawing_everything_anew(figure, statistics):
    figure.show(statistics)
    blitted = pixels(figure)
    figure.redraw()
    assert np.array_equal(blitted, pixels(figure))


def test_an_update_replaces_the_former_curves(figure, statistics):
    figure.show(statistics)
    first = pixels(figure)
    other = replace(statistics, power=curves(statistics.power.x, 2e3 * statistics.power.x**-1.5))
    figure.show(other)
    assert not np.array_equal(first, pixels(figure))
    figure.show(statistics)
    assert np.array_equal(first, pixels(figure))


def test_updates_make_no_new_artists(figure, statistics):
    def count() -> int:
        return sum(len(axes.get_children()) for axes in figure.figure.axes)

    before = count()
    for _ in range(5):
        figure.show(statistics)
    assert count() == before


def test_every_axis_names_its_quantity_and_unit(figure):
    power, ratio, mass, peaks, dice = figure.figure.axes
    assert "(Mpc/h)" in power.get_ylabel()
    assert "h/Mpc" in ratio.get_xlabel()
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in (ratio, mass, peaks, dice))


def test_without_held_out_simulations_the_bands_are_empty(figure, statistics):
    bare = {
        name: replace(getattr(statistics, name), reference=None, median=None, low=None, high=None)
        for name in ("power", "mass", "peaks")
    }
    alone = replace(statistics, ratio=None, dice=None, n_samples=0, reference_mean_density=None, **bare)
    figure.show(alone)
    assert len(figure.panels["power"].median.get_xdata()) == 0
    assert "no held-out" in readouts.statistics_text(alone)


def test_the_legend_says_how_many_sub_volumes_and_whether_the_band_is_interpolated(statistics):
    assert "N = 16" in readouts.statistics_text(statistics)
    assert "interpolated" in readouts.statistics_text(statistics)
    assert "interpolated" not in readouts.statistics_text(replace(statistics, interpolated=False))


def test_panels_stay_inside_a_figure_of_any_size(figure):
    for width, height in ((7.0, 2.0), (12.3, 2.7), (30.0, 6.0)):
        figure.figure.set_size_inches(width, height)
        figure.arrange()
        for axes in figure.figure.axes:
            box = axes.get_position()
            assert 0 < box.x0 < box.x1 < 1
            assert 0 < box.y0 < box.y1 < 1


def test_what_lies_beyond_the_trusted_k_is_shaded_and_said(figure, statistics):
    figure.show(statistics)
    plain = pixels(figure)
    trusted = replace(statistics, trusted_k=0.8)
    figure.show(trusted)
    shaded = pixels(figure)
    changed = np.nonzero((plain != shaded).any(axis=(0, 2)))[0]
    axes = figure.panels["power"].axes
    left, right = (axes.transData.transform((k, 1.0))[0] for k in (0.8, axes.get_xlim()[1]))
    assert changed.min() == pytest.approx(left, abs=2)
    assert changed.max() == pytest.approx(right, abs=2)
    assert "k = 0.8" in readouts.statistics_text(trusted)
    assert "trusted" not in readouts.statistics_text(statistics)


def test_curves_that_the_axes_do_not_show_are_noticed(figure, statistics):
    assert figure.fits(statistics)
    power = replace(statistics.power, generated=1e9 * statistics.power.generated)
    assert not figure.fits(replace(statistics, power=power))
