"""Correlation of one universe at two times, beside that of the simulations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosmoloom.evaluate.figures.canvas import (
    MODEL,
    SIMULATION,
    add_caption,
    draw_band,
    label_wavenumbers,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.report import Evaluation


def correlation_figure(evaluation: Evaluation) -> Figure:
    """Draw r(k) between the first and the last redshift: mean and band of single fields."""
    pair = evaluation.correlation
    assert pair is not None, "an evaluation at one redshift has no correlation to draw"
    figure = new_figure(6.4, 4.8)
    axis = figure.subplots()
    draw_band(axis, pair.k, pair.simulation, colour=SIMULATION, label="held-out simulations")
    draw_band(axis, pair.k, pair.model, colour=MODEL, label="model, one latent")
    axis.axhline(0.0, color="0.6", lw=0.8)
    label_wavenumbers(axis)
    axis.set(
        ylabel=f"$r(k)$ of $z = {pair.early:g}$ and $z = {pair.late:g}$",
        ylim=(min(-0.05, float(pair.model.p16.min()), float(pair.simulation.p16.min())), 1.05),
    )
    axis.legend(frameon=False, loc="upper right")
    add_caption(figure, evaluation, "Mean and 16-84 % of single fields.")
    return figure
