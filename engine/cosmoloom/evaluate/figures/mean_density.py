"""How the mean density differs from field to field, one panel per redshift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import MODEL, SIMULATION, add_caption, new_figure, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def mean_density_figure(evaluation: Evaluation) -> Figure:
    """Draw the cumulative distributions, in which every field is seen and no bin is chosen."""
    rows = evaluation.comparisons
    figure = new_figure(2.9 * len(rows) + 0.6, 3.9)
    axes = figure.subplots(1, len(rows), sharey=True, squeeze=False)[0]
    for row, axis in zip(rows, axes, strict=True):
        for values, colour, label in (
            (row.simulation.mean_density, SIMULATION, "simulations"),
            (row.model.mean_density, MODEL, "model"),
        ):
            share = np.arange(1, len(values) + 1) / len(values)
            axis.step(np.sort(values), share, where="post", color=colour, lw=1.5, label=label)
            axis.axvline(values.mean(), ymax=1 / 1.3, color=colour, lw=1.0, ls=(0, (4, 2)))
        axis.set(title=title_of(row), xlabel=r"mean $\rho/\bar\rho$ of a field", ylim=(0, 1.3))
        texts = [
            f"{name}: {values.mean():.3f} $\\pm$ {values.std(ddof=1):.3f}"
            for name, values in (("sim.", row.simulation.mean_density), ("model", row.model.mean_density))
        ]
        axis.text(0.03, 0.98, "\n".join(texts), transform=axis.transAxes, va="top", fontsize=8)
        axis.set_yticks(np.linspace(0, 1, 6))  # room for the numbers above
    axes[0].set_ylabel("share of fields below")
    axes[0].legend(fontsize=9, frameon=False, loc="lower right")
    add_caption(figure, evaluation, "Dashed: means.  Numbers: mean and standard deviation among fields.")
    return figure
