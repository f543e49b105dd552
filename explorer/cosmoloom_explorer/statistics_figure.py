"""Live statistics in one figure: power spectrum with ratio, mass histogram, peaks, Dice.

Axes, ticks and labels are drawn once; an update gives the prepared artists new data and blits them.  Numbers
that change (see :func:`cosmoloom_explorer.readouts.statistics_text`) belong to the view: drawing one text takes
as long as all curves of a panel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter, NullLocator

from cosmoloom_explorer import colours
from cosmoloom_explorer.panel import CurvePanel

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from cosmoloom.live_statistics import Curves, LiveStatistics

DPI = 100
FONT = 8.0
LEFT, RIGHT, TOP, BOTTOM, GAP = 62, 14, 42, 40, 66
"""Margins and the gap between columns [pixels at a device pixel ratio of one]."""
COLUMNS = (1.35, 1.0, 1.0, 1.0)
OVER_K = ("power", "ratio")
RATIO_RANGE = (0.0, 2.0)
SPANS = (("power", 1e-3, 8.0), ("mass", 1e-6, 6.0), ("peaks", 0.5, 3.5))
"""Per logarithmic panel the least value that is drawn and the most decades below the largest."""
SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


class StatisticsFigure:
    """Figure of the live statistics; give it a canvas by ``canvas_class(figure.figure)`` and :meth:`attach`."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(14.0, 2.6), dpi=DPI, facecolor=colours.BACKGROUND)
        power, ratio, mass, peaks, dice = (self.figure.add_axes((0, 0, 1, 1)) for _ in range(5))
        self.panels = {
            "power": CurvePanel(power),
            "ratio": CurvePanel(ratio),
            "mass": CurvePanel(mass, steps=True),
            "peaks": CurvePanel(peaks, steps=True),
            "dice": CurvePanel(dice, with_band=False),
        }
        for axes in (power, ratio, mass, peaks, dice):
            _dress(axes)
        self._label(power, "Power spectrum", "", "P(k)  [(Mpc/h)\u00b3]")
        self._label(ratio, "", "k  [h/Mpc]", "/ median")
        self._label(mass, "Mass histogram", "log\u2081\u2080 \u03c1/\u03c1\u0304", "voxel share per dex")
        self._label(peaks, "Density peaks", "log\u2081\u2080 \u03c1/\u03c1\u0304 at the peak", "peaks per bin")
        self._label(dice, "Dice with simulation", "densest voxels  [%]", "Dice score")
        _log(power, "x", (0.08, 3.6), labels=False)
        _log(power, "y", (0.05, 3e4))
        _log(ratio, "x", (0.08, 3.6))
        ratio.set_ylim(*RATIO_RANGE)
        ratio.yaxis.set_major_locator(MultipleLocator(1.0))
        ratio.axhline(1.0, color=colours.MUTED, lw=0.8)
        mass.set_xlim(-2.5, 3.0)
        _log(mass, "y", (1e-5, 5.0))
        peaks.set_xlim(-1.0, 3.0)
        _log(peaks, "y", (0.5, 500.0))
        dice.set(xlim=(0, 100), ylim=(0, 1))
        self.panels["dice"].median.set_color(colours.MUTED)
        dice.text(
            0.97, 0.06, "dashed: unrelated fields", transform=dice.transAxes, ha="right", fontsize=FONT,
            color=colours.MUTED,
        )  # fmt: skip
        self._legend = self._make_legend(with_trust=False)
        self._canvas: Any = None
        self._present: Callable[[], None] = _nowhere
        self._background: Any = None
        self._size = (0.0, 0.0)
        self.arrange()

    @property
    def artists(self) -> tuple[Artist, ...]:
        """Everything that an update redraws."""
        return tuple(artist for panel in self.panels.values() for artist in panel.artists)

    def attach(self, canvas: Any, present: Callable[[], None] | None = None) -> None:
        """Draw on an Agg canvas, and again whenever that canvas draws itself, say after a resize.

        Parameters
        ----------
        canvas : FigureCanvasAgg
            A canvas made with :attr:`figure`.
        present : callable, optional
            Brings new pixels of the canvas to the screen; by default ``canvas.blit`` at once.
        """
        self._canvas = canvas
        self._present = present or (lambda: canvas.blit(self.figure.bbox))
        canvas.mpl_connect("draw_event", self._on_canvas_drawn)
        canvas.mpl_connect("resize_event", lambda _event: self.arrange())

    def show(self, statistics: LiveStatistics) -> None:
        """Put new statistics into the artists and blit them."""
        for name, panel in self.panels.items():
            panel.show(getattr(statistics, name))
        for name in OVER_K:
            self.panels[name].show_trust(statistics.trusted_k)
        if self._canvas is not None and self._background is not None:
            self._canvas.restore_region(self._background)
            self._draw_artists()
            self._present()

    def fit(self, examples: list[LiveStatistics]) -> None:
        """Choose limits that hold for all of the given statistics, so that later updates only blit."""
        for name, lowest, decades in SPANS:
            curves = [getattr(statistics, name) for statistics in examples]
            low, high = _positive_range(curves, lowest)
            top = 10 ** (np.log10(high) + 0.25)
            self.panels[name].axes.set_ylim(max(low / 1.6, top / 10**decades), top)
        for name in ("mass", "peaks"):
            x = getattr(examples[0], name).x
            half = 0.5 * (x[1] - x[0])
            self.panels[name].axes.set_xlim(x[0] - half, x[-1] + half)
        k = examples[0].power.x
        for name in OVER_K:
            self.panels[name].axes.set_xlim(0.85 * k[0], 1.1 * k[-1])
        self._legend.remove()
        self._legend = self._make_legend(with_trust=any(statistics.trusted_k is not None for statistics in examples))
        self._place_legend()
        self.redraw()

    def fits(self, statistics: LiveStatistics) -> bool:
        """Tell whether the axes show at least half of every generated curve."""
        for name, lowest, _ in SPANS:
            values = getattr(statistics, name).generated
            low, high = self.panels[name].axes.get_ylim()
            drawn = values >= lowest
            if np.count_nonzero(drawn & (values >= low) & (values <= high)) < 0.5 * np.count_nonzero(drawn):
                return False
        return True

    def redraw(self) -> None:
        """Draw everything anew, axes included."""
        if self._canvas is not None:
            self._canvas.draw()

    def arrange(self) -> None:
        """Place the panels for the figure's size in pixels; margins stay as wide as their text."""
        scale = self.figure.dpi / DPI
        width, height = self.figure.bbox.width / scale, self.figure.bbox.height / scale
        if (width, height) == self._size or min(width, height) < 40:
            return
        self._size = (width, height)
        unit = max(40.0, width - LEFT - RIGHT - GAP * (len(COLUMNS) - 1)) / sum(COLUMNS)
        tall = max(40.0, height - TOP - BOTTOM)
        low = 0.3 * tall
        left = float(LEFT)
        boxes: list[tuple[float, float, float, float]] = []
        for share in COLUMNS:
            boxes.append((left, BOTTOM, share * unit, tall))
            left += share * unit + GAP
        x, y, w, h = boxes[0]
        places = [(x, y + low + 6, w, h - low - 6), (x, y, w, low), *boxes[1:]]
        for panel, (x, y, w, h) in zip(self.panels.values(), places, strict=True):
            panel.axes.set_position((x / width, y / height, w / width, h / height))
        self._place_legend()

    def _label(self, axes: Axes, title: str, x_label: str, y_label: str) -> None:
        axes.set_title(title, fontsize=FONT + 0.5, color=colours.TEXT, loc="left", pad=4)
        axes.set_xlabel(x_label, fontsize=FONT, color=colours.TEXT, labelpad=2)
        axes.set_ylabel(y_label, fontsize=FONT, color=colours.TEXT, labelpad=3)

    def _place_legend(self) -> None:
        width, height = self._size
        self._legend.set_bbox_to_anchor((LEFT / width, 1.0 - 2 / height))

    def _make_legend(self, *, with_trust: bool) -> Any:
        held_out = (
            Patch(facecolor=colours.SIMULATION, alpha=0.28, lw=0),
            Line2D([], [], color=colours.SIMULATION, lw=1.2, ls=(0, (3, 1.5))),
        )
        handles: list[Any] = [
            Line2D([], [], color=colours.GENERATED, lw=2),
            Line2D([], [], color=colours.SIMULATION, lw=1.5),
            held_out,
        ]
        labels = ["generated", "simulation shown", "held-out median, 16\N{EN DASH}84 %"]
        if with_trust:
            handles.append(Patch(facecolor=colours.MUTED, alpha=0.3, lw=0))
            labels.append("not trusted to 5 %")
        legend = self.figure.legend(
            handles, labels, ncols=4, loc="upper left", frameon=False, fontsize=FONT + 0.5,
            labelcolor=colours.TEXT, handlelength=2.2, columnspacing=1.3, borderpad=0.2, borderaxespad=0.0,
        )  # fmt: skip
        return legend

    def _on_canvas_drawn(self, _event: object) -> None:
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self._draw_artists()

    def _draw_artists(self) -> None:
        for artist in self.artists:
            (artist.axes or self.figure).draw_artist(artist)


