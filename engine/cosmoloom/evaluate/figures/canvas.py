"""The look that all pictures of an evaluation share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.samples import Band, Values
from cosmoloom.simulate.trusted import least_trusted_k, trust_sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec

    from cosmoloom.evaluate.comparison import Comparison
    from cosmoloom.evaluate.report import Evaluation

# Told apart also by colour-blind readers (Okabe & Ito), and in grey.
SIMULATION = "0.25"
MODEL = "#d55e00"
OTHERS = "#0072b2"
MODELS = (MODEL, "#009e73", "#cc79a7", "#56b4e9", "#e69f00")

DENSITY_LABEL = r"$\log_{10}\,\rho/\bar\rho$"
K_LABEL = r"$k$ [$h$/Mpc]"

COLUMNS = 3
"""Redshifts side by side; more go into further rows, so that labels stay readable on a page."""


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches; it belongs to no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.set_layout_engine("constrained", h_pad=0.07, w_pad=0.05)
    return figure


def redshift_panels(count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with one panel per redshift; all share their y axis."""
    figure, grid = _panel_grid(count, height=2.7)
    axes: list[Axes] = []
    for index in range(count):
        axes.append(figure.add_subplot(grid[divmod(index, grid.ncols)], sharey=axes[0] if axes else None))
        axes[-1].tick_params(labelleft=index % grid.ncols == 0)
    return figure, axes


def panels_with_residual(
    count: int, *, level: float = 1.0, shared: bool = True
) -> tuple[Figure, list[Axes], list[Axes]]:
    """Return a figure with, per redshift, a panel and a flatter one below it with a line where all is right.

    The panels of all redshifts share their y axis, unless it should follow what grows by orders of magnitude.
    """
    figure, grid = _panel_grid(count, height=3.5, beside=0.14 if shared else 0.8)
    top: list[Axes] = []
    bottom: list[Axes] = []
    for index in range(count):
        cell = grid[divmod(index, grid.ncols)].subgridspec(2, 1, height_ratios=[2.1, 1], hspace=0.05)
        upper = figure.add_subplot(cell[0], sharey=top[0] if top and shared else None)
        lower = figure.add_subplot(cell[1], sharex=upper, sharey=bottom[0] if bottom else None)
        upper.tick_params(labelbottom=False, labelleft=not shared or index % grid.ncols == 0)
        lower.tick_params(labelleft=index % grid.ncols == 0)
        lower.axhline(level, color=SIMULATION, lw=0.8)
        top.append(upper)
        bottom.append(lower)
    return figure, top, bottom


def _panel_grid(count: int, *, height: float, beside: float = 0.14) -> tuple[Figure, GridSpec]:
    """Return a figure with room for so many panels of a height in inches, their labels and a caption.

    Distances are fixed in inches: to find them by trial takes longer than all the drawing.
    """
    from matplotlib.figure import Figure

    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    left, right, top, bottom, between = 0.85, 0.15, 0.4, 1.15, 0.95
    wide = (9.28 - (columns - 1) * beside) / 3 if columns > 1 else 4.6
    width = left + columns * wide + (columns - 1) * beside + right
    whole = top + rows * height + (rows - 1) * between + bottom
    figure = Figure(figsize=(width, whole))
    grid = figure.add_gridspec(
        rows, columns, left=left / width, right=1 - right / width, top=1 - top / whole, bottom=bottom / whole,
        wspace=beside / wide, hspace=between / height,
    )
    return figure, grid


def first_of_rows(axes: Sequence[Axes]) -> Sequence[Axes]:
    """Return the leftmost panels, which carry the y labels."""
    return axes[::COLUMNS]


def coloured(evaluations: Sequence[Evaluation]) -> Iterator[tuple[Evaluation, str]]:
    """Yield the models with their colours."""
    for index, evaluation in enumerate(evaluations):
        yield evaluation, MODELS[index % len(MODELS)]


def draw_band(axis: Axes, x: Values, band: Band, *, colour: str, label: str, floor: float = -np.inf) -> None:
    """Draw a median as a line in the band from the 16th to the 84th percentile, cut off at a floor."""
    low, median, high = (np.maximum(edge, floor) for edge in (band.p16, band.median, band.p84))
    axis.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
    axis.plot(x, median, color=colour, lw=1.5, label=label)


def label_wavenumbers(axis: Axes) -> None:
    """Make the x axis one of log k."""
    use_plain_log_axis(axis)
    axis.set_xlabel(K_LABEL)


def use_plain_log_axis(axis: Axes) -> None:
    """Make the x axis logarithmic, with a few plain numbers on it; call it once the curves are drawn."""
    from matplotlib.ticker import FixedLocator, NullFormatter, StrMethodFormatter

    low, high = axis.dataLim.intervalx
    steps = (1,) if high > 200 * low else (1, 2, 5)
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator([step * 10.0**power for power in range(-3, 4) for step in steps]))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def mark_box_scales(axis: Axes, evaluation: Evaluation) -> None:
    """Mark the wavenumber of the box and the Nyquist wavenumber at the foot of a panel over k."""
    model = evaluation.facts["model"]
    fundamental = 2 * np.pi / model["box_size"]
    nyquist = fundamental * model["n"] / 2
    for k, text, side in ((fundamental, r"$k_\mathrm{f}$", "left"), (nyquist, r"$k_\mathrm{Ny}$", "right")):
        axis.axvline(k, color="0.7", lw=0.8, zorder=0)
        shift = 3 if side == "left" else -3
        axis.annotate(
            text, (k, 0.02), xycoords=("data", "axes fraction"), xytext=(shift, 0), textcoords="offset points",
            ha=side, va="bottom", fontsize=8, color="0.4",
        )


def title_of(row: Comparison) -> str:
    """Return the title of a panel."""
    return f"$z = {row.redshift:g}$" + ("" if row.trained else "  (never trained on)")


def trusted(evaluation: Evaluation) -> dict[float, float | None]:
    """Return to which k [h/Mpc] the held-out simulations are trusted at each redshift; None where it is unknown."""
    plans = evaluation.facts["store"]["plans"].values()
    return {row.redshift: least_trusted_k(plans, row.redshift) for row in evaluation.comparisons}


def caption_of(evaluations: Sequence[Evaluation], more: str) -> str:
    """Return who is compared with whom and how far the simulations are trusted, in a few lines."""
    facts = evaluations[0].facts
    trust = trust_sentence(trusted(evaluations[0]))
    held_out = facts["held_out"]
    names = ", ".join(_name_and_kappa(e) for e in evaluations)
    return (
        f"{facts['samples']['count']} samples of {names} and {held_out['n_sub_volumes']} sub-volumes of "
        f"{held_out['n_boxes']} held-out simulations, {facts['model']['box_size']:g} Mpc/h each.  {more}"
        + (f"  {trust}." if trust else "")
    )


def _name_and_kappa(evaluation: Evaluation) -> str:
    kappa = evaluation.facts["samples"]["kappa"]
    return evaluation.name if kappa is None else f"{evaluation.name} (kappa {kappa:.3g})"


def add_caption(figure: Figure, evaluations: Sequence[Evaluation], more: str) -> None:
    """Write a caption below the panels."""
    figure.supxlabel(wrapped(figure, caption_of(evaluations, more)), fontsize=9, color="0.3")


def wrapped(figure: Figure, text: str) -> str:
    """Return small text in lines that fit below a figure."""
    import textwrap

    return textwrap.fill(text, int(figure.get_figwidth() * 13))
