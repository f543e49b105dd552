"""Power spectra with their ratio below, one panel per redshift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.comparison import K_MAX
from cosmoloom.evaluate.figures.canvas import (
    OTHERS,
    SIMULATION,
    add_caption,
    coloured,
    draw_band,
    first_of_rows,
    label_wavenumbers,
    mark_box_scales,
    panels_with_residual,
    title_of,
    trusted,
)
from cosmoloom.evaluate.samples import Band

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation

WANTED = 0.15
REACH = 2.0
"""Ratios farther than this from 1 are cut off above."""


def power_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw median P(k) with the band of single fields, and the ratio of means with its error."""
    rows = evaluations[0].comparisons
    figure, top, bottom = panels_with_residual(len(rows))
    reach = 0.3
    limits = trusted(evaluations[0])
    for index, (row, upper, lower) in enumerate(zip(rows, top, bottom, strict=True)):
        k = row.model.k
        draw_band(upper, k, Band.of(row.simulation.power), colour=SIMULATION, label="held-out simulations")
        lower.axhspan(1 - WANTED, 1 + WANTED, color="0.92", lw=0, zorder=0)
        for evaluation, colour in coloured(evaluations):
            compared = evaluation.comparisons[index]
            ratio = compared.power_ratio
            draw_band(upper, k, Band.of(compared.model.power), colour=colour, label=evaluation.name)
            lower.fill_between(k, ratio.low, ratio.high, color=colour, alpha=0.25, lw=0)
            lower.plot(k, ratio.value, color=colour, lw=1.5)
            reach = max(reach, float(np.nanmax(np.abs(ratio.value - 1))) * 1.15)
        if row.others_ratio is not None:
            label = "other simulations of the store"
            upper.plot([], [], color=OTHERS, lw=1.1, ls=(0, (4, 2)), label=label)
            lower.plot(k, row.others_ratio, color=OTHERS, lw=1.1, ls=(0, (4, 2)))
        lower.axvline(K_MAX, color="0.6", lw=0.8, ls=":")
        limit = limits[row.redshift]
        if limit is not None and limit < k[-1]:
            for axis in (upper, lower):
                axis.axvspan(limit, float(k[-1]), facecolor="none", edgecolor="0.85", hatch="//", lw=0, zorder=0)
        upper.set(yscale="log", title=title_of(row))
        label_wavenumbers(lower)
        mark_box_scales(upper, evaluations[0])
    bottom[0].set_ylim(max(0.0, 1 - reach), 1 + min(reach, REACH))
    for axis in first_of_rows(top):
        axis.set_ylabel(r"$P(k)$ [(Mpc/$h$)$^3$]")
    for axis in first_of_rows(bottom):
        axis.set_ylabel("ratio of means")
    top[0].legend(fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 0.08))
    more = (
        "Above: median and 16-84 % of single fields.  Below: model over held-out simulations, means, with the "
        f"bootstrap error; shaded, {WANTED:.0%}; dotted, the end of the scales judged; hatched, where the simulations' "
        "own power is less certain."
    )
    add_caption(figure, evaluations, more)
    return figure