def _nowhere() -> None:
    """Stand in for a canvas before there is one."""


def _dress(axes: Axes) -> None:
    axes.set_facecolor(colours.PANEL)
    axes.tick_params(which="both", colors=colours.MUTED, labelsize=FONT - 0.5, length=3, pad=2)
    axes.tick_params(which="minor", length=1.5)
    axes.grid(visible=True, which="major", color=colours.LINE, lw=0.6)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_color(colours.LINE)


def _log(axes: Axes, which: str, limits: tuple[float, float], *, labels: bool = True) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(*limits)
    if which == "x":
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}") if labels else NullFormatter())
    else:
        axis.set_major_locator(LogLocator(numticks=5))
        axis.set_major_formatter(FuncFormatter(_power_of_ten))
    axis.set_minor_locator(NullLocator())


def _power_of_ten(value: float, _position: int) -> str:
    exponent = round(np.log10(value))
    return f"{value:g}" if -1 <= exponent <= 2 else "10" + str(exponent).translate(SUPERSCRIPTS)


def _positive_range(curves: list[Curves], lowest: float) -> tuple[float, float]:
    parts = [
        values
        for curve in curves
        for values in (curve.generated, curve.reference, curve.low, curve.high)
        if values is not None
    ]
    values = np.concatenate(parts)
    values = values[np.isfinite(values) & (values >= lowest)]
    return (float(values.min()), float(values.max())) if values.size else (lowest, 1.0)
