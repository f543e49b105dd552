"""Power spectra with their ratio below, one column per redshift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.comparison import K_MAX
from cosmoloom.evaluate.figures.canvas import (
    MODEL,
    OTHERS,
    SIMULATION,
    add_caption,
    draw_band,
    label_wavenumbers,
    new_figure,
    panels_with_ratio,
    title_of,
)
from cosmoloom.evaluate.samples import Band

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation

WANTED = 0.15


def power_figure(evaluation: Evaluation) -> Figure:
    """Draw mean P(k) with the band of single fields, and the ratio of means with its error."""
    rows = evaluation.comparisons
    figure = new_figure(2.9 * len(rows) + 0.6, 6.0)
    top, bottom = panels_with_ratio(figure, len(rows))
    reach = 0.3
    for row, upper, lower in zip(rows, top, bottom, strict=True):
        k, ratio = row.model.k, row.power_ratio
        draw_band(upper, k, Band.of(row.simulation.power), colour=SIMULATION, label="held-out simulations")
        draw_band(upper, k, Band.of(row.model.power), colour=MODEL, label="model")
        upper.set(yscale="log", title=title_of(row))
        lower.axhspan(1 - WANTED, 1 + WANTED, color="0.9", lw=0, zorder=0)
        lower.fill_between(k, ratio.low, ratio.high, color=MODEL, alpha=0.3, lw=0)
        lower.plot(k, ratio.value, color=MODEL, lw=1.5)
        if row.others_ratio is not None:
            label = "other simulations of the store"
            lower.plot(k, row.others_ratio, color=OTHERS, lw=1.1, ls=(0, (4, 2)), label=label)
        lower.axvline(K_MAX, color="0.6", lw=0.8, ls=":")
        label_wavenumbers(lower)
        reach = max(reach, float(np.nanmax(np.abs(ratio.value - 1))) * 1.15)
    bottom[0].set_ylim(max(0.0, 1 - reach), 1 + min(reach, 1.5))
    top[0].set_ylabel(r"$P(k)$ [(Mpc/$h$)$^3$]")
    bottom[0].set_ylabel("ratio of means")
    top[0].legend(fontsize=9, frameon=False, loc="lower left")
    if bottom[0].get_legend_handles_labels()[0]:
        bottom[0].legend(fontsize=8, frameon=False, loc="best")
    more = (
        "Above: mean and 16-84 % of single fields.  Below: model over held-out simulations with its "
        f"bootstrap error; shaded, {WANTED:.0%}; dotted, the end of the scales judged."
    )
    add_caption(figure, evaluation, more)
    return figure
