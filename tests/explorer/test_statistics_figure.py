from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg

from cosmoloom.errors import InvalidInputError
from cosmoloom.live_statistics import Curves, LiveStatistics
from cosmoloom_explorer import readouts
from cosmoloom_explorer.plots import PLOTS
from cosmoloom_explorer.plots.curve_panel import TRAIL
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
    figure.forget()
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
    axes = {name: panel.axes for name, panel in figure.panels.items()}
    assert "(Mpc/h)" in axes["power"].get_ylabel()
    assert "h/Mpc" in axes["ratio"].get_xlabel()
    named = ("ratio", "mass", "peaks", "dice", "reduced_bispectrum")
    assert all(axes[name].get_xlabel() and axes[name].get_ylabel() for name in named)
    for order, unit in enumerate(("volume share", "[h/Mpc]", "[(h/Mpc)\u00b2]", "[(h/Mpc)\u00b3]")):
        assert unit in axes[f"minkowski_{order}"].texts[0].get_text()


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
        figure.resize(100 * width, 100 * height)
        for axes in filter(Axes.get_visible, figure.figure.axes):
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


@pytest.mark.parametrize("shown", [PLOTS[:2], PLOTS[:4], PLOTS[2:], ("power", "bispectrum", "minkowski")])
def test_any_two_to_four_plots_share_the_figure_without_touching(figure, shown):
    figure.choose(shown)
    visible = [panel.axes for panel in figure.panels.values() if panel.axes.get_visible()]
    wanted = [panel.axes for name in shown for panel in figure.plots[name].panels.values()]
    assert visible == wanted
    boxes = [axes.get_position() for axes in visible]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:i])


@pytest.mark.parametrize("names", [("power",), PLOTS[:5], ("power", "colour")])
def test_one_plot_or_five_or_an_unknown_one_are_refused_and_change_nothing(figure, names):
    before = figure.shown
    with pytest.raises(InvalidInputError, match="plots"):
        figure.choose(names)
    assert figure.shown == before


def test_a_plot_that_was_hidden_shows_the_newest_statistics_once_chosen(figure, statistics):
    volume = curves(np.linspace(-1, 2, 31), np.linspace(1, 0, 31))
    further = {f"minkowski_{order}": volume for order in range(4)}
    figure.show(replace(statistics, further=further))
    figure.choose(("power", "minkowski"))
    figure.redraw()
    assert np.array_equal(figure.panels["minkowski_2"].generated.get_ydata(), volume.generated)


def test_the_last_states_leave_a_trail_that_fades_with_age(figure, statistics):
    for factor in range(1, TRAIL + 4):
        power = replace(statistics.power, generated=factor * statistics.power.median)
        figure.show(replace(statistics, power=power))
    trail = figure.panels["power"].trail
    past = [segment[0, 1] / statistics.power.median[0] for segment in trail.get_segments()]
    assert past == pytest.approx(range(3, TRAIL + 3))  # neither the oldest nor the one that is shown
    assert np.all(np.diff(trail.get_alpha()) > 0)
    figure.forget()
    assert not trail.get_segments()


def test_bins_outside_the_held_out_band_are_marked_and_no_others(figure, statistics):
    generated = statistics.power.median.copy()
    generated[[3, 7]] *= 1.5
    figure.show(replace(statistics, power=replace(statistics.power, generated=generated)))
    marked = figure.panels["power"].outside.get_xdata()
    assert np.array_equal(marked, statistics.power.x[[3, 7]])


def test_a_point_of_the_picture_is_found_in_the_plot_below_it(figure, statistics):
    axes = figure.panels["peaks"].axes
    x, upwards = axes.transData.transform((1.5, 10.0))
    assert figure.under(x, figure.figure.bbox.height - upwards) == ("peaks", pytest.approx(1.5))
    assert figure.under(1.0, 1.0) is None


def test_only_the_last_step_of_a_drawing_brings_it_to_the_screen(statistics):
    shown: list[int] = []
    figure = StatisticsFigure()
    figure.attach(FigureCanvasAgg(figure.figure), lambda: shown.append(1))
    steps = figure.fit_in_steps([statistics])
    assert all(not shown for _ in steps)
    assert shown == [1]


def test_no_step_of_a_drawing_draws_more_than_one_axis(statistics, monkeypatch):
    drawn: list[int] = []
    draw = Axis.draw
    monkeypatch.setattr(Axis, "draw", lambda self, *args: (drawn.append(1), draw(self, *args)))
    figure = StatisticsFigure()
    figure.attach(FigureCanvasAgg(figure.figure), lambda: None)
    for _ in figure.fit_in_steps([statistics]):
        assert len(drawn) <= 1
        drawn.clear()


def test_curves_that_the_axes_do_not_show_are_noticed(figure, statistics):
    assert figure.fits(statistics)
    power = replace(statistics.power, generated=1e9 * statistics.power.generated)
    assert not figure.fits(replace(statistics, power=power))
