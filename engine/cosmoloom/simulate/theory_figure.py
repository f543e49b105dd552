"""Picture of simulated power over theory, one panel per redshift."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from cosmoloom.simulate.trusted import trust_sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.simulate.theory import TheoryComparison


def theory_figure(comparisons: Sequence[TheoryComparison]) -> Figure:
    """Draw measured over linear and over HMcode power against k.

    Parameters
    ----------
    comparisons : sequence of TheoryComparison
        One panel each.

    Returns
    -------
    matplotlib.figure.Figure
        Belongs to no window; save it.
    """
    from matplotlib.figure import Figure

    columns = min(4, len(comparisons))
    rows = ceil(len(comparisons) / columns)
    figure = Figure(figsize=(3.2 * columns, 2.8 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axis, row in zip(axes.flat, comparisons, strict=False):
        theories = ((row.linear, "C1", "linear theory"), (row.nonlinear, "C0", "HMcode 2020"))
        for theory, colour, label in theories:
            ratio, spread = row.power / theory, row.scatter / theory
            axis.fill_between(row.k, ratio - spread, ratio + spread, color=colour, alpha=0.25, lw=0)
            axis.plot(row.k, ratio, color=colour, lw=1.3, label=f"over {label}")
        axis.axhline(1.0, color="0.5", lw=0.8)
        if row.trusted is not None:
            axis.axvline(row.trusted, color="0.6", lw=0.8, ls=":")
        axis.set(xscale="log", ylim=(0.7, 1.3), title=f"z = {row.redshift:g}")
    for axis in axes.flat[len(comparisons) :]:
        axis.set_axis_off()
    for axis in axes[-1]:
        axis.set_xlabel("k [h/Mpc]")
    for axis in axes[:, 0]:
        axis.set_ylabel("P simulated / P theory")
    axes[0, 0].legend(fontsize=8, loc="upper left", frameon=False)
    n_boxes = comparisons[0].n_boxes
    trust = trust_sentence({row.redshift: row.trusted for row in (comparisons[0], comparisons[-1])})
    figure.suptitle(
        f"Mean of {n_boxes} particle-mesh boxes; bands: one standard deviation among them"
        + (f"\nDotted: {trust[0].lower()}{trust[1:]}" if trust else "")
    )
    return figure
