"""The look that all pictures of an evaluation share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.samples import Band, Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.comparison import Comparison
    from cosmoloom.evaluate.report import Evaluation

# Told apart also by colour-blind readers (Okabe & Ito), and in grey.
SIMULATION = "0.25"
MODEL = "#d55e00"
OTHERS = "#0072b2"

DENSITY_LABEL = r"$\log_{10}\,\rho/\bar\rho$"
K_LABEL = r"$k$ [$h$/Mpc]"


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches; it belongs to no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.set_layout_engine("constrained", h_pad=0.07, w_pad=0.05)
    return figure


def panels_with_ratio(figure: Figure, count: int) -> tuple[list[Axes], list[Axes]]:
    """Return a row of panels and, below each, a flatter one for a ratio; all share their axes along a row."""
    grid = figure.subplots(
        2, count, sharex="col", sharey="row", squeeze=False, gridspec_kw={"height_ratios": [2.2, 1]}
    )
    for axis in grid[1]:
        axis.axhline(1.0, color=SIMULATION, lw=0.8)
    return list(grid[0]), list(grid[1])


def draw_band(axis: Axes, x: Values, band: Band, *, colour: str, label: str, floor: float = -np.inf) -> None:
    """Draw a mean as a line in the band from the 16th to the 84th percentile, cut off at a floor."""
    low, high = (np.maximum(edge, floor) for edge in (band.p16, band.p84))
    axis.fill_between(x, low, high, color=colour, alpha=0.22, lw=0)
    axis.plot(x, band.mean, color=colour, lw=1.5, label=label)


def label_wavenumbers(axis: Axes) -> None:
    """Make the x axis one of log k, with a few plain numbers on it."""
    from matplotlib.ticker import FixedLocator, NullFormatter, StrMethodFormatter

    axis.set(xscale="log", xlabel=K_LABEL)
    axis.xaxis.set_major_locator(FixedLocator([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def title_of(row: Comparison) -> str:
    """Return the title of a panel."""
    return f"$z = {row.redshift:g}$" + ("" if row.trained else "  (never trained on)")


def caption_of(evaluation: Evaluation, more: str) -> str:
    """Return who is compared with whom, in one or two lines."""
    facts = evaluation.facts
    held_out, samples = facts["held_out"], facts["samples"]
    return (
        f"{samples['count']} samples of {facts['model']['name']} (kappa {samples['kappa']:.3g}) and "
        f"{held_out['n_sub_volumes']} sub-volumes of {held_out['n_boxes']} held-out simulations, "
        f"{facts['model']['box_size']:g} Mpc/h each.  {more}"
    )


def add_caption(figure: Figure, evaluation: Evaluation, more: str) -> None:
    """Write a caption below the panels."""
    import textwrap

    width = int(figure.get_figwidth() * 13.5)
    figure.supxlabel(textwrap.fill(caption_of(evaluation, more), width), fontsize=9, color="0.3")
