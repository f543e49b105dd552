"""A further statistic with the difference of means below, one panel per redshift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import (
    SIMULATION,
    add_caption,
    coloured,
    draw_band,
    first_of_rows,
    panels_with_residual,
    title_of,
    use_plain_log_axis,
)
from cosmoloom.evaluate.further import Further, difference_in_scatter
from cosmoloom.evaluate.samples import Band

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.comparison import Comparison
    from cosmoloom.evaluate.report import Evaluation


REACH = 20.0
"""Differences beyond this many times the scatter are cut off."""


def further_figure(evaluations: Sequence[Evaluation], statistic: Further) -> Figure:
    """Draw median and band, and the difference of means in units of the scatter of simulations."""
    rows = _first_middle_last(evaluations[0].comparisons)
    figure, top, bottom = panels_with_residual(len(rows), level=0.0, shared=statistic.y_log)
    reach = 1.5
    for row, upper, lower in zip(rows, top, bottom, strict=True):
        simulated = evaluations[0].further[row.redshift][statistic.key][1]
        draw_band(upper, simulated.x, Band.of(simulated.values), colour=SIMULATION, label="held-out simulations")
        lower.axhspan(-1, 1, color="0.92", lw=0, zorder=0)
        for evaluation, colour in coloured(evaluations):
            sampled, _ = evaluation.further[row.redshift][statistic.key]
            draw_band(upper, sampled.x, Band.of(sampled.values), colour=colour, label=evaluation.name)
            difference = difference_in_scatter(sampled, simulated)
            lower.plot(sampled.x, difference, color=colour, lw=1.5)
            reach = max(reach, float(np.nanmax(np.abs(difference), initial=0.0)) * 1.1)
        upper.set(title=title_of(row))
        lower.set_xlabel(statistic.x_label)
    for axis in bottom:
        if statistic.x_log:
            use_plain_log_axis(axis)
    if statistic.y_log:
        top[0].set_yscale("log")
    bottom[0].set_ylim(-min(reach, REACH), min(reach, REACH))
    for axis in first_of_rows(top):
        axis.set_ylabel(statistic.y_label)
    for axis in first_of_rows(bottom):
        axis.set_ylabel("difference\n/ scatter")
    top[0].legend(fontsize=8, frameon=False)
    more = (
        "Above: median and 16-84 % of single fields.  Below: difference of means over the standard deviation among "
        "simulations; shaded, 1."
    )
    add_caption(figure, evaluations, more)
    return figure


def _first_middle_last(rows: Sequence[Comparison]) -> list[Comparison]:
    """Return as many redshifts as stand side by side; all others are in the numbers."""
    return [rows[index] for index in sorted({0, len(rows) // 2, len(rows) - 1})]
