"""Plots with linear axes: Dice, reduced bispectrum, Minkowski functionals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosmoloom_explorer import colours
from cosmoloom_explorer.plots.dressing import FONT, few_ticks, label
from cosmoloom_explorer.plots.plot import Place, Plot, mostly_shown, value_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from cosmoloom.live_statistics import LiveStatistics

MINKOWSKI = (
    ("V\u2080 volume share", 0),
    ("V\u2081 [h/Mpc]", 1),
    ("V\u2082 [(h/Mpc)\u00b2]", 2),
    ("V\u2083 [(h/Mpc)\u00b3]", 3),
)
COLUMN_GAP, ROW_GAP = 48, 6
"""Room between the four small panels [pixels]."""


class DicePlot(Plot):
    """Overlap of the densest voxels with those of the simulation shown."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, ("dice",), with_band=False)
        panel = self.panels["dice"]
        label(panel.axes, "Dice with simulation", "densest voxels  [%]", "Dice score")
        panel.axes.set(xlim=(0, 100), ylim=(0, 1))
        panel.median.set_color(colours.MUTED)
        panel.axes.text(
            0.97, 0.06, "dashed: unrelated fields", transform=panel.axes.transAxes, ha="right", fontsize=FONT,
            color=colours.MUTED,
        )  # fmt: skip


class FittedPlot(Plot):
    """A plot whose linear axes are fitted to examples, with some room above and below."""

    def fit(self, examples: Sequence[LiveStatistics]) -> None:
        """Choose limits that hold for all of the given statistics."""
        for name, panel in self.panels.items():
            curves = self._curves(examples, name)
            found = value_range(curves)
            if found is not None:
                low, high = found
                room = 0.08 * (high - low) or 1.0
                panel.axes.set_ylim(low - room, high + room)
                panel.axes.set_xlim(curves[0].x[0], curves[0].x[-1])

    def fits(self, statistics: LiveStatistics) -> bool:
        """Tell whether the axes show at least half of every generated curve."""
        return all(mostly_shown(panel, statistics.further.get(name)) for name, panel in self.panels.items())


class BispectrumPlot(FittedPlot):
    """Reduced bispectrum over the angle between two sides."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, ("reduced_bispectrum",))
        axes = self.panels["reduced_bispectrum"].axes
        label(axes, "Reduced bispectrum, k\u2082 = 2 k\u2081", "angle between k\u2081 and k\u2082  [\u03c0 rad]", "Q")
        axes.set(xlim=(0, 1), ylim=(0, 2))


class MinkowskiPlot(FittedPlot):
    """The four Minkowski functionals of the regions above a threshold, in small panels that share their x axis."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, tuple(f"minkowski_{order}" for _, order in MINKOWSKI), width=1.35)
        for panel, (text, order) in zip(self.panels.values(), MINKOWSKI, strict=True):
            axes = panel.axes
            label(axes, "Minkowski functionals" if order == 0 else "", "", "")
            axes.set(xlim=(-1, 2))
            few_ticks(axes, 3, 2)
            axes.tick_params(labelbottom=order >= 2)
            axes.text(
                0.97, 0.95, text, transform=axes.transAxes, ha="right", va="top", fontsize=FONT - 1,
                color=colours.TEXT,
            )  # fmt: skip
            if order >= 2:
                label(axes, "", "threshold log\u2081\u2080 \u03c1/\u03c1\u0304", "")

    def _split(self, place: Place) -> list[Place]:
        x, y, w, h = place
        wide, tall = (w - COLUMN_GAP) / 2, (h - ROW_GAP) / 2
        upper, right = y + tall + ROW_GAP, x + wide + COLUMN_GAP
        return [(x, upper, wide, tall), (right, upper, wide, tall), (x, y, wide, tall), (right, y, wide, tall)]
