"""Plots over decades: power spectrum with ratio, mass histogram, peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MultipleLocator

from cosmoloom_explorer import colours
from cosmoloom_explorer.plots.dressing import label, logarithmic_x, logarithmic_y
from cosmoloom_explorer.plots.plot import Place, Plot, mostly_shown, value_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from cosmoloom.live_statistics import LiveStatistics

RATIO_RANGE = (0.0, 2.0)
SPANS = {"power": (1e-3, 8.0), "mass": (1e-6, 6.0), "peaks": (0.5, 3.5)}
"""The least value that is drawn, and the most decades below the largest."""


class LogarithmicPlot(Plot):
    """A plot whose first panel has a logarithmic y axis."""

    def fit(self, examples: Sequence[LiveStatistics]) -> None:
        """Choose limits that hold for all of the given statistics."""
        name, panel = next(iter(self.panels.items()))
        curves = self._curves(examples, name)
        lowest, decades = SPANS[name]
        low, high = value_range(curves, lowest) or (lowest, 1.0)
        top = 10 ** (np.log10(high) + 0.25)
        panel.axes.set_ylim(max(low / 1.6, top / 10**decades), top)
        self._fit_x(curves[0].x)

    def fits(self, statistics: LiveStatistics) -> bool:
        """Tell whether the axes show at least half of the generated curve."""
        name, panel = next(iter(self.panels.items()))
        return mostly_shown(panel, getattr(statistics, name), SPANS[name][0])

    def _fit_x(self, x: np.ndarray) -> None:
        half = 0.5 * (x[1] - x[0])
        for panel in self.panels.values():
            panel.axes.set_xlim(x[0] - half, x[-1] + half)


class PowerPlot(LogarithmicPlot):
    """P(k), and below it the ratio to the held-out median; what lies beyond the trusted k is shaded."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, ("power", "ratio"), width=1.35)
        power, ratio = (panel.axes for panel in self.panels.values())
        label(power, "Power spectrum", "", "P(k)  [(Mpc/h)\u00b3]")
        label(ratio, "", "k  [h/Mpc]", "/ median")
        logarithmic_x(power, (0.08, 3.6), labels=False)
        logarithmic_y(power, (0.05, 3e4))
        logarithmic_x(ratio, (0.08, 3.6))
        ratio.set_ylim(*RATIO_RANGE)
        ratio.yaxis.set_major_locator(MultipleLocator(1.0))
        ratio.axhline(1.0, color=colours.MUTED, lw=0.8)

    def show(self, statistics: LiveStatistics) -> None:
        """Put new statistics into the artists."""
        super().show(statistics)
        for panel in self.panels.values():
            panel.show_trust(statistics.trusted_k)

    def _fit_x(self, x: np.ndarray) -> None:
        for panel in self.panels.values():
            panel.axes.set_xlim(0.85 * x[0], 1.1 * x[-1])

    def _split(self, place: Place) -> list[Place]:
        x, y, w, h = place
        low = 0.3 * h
        return [(x, y + low + 6, w, h - low - 6), (x, y, w, low)]


class MassPlot(LogarithmicPlot):
    """Share of the voxels per decade of density."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, ("mass",), steps=True)
        axes = self.panels["mass"].axes
        label(axes, "Mass histogram", "log\u2081\u2080 \u03c1/\u03c1\u0304", "voxel share per dex")
        axes.set_xlim(-2.5, 3.0)
        logarithmic_y(axes, (1e-5, 5.0))


class PeaksPlot(LogarithmicPlot):
    """Density peaks by height."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, ("peaks",), steps=True)
        axes = self.panels["peaks"].axes
        label(axes, "Density peaks", "log\u2081\u2080 \u03c1/\u03c1\u0304 at the peak", "peaks per bin")
        axes.set_xlim(-1.0, 3.0)
        logarithmic_y(axes, (0.5, 500.0))
