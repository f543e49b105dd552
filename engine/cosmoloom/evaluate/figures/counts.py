"""Histograms of density and of peak heights with their ratio below, one column per redshift."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.bootstrap import Estimate
from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.figures.canvas import (
    DENSITY_LABEL,
    MODEL,
    SIMULATION,
    add_caption,
    draw_band,
    new_figure,
    panels_with_ratio,
    title_of,
)
from cosmoloom.evaluate.samples import Band, SampleStatistics, Values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation

FEWEST = 0.3
"""Bins that hold fewer than this on average are too noisy to draw."""


def mass_figure(evaluation: Evaluation) -> Figure:
    """Draw voxels per bin of density."""
    return _counts_figure(
        evaluation,
        lambda s: (s.mass_edges, s.mass),
        lambda row: row.mass_ratio,
        y_label="voxels per 0.1 dex and field",
        x_label=DENSITY_LABEL,
    )


def peak_figure(evaluation: Evaluation) -> Figure:
    """Draw peaks per bin of height."""
    return _counts_figure(
        evaluation,
        lambda s: (s.peak_edges, s.peaks),
        lambda row: row.peak_ratio,
        y_label="peaks per 0.2 dex and field",
        x_label=DENSITY_LABEL + " at the peak",
    )


def _counts_figure(
    evaluation: Evaluation,
    counts_of: Callable[[SampleStatistics], tuple[Values, Values]],
    ratio_of: Callable[[Comparison], Estimate],
    *,
    y_label: str,
    x_label: str,
) -> Figure:
    rows = evaluation.comparisons
    figure = new_figure(2.9 * len(rows) + 0.6, 6.0)
    top, bottom = panels_with_ratio(figure, len(rows))
    for row, upper, lower in zip(rows, top, bottom, strict=True):
        (edges, simulated), (_, sampled) = counts_of(row.simulation), counts_of(row.model)
        centres = (edges[1:] + edges[:-1]) / 2
        for counts, colour, label in (
            (simulated, SIMULATION, "held-out simulations"),
            (sampled, MODEL, "model"),
        ):
            shown = counts.mean(0) > FEWEST
            band = Band.of(counts[:, shown])
            draw_band(upper, centres[shown], band, colour=colour, label=label, floor=FEWEST)
        ratio, shown = ratio_of(row), (simulated.mean(0) > FEWEST) & (sampled.mean(0) > 0)
        lower.fill_between(centres[shown], ratio.low[shown], ratio.high[shown], color=MODEL, alpha=0.3, lw=0)
        lower.plot(centres[shown], ratio.value[shown], color=MODEL, lw=1.5)
        upper.set(yscale="log", title=title_of(row))
        lower.set_xlabel(x_label)
        both = np.flatnonzero((simulated.mean(0) > FEWEST) | (sampled.mean(0) > FEWEST))
        upper.set_xlim(edges[both[0]], edges[both[-1] + 1])
    top[0].set_ylim(bottom=FEWEST)
    bottom[0].set_ylim(0, 2.5)
    top[0].set_ylabel(y_label)
    bottom[0].set_ylabel("ratio of means")
    top[0].legend(fontsize=9, frameon=False, loc="best")
    more = (
        "Above: mean and 16-84 % of single fields.  Below: model over held-out simulations with its "
        f"bootstrap error.  Bins with fewer than {FEWEST:g} on average are left out."
    )
    add_caption(figure, evaluation, more)
    return figure
