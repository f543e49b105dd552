"""Cross-power of samples with one another against zero, and how close samples come to the training boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.canvas import (
    OTHERS,
    SIMULATION,
    add_caption,
    coloured,
    label_wavenumbers,
    mark_box_scales,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def diversity_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw the mean correlation among samples with its error, and the nearest training volumes."""
    figure = new_figure(10.35, 4.3)
    left, right = figure.subplots(1, 2, width_ratios=[1.6, 1])
    _draw_correlations(left, evaluations)
    _draw_nearest(right, evaluations)
    add_caption(
        figure, evaluations,
        f"At z = {evaluations[0].comparisons[-1].redshift:g}.  Left: all pairs of a set, with two standard errors.  "
        "Right: over all places and orientations; dashed, where a copy begins.",
    )
    return figure


def _draw_correlations(axis: Axes, evaluations: Sequence[Evaluation]) -> None:
    judged = evaluations[0].judgement
    sets = [("held-out simulations", judged.simulated_diversity, SIMULATION)]
    if judged.other_diversity is not None:
        sets.append(("other simulations", judged.other_diversity, OTHERS))
    sets += [(e.name, e.judgement.diversity, colour) for e, colour in coloured(evaluations)]
    for label, found, colour in sets:
        low, high = found.mean - 2 * found.error, found.mean + 2 * found.error
        axis.fill_between(found.k, low, high, color=colour, alpha=0.2, lw=0)
        axis.plot(found.k, found.mean, color=colour, lw=1.3, label=f"{label}, {len(found.pairs)} pairs")
    axis.axhline(0.0, color="0.4", lw=0.8)
    axis.set(ylabel="mean $r(k)$ among the fields of a set")
    label_wavenumbers(axis)
    mark_box_scales(axis, evaluations[0])
    axis.legend(frameon=False, fontsize=8)


def _draw_nearest(axis: Axes, evaluations: Sequence[Evaluation]) -> None:
    first = evaluations[0].judgement.memorisation
    axis.set(xlabel="correlation with the nearest training volume", ylabel="fields", xlim=(0, 1))
    if first is None:
        axis.text(0.5, 0.5, "no training simulation\nin this store", ha="center", transform=axis.transAxes)
        return
    bins = [i / 50 for i in range(51)]
    axis.hist(first.held_out, bins=bins, color=SIMULATION, alpha=0.55, label="held-out")
    for evaluation, colour in coloured(evaluations):
        found = evaluation.judgement.memorisation
        if found is not None:
            axis.hist(found.samples, bins=bins, color=colour, alpha=0.55, label=evaluation.name)
            axis.axvline(found.threshold, color="0.4", lw=1.0, ls=(0, (4, 2)))
    axis.legend(frameon=False, fontsize=8)
