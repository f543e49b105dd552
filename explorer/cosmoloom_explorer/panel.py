"""One statistic as a small plot whose artists are made once and then only given new data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer import colours

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from cosmoloom.live_statistics import Curves

Values = NDArray[np.float64]
NOTHING: Values = np.zeros(0)


class CurvePanel:
    """Generated field, reference and held-out band of one statistic.

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
        style = "steps-mid" if steps else "default"
        self.beyond = axes.axvspan(1.0, 1.0, color=colours.MUTED, alpha=0.16, linewidth=0, animated=True, visible=False)
        self.band = axes.fill_between(
            [], [], [], color=colours.SIMULATION, alpha=0.28, linewidth=0, animated=True,
            step="mid" if steps else None, visible=with_band,
        )  # fmt: skip
        (self.median,) = axes.plot(
            [], [], color=colours.SIMULATION, lw=1.2, ls=(0, (4, 2)), drawstyle=style, animated=True
        )
        (self.reference,) = axes.plot([], [], color=colours.SIMULATION, lw=1.4, drawstyle=style, animated=True)
        (self.generated,) = axes.plot([], [], color=colours.GENERATED, lw=1.9, drawstyle=style, animated=True)

    @property
    def artists(self) -> tuple[Artist, ...]:
        """What is redrawn on every update, from back to front."""
        return (self.beyond, self.band, self.median, self.reference, self.generated)

    def show(self, curves: Curves | None) -> None:
        """Put new data into the artists; None empties them."""
        if curves is None:
            for line in (self.median, self.reference, self.generated):
                line.set_data(NOTHING, NOTHING)
            self.band.set_data(NOTHING, NOTHING, NOTHING)
            return
        floor = self._floor()
        self.generated.set_data(curves.x, _above(curves.generated, floor))
        for line, values in ((self.reference, curves.reference), (self.median, curves.median)):
            line.set_data(*((NOTHING, NOTHING) if values is None else (curves.x, _above(values, floor))))
        if curves.low is None or curves.high is None:
            self.band.set_data(NOTHING, NOTHING, NOTHING)
        else:
            self.band.set_data(curves.x, _above(curves.low, floor), _above(curves.high, floor))

    def show_trust(self, trusted: float | None) -> None:
        """Shade what lies beyond a value of the x axis; None shades nothing."""
        high = self.axes.get_xlim()[1]
        self.beyond.set_visible(trusted is not None and trusted < high)
        if trusted is not None:
            self.beyond.set(x=trusted, width=max(high - trusted, 0.0))

    def _floor(self) -> float | None:
        """Return the value that stands in for zero: just below the axis where that is logarithmic."""
        return 1e-3 * self.axes.get_ylim()[0] if self.axes.get_yscale() == "log" else None


def _above(values: Values, floor: float | None) -> Values:
    return values if floor is None else np.maximum(values, floor)
