"""How the mean density differs from field to field, one panel per redshift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import (
    SIMULATION,
    add_caption,
    coloured,
    first_of_rows,
    redshift_panels,
    title_of,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def mean_density_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw the cumulative distributions, in which every field is seen and no bin is chosen."""
    rows = evaluations[0].comparisons
    figure, axes = redshift_panels(len(rows))
    top = 1.12 + 0.09 * (1 + len(evaluations))  # room for the numbers above
    for index, (row, axis) in enumerate(zip(rows, axes, strict=True)):
        sets = [("simulations", row.simulation.mean_density, SIMULATION)]
        sets += [(e.name, e.comparisons[index].model.mean_density, colour) for e, colour in coloured(evaluations)]
        for line, (label, values, colour) in enumerate(sets):
            share = np.arange(1, len(values) + 1) / len(values)
            axis.step(np.sort(values), share, where="post", color=colour, lw=1.5, label=label)
            axis.axvline(values.mean(), ymax=1 / top, color=colour, lw=1.0, ls=(0, (4, 2)))
            text = f"{label}: {values.mean():.3f} $\\pm$ {values.std(ddof=1):.3f}"
            axis.text(0.03, 0.98 - 0.07 * line, text, transform=axis.transAxes, va="top", fontsize=8, color=colour)
        axis.set(title=title_of(row), xlabel=r"mean $\rho/\bar\rho$ of a field", ylim=(0, top))
        axis.set_yticks(np.linspace(0, 1, 6))
    for axis in first_of_rows(axes):
        axis.set_ylabel("share of fields below")
    add_caption(figure, evaluations, "Dashed: means.  Numbers: mean and standard deviation among fields.")
    return figure
