"""An evaluation on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.comparison import K_MAX

if TYPE_CHECKING:
    from rich.table import Table

    from cosmoloom.evaluate.report import Evaluation


def summary_table(evaluation: Evaluation) -> Table:
    """Return a table with one row per redshift, ready for a rich console."""
    from rich.table import Table

    facts = evaluation.facts
    table = Table(
        title=f"{facts['model']['name']}: {facts['samples']['count']} samples over "
        f"{facts['held_out']['n_sub_volumes']} sub-volumes of {', '.join(facts['held_out']['names'])}",
        caption=_caption(evaluation),
    )
    for column in (
        "z",
        "P(k) error\nmean",
        "\nlargest",
        "other sims\nlargest",
        "P(k)\nscatter",
        "mass in\nwrong bin",
        "peaks",
        "mean density\nmodel",
        "\nsimulation",
    ):
        table.add_column(column, justify="right")
    for row in evaluation.comparisons:
        others = row.others_max_power_error
        model, simulation = row.model.mean_density, row.simulation.mean_density
        table.add_row(
            f"{row.redshift:g}" + ("" if row.trained else "*"),
            f"{row.mean_power_error:.1%}",
            f"{row.max_power_error:.1%}",
            "-" if others is None else f"{others:.1%}",
            f"x {np.median(row.power_scatter_ratio.value[row.judged]):.2f}",
            f"{row.mass_distance:.1%}",
            f"x {row.peak_number_ratio:.3f}",
            f"{model.mean():.3f} ± {model.std(ddof=1):.3f}",
            f"{simulation.mean():.3f} ± {simulation.std(ddof=1):.3f}",
        )
    return table


def _caption(evaluation: Evaluation) -> str:
    lines = [f"errors for k <= {K_MAX:g} h/Mpc; * never trained on; x: model over simulations"]
    growth, pair = evaluation.growth, evaluation.correlation
    if growth is not None:
        lines.append(
            f"large-scale power grows from z = {growth.early:g} to {growth.late:g} "
            f"by {growth.model.value[0]:.3f}, "
            f"simulations {growth.simulation.value[0]:.3f}, D^2 {growth.linear:.3f}"
        )
    if pair is not None:
        judged = pair.k <= K_MAX
        lines.append(
            f"mean r(k) of z = {pair.early:g} and {pair.late:g}: {pair.model.mean[judged].mean():.3f}, "
            f"simulations {pair.simulation.mean[judged].mean():.3f}"
        )
    return "\n".join(lines)
