"""A plot: one statistic's axes, which keep their limits while curves change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom_explorer.plots.curve_panel import CurvePanel
from cosmoloom_explorer.plots.dressing import dress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from cosmoloom.live_statistics import Curves, LiveStatistics

Place = tuple[float, float, float, float]
"""Left, bottom, width and height [pixels]."""


class Plot:
    """Axes of one statistic, made once and hidden while nobody wants them.

    Parameters
    ----------
    figure : Figure
        Where they are.
    names : sequence of str
        One panel each, by the names of their curves.
    steps, with_band : bool
        As in :class:`CurvePanel`.
    width : float
        Share of the figure beside plots of width 1.
    """

    def __init__(
        self, figure: Figure, names: Sequence[str], *, steps: bool = False, with_band: bool = True, width: float = 1.0
    ) -> None:
        self.width = width
        self.panels = {
            name: CurvePanel(figure.add_axes((0, 0, 1, 1)), steps=steps, with_band=with_band) for name in names
        }
        for panel in self.panels.values():
            dress(panel.axes)

    def show(self, statistics: LiveStatistics) -> None:
        """Put new statistics into the artists."""
        for name, panel in self.panels.items():
            panel.show(curves_of(statistics, name))

    def fit(self, examples: Sequence[LiveStatistics]) -> None:
        """Choose limits that hold for all of the given statistics."""

    def fits(self, _statistics: LiveStatistics) -> bool:
        """Tell whether the axes show at least half of every generated curve."""
        return True

    def place(self, place: Place, size: tuple[float, float]) -> None:
        """Lay the panels out in a part of a figure of this width and height [pixels]."""
        for panel, (x, y, w, h) in zip(self.panels.values(), self._split(place), strict=True):
            panel.axes.set_position((x / size[0], y / size[1], w / size[0], h / size[1]))

    def set_visible(self, visible: bool) -> None:
        """Show or hide all panels."""
        for panel in self.panels.values():
            panel.axes.set_visible(visible)

    def _split(self, place: Place) -> list[Place]:
        return [place]

    def _curves(self, examples: Sequence[LiveStatistics], name: str) -> list[Curves]:
        found = (curves_of(statistics, name) for statistics in examples)
        return [curves for curves in found if curves is not None]


def curves_of(statistics: LiveStatistics, name: str) -> Curves | None:
    """Return the curves of a name; None where they were not measured."""
    found: Curves | None = statistics.further.get(name) or getattr(statistics, name, None)
    return found


def value_range(curves: Sequence[Curves], lowest: float = -np.inf) -> tuple[float, float] | None:
    """Return the least and the largest value of all curves that is at least ``lowest``; None where there is none."""
    every = [
        values
        for curve in curves
        for values in (curve.generated, curve.reference, curve.low, curve.high)
        if values is not None
    ]
    values = np.concatenate(every) if every else np.zeros(0)
    values = values[np.isfinite(values) & (values >= lowest)]
    return (float(values.min()), float(values.max())) if values.size else None


def mostly_shown(panel: CurvePanel, curves: Curves | None, lowest: float = -np.inf) -> bool:
    """Tell whether at least half of a generated curve lies within the axes; values below ``lowest`` do not count."""
    if curves is None:
        return True
    low, high = panel.axes.get_ylim()
    drawn = np.isfinite(curves.generated) & (curves.generated >= lowest)
    inside = drawn & (curves.generated >= low) & (curves.generated <= high)
    return bool(np.count_nonzero(inside) >= 0.5 * np.count_nonzero(drawn))
