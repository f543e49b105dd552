"""Live statistics in one figure: two to four plots beside each other, chosen by a person.

All axes are made once.  An update gives the prepared artists new data and blits them.  Numbers that change (see
:func:`cosmoloom_explorer.readouts.statistics_text`) belong to the view: drawing one text takes as long as all
curves of a panel.  Axes, which take longer, are drawn in steps that a view spreads over turns of its loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from cosmoloom_explorer import colours
from cosmoloom_explorer.plots.dressing import FONT, still_parts
from cosmoloom_explorer.plots.linear_plots import BispectrumPlot, DicePlot, MinkowskiPlot
from cosmoloom_explorer.plots.logarithmic_plots import MassPlot, PeaksPlot, PowerPlot
from cosmoloom_explorer.plots.names import DEFAULT_PLOTS, PLOTS, checked_plots

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom_explorer.plots.curve_panel import CurvePanel, Values
    from cosmoloom_explorer.plots.plot import Plot

DPI = 100
LEFT, RIGHT, TOP, BOTTOM, GAP = 62, 14, 42, 40, 66
"""Margins and the gap between columns [pixels at a device pixel ratio of one]."""


class StatisticsFigure:
    """Figure of the live statistics; give it a canvas by ``canvas_class(figure.figure)`` and :meth:`attach`."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(14.0, 2.6), dpi=DPI, facecolor=colours.BACKGROUND)
        made = (PowerPlot, MassPlot, PeaksPlot, DicePlot, BispectrumPlot, MinkowskiPlot)
        self.plots: dict[str, Plot] = {name: kind(self.figure) for name, kind in zip(PLOTS, made, strict=True)}
        self.panels: dict[str, CurvePanel] = {
            name: panel for plot in self.plots.values() for name, panel in plot.panels.items()
        }
        self._shown: tuple[str, ...] = DEFAULT_PLOTS
        self._with_trust = False
        self._legend = self._make_legend(with_trust=False)
        self._canvas: Any = None
        self._present: Callable[[], None] = _nowhere
        self._background: Any = None
        self._size = (0.0, 0.0)
        self._statistics: LiveStatistics | None = None
        self._arrange()

    @property
    def shown(self) -> tuple[str, ...]:
        """Names of the plots shown."""
        return self._shown

    @property
    def artists(self) -> tuple[Artist, ...]:
        """Everything that an update redraws."""
        shown = (panel for name in self._shown for panel in self.plots[name].panels.values())
        return tuple(artist for panel in shown for artist in panel.artists)

    def attach(self, canvas: Any, present: Callable[[], None]) -> None:
        """Draw on an Agg canvas.

        Parameters
        ----------
        canvas : FigureCanvasAgg
            A canvas made with :attr:`figure`.
        present : callable
            Brings new pixels of the canvas to the screen.
        """
        self._canvas, self._present = canvas, present

    def choose(self, names: Sequence[str]) -> None:
        """Show these plots; draw them by :meth:`redraw` or :meth:`steps`.

        Raises
        ------
        InvalidInputError
            As :func:`cosmoloom_explorer.plots.checked_plots`.
        """
        self._shown = checked_plots(names)
        self._background = None
        self._arrange()

    def show(self, statistics: LiveStatistics) -> None:
        """Put new statistics into the artists and blit them."""
        self._statistics = statistics
        for name in self._shown:
            self.plots[name].show(statistics)
        self.blit()

    def blit(self) -> None:
        """Bring changed artists to the screen; axes stay as they are."""
        if self._canvas is not None and self._background is not None:
            self._canvas.restore_region(self._background)
            self._draw_artists()
            self._present()

    def fit(self, examples: Sequence[LiveStatistics]) -> None:
        """Choose limits that hold for all of the given statistics, so that later updates only blit; then draw."""
        self._fit(examples)
        self.redraw()

    def fit_in_steps(self, examples: Sequence[LiveStatistics]) -> Iterator[None]:
        """As :meth:`fit`, drawn as by :meth:`steps`."""
        self._fit(examples)
        return self.steps()

    def fits(self, statistics: LiveStatistics) -> bool:
        """Tell whether the axes show at least half of every generated curve."""
        return all(self.plots[name].fits(statistics) for name in self._shown)

    def forget(self) -> None:
        """Drop the trails of the last states."""
        for panel in self.panels.values():
            panel.forget()

    def show_trail(self, shown: bool) -> None:
        """Show the trails of the last states, or hide them."""
        for panel in self.panels.values():
            panel.trail.set_visible(shown)
        self.blit()

    def show_brush(self, name: str, chosen: tuple[float, float] | None) -> None:
        """Mark a part of a plot's x axis; None marks nothing."""
        for panel in self.plots[name].panels.values():
            panel.show_brush(chosen)
        self.blit()

    def show_region(self, name: str, x: Values, values: Values) -> None:
        """Add the curve of a region of the field to a panel; empty arrays take it away."""
        self.panels[name].show_region(x, values)
        self.blit()

    def under(self, x: float, y: float) -> tuple[str, float] | None:
        """Return the plot below a point and its position on that plot's x axis.

        Parameters
        ----------
        x, y : float
            Pixels of the figure from its upper left corner.
        """
        upwards = self.figure.bbox.height - y
        for name in self._shown:
            for panel in self.plots[name].panels.values():
                if panel.axes.bbox.contains(x, upwards):
                    return name, float(panel.axes.transData.inverted().transform((x, upwards))[0])
        return None

    def redraw(self) -> None:
        """Draw everything anew, axes included."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[None]:
        """Draw everything anew, an axis or a text at a time; only the last step brings it to the screen."""
        if self._canvas is None:
            return
        self._background = None
        self._arrange()
        renderer = self._canvas.get_renderer()
        renderer.clear()
        self.figure.patch.draw(renderer)
        yield
        self._legend.draw(renderer)
        yield
        for name in self._shown:
            for panel in self.plots[name].panels.values():
                for part in still_parts(panel.axes):
                    part.draw(renderer)
                    if isinstance(part, Axis | Text):  # what else there is takes no time
                        yield
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        if self._statistics is not None:  # a plot that was hidden has not seen them
            for name in self._shown:
                self.plots[name].show(self._statistics)
        self.blit()

    def resize(self, width: float, height: float) -> None:
        """Take another size [pixels]; draw by :meth:`redraw` or :meth:`steps`."""
        self.figure.set_size_inches(width / self.figure.dpi, height / self.figure.dpi, forward=False)
        self._background = None
        self._arrange()

    def _arrange(self) -> None:
        """Place the panels for the figure's size in pixels; margins stay as wide as their text."""
        scale = self.figure.dpi / DPI
        width, height = self.figure.bbox.width / scale, self.figure.bbox.height / scale
        if min(width, height) < 40:
            return
        self._size = (width, height)
        shares = [self.plots[name].width for name in self._shown]
        unit = max(40.0, width - LEFT - RIGHT - GAP * (len(shares) - 1)) / sum(shares)
        tall = max(40.0, height - TOP - BOTTOM)
        left = float(LEFT)
        for name, plot in self.plots.items():
            plot.set_visible(name in self._shown)
        for name, share in zip(self._shown, shares, strict=True):
            self.plots[name].place((left, BOTTOM, share * unit, tall), self._size)
            left += share * unit + GAP
        self._legend.set_bbox_to_anchor((LEFT / width, 1.0 - 2 / height))

    def _fit(self, examples: Sequence[LiveStatistics]) -> None:
        for plot in self.plots.values():
            plot.fit(examples)
        with_trust = any(statistics.trusted_k is not None for statistics in examples)
        if with_trust != self._with_trust:
            self._with_trust = with_trust
            self._legend.remove()
            self._legend = self._make_legend(with_trust=with_trust)
        self._arrange()

    def _make_legend(self, *, with_trust: bool) -> Any:
        held_out = (
            Patch(facecolor=colours.SIMULATION, alpha=0.28, lw=0),
            Line2D([], [], color=colours.SIMULATION, lw=1.2, ls=(0, (3, 1.5))),
        )
        bin_outside = Line2D(
            [], [], color=colours.GENERATED, ls="none", marker="o", ms=3.6, mec=colours.BACKGROUND, mew=0.6
        )
        handles: list[Any] = [
            Line2D([], [], color=colours.GENERATED, lw=2),
            Line2D([], [], color=colours.GENERATED, lw=1, alpha=0.4),
            Line2D([], [], color=colours.SIMULATION, lw=1.5),
            held_out,
            bin_outside,
        ]
        labels = [
            "generated", "before", "simulation shown", "held-out median, 16\N{EN DASH}84 %", "bin outside of these"
        ]  # fmt: skip
        if with_trust:
            handles.append(Patch(facecolor=colours.MUTED, alpha=0.3, lw=0))
            labels.append("not trusted to 5 %")
        return self.figure.legend(
            handles, labels, ncols=6, loc="upper left", frameon=False, fontsize=FONT + 0.5,
            labelcolor=colours.TEXT, handlelength=2.2, columnspacing=1.3, borderpad=0.2, borderaxespad=0.0,
        )  # fmt: skip

    def _draw_artists(self) -> None:
        for artist in self.artists:
            (artist.axes or self.figure).draw_artist(artist)


def _nowhere() -> None:
    """Stand in for a canvas before there is one."""
