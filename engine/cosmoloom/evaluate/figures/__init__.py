"""Pictures of an evaluation, one file each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.correlation import correlation_figure
from cosmoloom.evaluate.figures.counts import mass_figure, peak_figure
from cosmoloom.evaluate.figures.mean_density import mean_density_figure
from cosmoloom.evaluate.figures.power import power_figure
from cosmoloom.evaluate.figures.slices import slice_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def figures(evaluation: Evaluation) -> Iterator[tuple[str, Figure]]:
    """Yield file names with their figures; each belongs to no window."""
    yield "power.png", power_figure(evaluation)
    yield "mass.png", mass_figure(evaluation)
    yield "peaks.png", peak_figure(evaluation)
    yield "mean_density.png", mean_density_figure(evaluation)
    if evaluation.correlation is not None:
        yield "correlation.png", correlation_figure(evaluation)
    yield "slices.png", slice_figure(evaluation)
