"""One universe at two times, beside the simulations: correlation r(k), and overlap of the densest voxels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.canvas import (
    SIMULATION,
    add_caption,
    coloured,
    draw_band,
    label_wavenumbers,
    mark_box_scales,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def correlation_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw r(k) and Dice between the first and the last redshift: median and band of single fields."""
    pair, overlap = evaluations[0].correlation, evaluations[0].overlap
    assert pair is not None, "an evaluation at one redshift has no correlation to draw"
    assert overlap is not None, "an evaluation at one redshift has no overlap to draw"
    figure = new_figure(10.35, 4.3)
    left, right = figure.subplots(1, 2)
    top = overlap.top_percent
    draw_band(left, pair.k, pair.simulation, colour=SIMULATION, label="held-out simulations")
    draw_band(right, top, overlap.simulation, colour=SIMULATION, label="held-out simulations")
    for evaluation, colour in coloured(evaluations):
        if evaluation.correlation is not None and evaluation.overlap is not None:
            label = f"{evaluation.name}, one latent"
            draw_band(left, pair.k, evaluation.correlation.model, colour=colour, label=label)
            draw_band(right, top, evaluation.overlap.model, colour=colour, label=label)
    right.plot(top, top / 100, color="0.6", lw=1.0, ls=(0, (4, 2)), label="unrelated fields")
    left.axhline(0.0, color="0.6", lw=0.8)
    label_wavenumbers(left)
    mark_box_scales(left, evaluations[0])
    left.set(ylabel=f"$r(k)$ of $z = {pair.early:g}$ and $z = {pair.late:g}$", ylim=(-0.15, 1.05))
    right.set(
        xlabel="densest share of voxels [%]", ylabel=f"Dice score of $z = {pair.early:g}$ and $z = {pair.late:g}$",
        xlim=(0, 100), ylim=(0, 1.02),
    )
    left.legend(frameon=False, loc="upper right", fontsize=8)
    right.legend(frameon=False, loc="lower right", fontsize=8)
    add_caption(figure, evaluations, "Median and 16-84 % of single fields.")
    return figure
