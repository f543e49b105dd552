"""Histograms of density and of peak heights with their ratio below, one panel per redshift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.bootstrap import Estimate
from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.figures.canvas import (
    DENSITY_LABEL,
    SIMULATION,
    add_caption,
    coloured,
    draw_band,
    first_of_rows,
    panels_with_residual,
    title_of,
)
from cosmoloom.evaluate.samples import Band, SampleStatistics, Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation

FEWEST = 0.3
"""Bins that hold fewer than this on average are too noisy to draw."""


def mass_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw voxels per bin of density."""
    return _counts_figure(
        evaluations,
        lambda s: (s.mass_edges, s.mass),
        lambda row: row.mass_ratio,
        y_label="voxels per 0.1 dex and field",
        x_label=DENSITY_LABEL,
    )


def peak_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw peaks per bin of height."""
    return _counts_figure(
        evaluations,
        lambda s: (s.peak_edges, s.peaks),
        lambda row: row.peak_ratio,
        y_label="peaks per 0.2 dex and field",
        x_label=DENSITY_LABEL + " at the peak",
    )


def _counts_figure(
    evaluations: Sequence[Evaluation],
    counts_of: Callable[[SampleStatistics], tuple[Values, Values]],
    ratio_of: Callable[[Comparison], Estimate],
    *,
    y_label: str,
    x_label: str,
) -> Figure:
    rows = evaluations[0].comparisons
    figure, top, bottom = panels_with_residual(len(rows))
    for index, (row, upper, lower) in enumerate(zip(rows, top, bottom, strict=True)):
        edges, simulated = counts_of(row.simulation)
        centres = (edges[1:] + edges[:-1]) / 2
        occupied = _draw_counts(upper, centres, simulated, colour=SIMULATION, label="held-out simulations")
        for evaluation, colour in coloured(evaluations):
            compared = evaluation.comparisons[index]
            _, sampled = counts_of(compared.model)
            occupied |= _draw_counts(upper, centres, sampled, colour=colour, label=evaluation.name)
            ratio, shown = ratio_of(compared), (simulated.mean(0) > FEWEST) & (sampled.mean(0) > 0)
            lower.fill_between(centres[shown], ratio.low[shown], ratio.high[shown], color=colour, alpha=0.25, lw=0)
            lower.plot(centres[shown], ratio.value[shown], color=colour, lw=1.5)
        upper.set(yscale="log", title=title_of(row))
        lower.set_xlabel(x_label)
        both = np.flatnonzero(occupied)
        upper.set_xlim(edges[both[0]], edges[both[-1] + 1])
    top[0].set_ylim(bottom=FEWEST)
    bottom[0].set_ylim(0, 2.5)
    for axis in first_of_rows(top):
        axis.set_ylabel(y_label)
    for axis in first_of_rows(bottom):
        axis.set_ylabel("ratio of means")
    top[0].legend(fontsize=8, frameon=False, loc="lower center")
    more = (
        "Above: median and 16-84 % of single fields.  Below: model over held-out simulations, means, with the "
        f"bootstrap error.  Bins with fewer than {FEWEST:g} on average are left out."
    )
    add_caption(figure, evaluations, more)
    return figure


def _draw_counts(
    axis: Axes, centres: Values, counts: Values, *, colour: str, label: str
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Draw the bins that are occupied, and return which."""
    shown = counts.mean(0) > FEWEST
    draw_band(axis, centres[shown], Band.of(counts[:, shown]), colour=colour, label=label, floor=FEWEST)
    return shown
