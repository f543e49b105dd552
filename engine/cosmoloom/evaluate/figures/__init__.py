"""Pictures of an evaluation, one file each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.correlation import correlation_figure
from cosmoloom.evaluate.figures.counts import mass_figure, peak_figure
from cosmoloom.evaluate.figures.covariance import covariance_figure
from cosmoloom.evaluate.figures.diversity import diversity_figure
from cosmoloom.evaluate.figures.further import further_figure
from cosmoloom.evaluate.figures.mean_density import mean_density_figure
from cosmoloom.evaluate.figures.power import power_figure
from cosmoloom.evaluate.figures.slices import slice_figure
from cosmoloom.evaluate.further import FURTHER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def figures(evaluations: Sequence[Evaluation]) -> Iterator[tuple[str, Figure]]:
    """Yield names with their figures, in the order of the page; each belongs to no window."""
    yield "slices", slice_figure(evaluations)
    yield "power", power_figure(evaluations)
    yield "covariance", covariance_figure(evaluations)
    yield "mass", mass_figure(evaluations)
    yield "peaks", peak_figure(evaluations)
    yield "mean_density", mean_density_figure(evaluations)
    for statistic in FURTHER:
        yield statistic.key, further_figure(evaluations, statistic)
    yield "diversity", diversity_figure(evaluations)
    if evaluations[0].correlation is not None:
        yield "correlation", correlation_figure(evaluations)
