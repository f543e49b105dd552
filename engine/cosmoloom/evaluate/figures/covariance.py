"""Scatter of power and its correlation among scales, beside those of the simulations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.comparison import K_MAX
from cosmoloom.evaluate.figures.canvas import (
    K_LABEL,
    SIMULATION,
    add_caption,
    coloured,
    label_wavenumbers,
    mark_box_scales,
    new_figure,
)
from cosmoloom.evaluate.samples import Values
from cosmoloom.statistics.covariance import covariance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def covariance_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw the ratio of scatters, and correlation matrices of P(k), at the last redshift."""
    rows = [evaluation.comparisons[-1] for evaluation in evaluations]
    sets = [("held-out simulations", rows[0].simulation.power)]
    if rows[0].others is not None:
        sets.append(("other simulations", rows[0].others.power))
    sets += [(e.name, row.model.power) for e, row in zip(evaluations, rows, strict=True)]
    width = max(3.1 * len(sets), 7.0)
    figure = new_figure(width + 0.9, 6.6)
    grid = figure.add_gridspec(2, 1, height_ratios=[1, 1.15])
    upper, lower = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    axis = upper.subplots()
    axis.axhline(1.0, color=SIMULATION, lw=0.8)
    for (evaluation, colour), row in zip(coloured(evaluations), rows, strict=True):
        ratio = row.power_scatter_ratio
        axis.fill_between(row.model.k, ratio.low, ratio.high, color=colour, alpha=0.25, lw=0)
        axis.plot(row.model.k, ratio.value, color=colour, lw=1.5, label=evaluation.name)
    axis.axvline(K_MAX, color="0.6", lw=0.8, ls=":")
    axis.set_ylim(bottom=min(0.5, 0.7 * min(float(np.nanmin(row.power_scatter_ratio.low)) for row in rows)))
    axis.set(yscale="log", ylabel="scatter of $P(k)$\nover the simulations'", title=f"$z = {rows[0].redshift:g}$")
    label_wavenumbers(axis)
    mark_box_scales(axis, evaluations[0])
    axis.legend(frameon=False, fontsize=8)
    axes = lower.subplots(1, len(sets), sharey=True, squeeze=False)[0]
    k = rows[0].model.k
    edges = np.append(k - k[0] / 2, k[-1] + k[0] / 2)
    for panel, (label, power) in zip(axes, sets, strict=True):
        image = panel.pcolormesh(edges, edges, correlation_matrix(power), vmin=-1, vmax=1, cmap="RdBu_r")
        panel.set(title=f"{label} ({len(power)})", xlabel=K_LABEL, aspect="equal")
        panel.title.set_fontsize(10)
    axes[0].set_ylabel(K_LABEL)
    lower.colorbar(image, ax=list(axes), label="correlation of $P(k)$", shrink=0.9, pad=0.01)
    add_caption(
        figure, evaluations,
        "Above: standard deviation among samples over that among simulations, with its bootstrap error.  Below: "
        "correlation coefficients of the power at two wavenumbers; in brackets, the number of fields.",
    )
    return figure


def correlation_matrix(power: Values) -> Values:
    """Return the correlation coefficients of bins, shape (m, m), from one row per field; 0 where none varies."""
    return np.asarray(np.nan_to_num(covariance(power).numpy().correlation), dtype=np.float64)
