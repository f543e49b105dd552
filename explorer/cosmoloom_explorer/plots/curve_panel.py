"""One statistic as a small plot whose artists are made once and then only given new data."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.cbook import pts_to_midstep
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from cosmoloom_explorer import colours

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from cosmoloom.live_statistics import Curves

Values = NDArray[np.float64]
NOTHING: Values = np.zeros(0)
TRAIL = 6
"""States before the one shown that leave a trace."""
FAINTEST, BRIGHTEST = 0.08, 0.45
"""Opacity of the oldest and of the newest of them."""


class CurvePanel:
    """Generated field with the trail of its last states, reference and held-out band of one statistic.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    steps : bool
        Draw histograms as steps.
    with_band : bool
        Whether the statistic has a held-out median and band.
    """

    def __init__(self, axes: Axes, *, steps: bool = False, with_band: bool = True) -> None:
        self.axes = axes
        self._steps, self._with_band = steps, with_band
        self._past: deque[tuple[Values, Values]] = deque(maxlen=TRAIL)
        self._last: tuple[Values, Values] | None = None
        style = "steps-mid" if steps else "default"
        self.beyond = axes.axvspan(1.0, 1.0, color=colours.MUTED, alpha=0.16, linewidth=0, animated=True, visible=False)
        self.brush = axes.axvspan(1.0, 1.0, color=colours.TEXT, alpha=0.22, linewidth=0, animated=True, visible=False)
        self.band = axes.fill_between(
            [], [], [], color=colours.SIMULATION, alpha=0.28, linewidth=0, animated=True,
            step="mid" if steps else None, visible=with_band,
        )  # fmt: skip
        self.trail = LineCollection([], colors=colours.GENERATED, linewidths=1.0, animated=True)
        axes.add_collection(self.trail, autolim=False)
        (self.median,) = axes.plot(
            [], [], color=colours.SIMULATION, lw=1.2, ls=(0, (4, 2)), drawstyle=style, animated=True
        )
        (self.reference,) = axes.plot([], [], color=colours.SIMULATION, lw=1.4, drawstyle=style, animated=True)
        (self.generated,) = axes.plot([], [], color=colours.GENERATED, lw=1.9, drawstyle=style, animated=True)
        (self.region,) = axes.plot(
            [], [], color=colours.TEXT, lw=1.3, ls=(0, (1, 1)), drawstyle=style, animated=True
        )
        (self.outside,) = axes.plot(
            [], [], color=colours.GENERATED, ls="none", marker="o", ms=3.0, mec=colours.BACKGROUND, mew=0.6,
            animated=True,
        )  # fmt: skip

    @property
    def artists(self) -> tuple[Artist, ...]:
        """What is redrawn on every update, from back to front."""
        return (
            self.beyond, self.brush, self.band, self.trail, self.median, self.reference, self.generated, self.region,
            self.outside,
        )  # fmt: skip

    def show(self, curves: Curves | None) -> None:
        """Put new data into the artists; None empties them."""
        if curves is None:
            self._empty()
            return
        floor = self._floor()
        self._remember(curves, floor)
        self.generated.set_data(curves.x, _above(curves.generated, floor))
        for line, values in ((self.reference, curves.reference), (self.median, curves.median)):
            line.set_data(*((NOTHING, NOTHING) if values is None else (curves.x, _above(values, floor))))
        if curves.low is None or curves.high is None:
            self.band.set_data(NOTHING, NOTHING, NOTHING)
            self.outside.set_data(NOTHING, NOTHING)
        else:
            self.band.set_data(curves.x, _above(curves.low, floor), _above(curves.high, floor))
            out = (curves.generated < curves.low) | (curves.generated > curves.high)
            self.outside.set_data(curves.x[out], _above(curves.generated[out], floor))
        if curves.untrusted is not None:
            self._shade(*curves.untrusted)

    def show_trust(self, trusted: float | None) -> None:
        """Shade what lies beyond a value of the x axis; None shades nothing."""
        high = self.axes.get_xlim()[1]
        if trusted is None or trusted >= high:
            self.beyond.set_visible(False)
        else:
            self._shade(trusted, high)

    def show_brush(self, chosen: tuple[float, float] | None) -> None:
        """Mark a chosen part of the x axis; None marks nothing."""
        self.brush.set_visible(chosen is not None)
        if chosen is not None:
            self.brush.set(x=chosen[0], width=chosen[1] - chosen[0])

    def show_region(self, x: Values, values: Values) -> None:
        """Show the same statistic of a region of the generated field; empty arrays show none."""
        self.region.set_data(x, _above(values, self._floor()))

    def forget(self) -> None:
        """Drop the trail, say because the field belongs to another model."""
        self._past.clear()
        self._last = None
        self.trail.set_segments([])

    def _remember(self, curves: Curves, floor: float | None) -> None:
        last, self._last = self._last, (curves.x, curves.generated)
        if last is None or np.array_equal(last[1], curves.generated):
            return
        self._past.append(last)
        self.trail.set_segments([self._path(x, _above(values, floor)) for x, values in self._past])
        self.trail.set_alpha(np.linspace(FAINTEST, BRIGHTEST, TRAIL)[TRAIL - len(self._past) :].tolist())

    def _path(self, x: Values, y: Values) -> Values:
        return np.column_stack(tuple(pts_to_midstep(x, y)) if self._steps else (x, y))

    def _empty(self) -> None:
        for line in (self.median, self.reference, self.generated, self.outside):
            line.set_data(NOTHING, NOTHING)
        self.band.set_data(NOTHING, NOTHING, NOTHING)
        self.forget()

    def _shade(self, low: float, high: float) -> None:
        self.beyond.set(x=low, width=max(high - low, 0.0), visible=True)

    def _floor(self) -> float | None:
        """Return the value that stands in for zero: just below the axis where that is logarithmic."""
        return 1e-3 * self.axes.get_ylim()[0] if self.axes.get_yscale() == "log" else None


def _above(values: Values, floor: float | None) -> Values:
    return values if floor is None else np.maximum(values, floor)
