"""Models side by side in one small table, as Markdown to read and as CSV to compute with."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Protocol

import numpy as np

from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.judgement import SCORED, ScoresAt
from cosmoloom.statistics.scores import Diversity

Row = dict[str, str | float | None]

SIMULATIONS = "simulations"
"""Name of the first line: what simulations reach among themselves."""

HEADINGS = {
    "model": "model",
    "redshift": "z",
    "power_error": "P(k) error, mean",
    "power_error_max": "P(k) error, largest",
    "power_scatter": "P(k) scatter",
    "mass_error": "voxels in wrong bin",
    "peak_error": "peaks in wrong bin",
    "peak_number": "peaks",
    "mean_density": "mean density",
    "score_power": "S* P(k)",
    "score_mass": "S* mass",
    "score_peaks": "S* peaks",
    "diversity": "r among samples",
}
"""Column of the CSV file -> heading in Markdown."""

SHARES = ("power_error", "power_error_max", "mass_error", "peak_error")
"""Columns that read best as percentages."""


class Evaluated(Protocol):
    """What was found of one model, in two or three dimensions."""

    @property
    def name(self) -> str:
        """Name of the model."""

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Model beside simulations at every redshift."""

    @property
    def scores(self) -> tuple[ScoresAt, ...]:
        """Scores at every redshift."""

    @property
    def diversities(self) -> tuple[Diversity, Diversity] | None:
        """Of the samples, and of the held-out fields, at the last redshift; None where it was not measured."""


def summary_rows(evaluations: Sequence[Evaluated]) -> list[Row]:
    """Return one row per model and redshift, after one per redshift of simulations among themselves.

    S* of the simulations is the floor for as many fields, and their errors are those of the store's other
    simulations; where the store holds no others they are None.
    """
    first = evaluations[0]
    rows = [
        _row(SIMULATIONS, row, scores, _last(first, number, simulated=True), simulated=True)
        for number, (row, scores) in enumerate(zip(first.comparisons, first.scores, strict=True), start=1)
    ]
    for evaluation in evaluations:
        rows += [
            _row(evaluation.name, row, scores, _last(evaluation, number, simulated=False), simulated=False)
            for number, (row, scores) in enumerate(zip(evaluation.comparisons, evaluation.scores, strict=True), start=1)
        ]
    return rows


def card_entries(rows: Sequence[Row], name: str) -> dict[str, str | float]:
    """Return what belongs on a model's card, of its last redshift."""
    row = [row for row in rows if row["model"] == name][-1]
    return {HEADINGS[key]: value for key, value in row.items() if value is not None and key != "model"}


def as_csv(rows: Sequence[Row]) -> str:
    """Return rows as comma-separated values with a header; what is unknown is empty."""
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=list(HEADINGS), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _exact(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def as_markdown(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = [_line(list(HEADINGS.values())), _line(["---", *["---:"] * (len(HEADINGS) - 1)])]
    lines += [_line([_readable(name, row[name]) for name in HEADINGS]) for row in rows]
    return "\n".join(lines) + "\n"


def _row(name: str, row: Comparison, scores: ScoresAt, found: Diversity | None, *, simulated: bool) -> Row:
    score = {
        f"score_{key}": scores.frechet[key].floor_score if simulated else scores.frechet[key].score for key in SCORED
    }
    mean_density = (row.simulation if simulated else row.model).mean_density
    common: Row = {"model": name, "redshift": row.redshift, "mean_density": float(mean_density.mean()), **score}
    common["diversity"] = None if found is None else found.average(0.0, float(found.k[-1]))[0]
    if not simulated:
        return common | {
            "power_error": row.mean_power_error,
            "power_error_max": row.max_power_error,
            "power_scatter": float(np.median(row.power_scatter_ratio.value[row.judged])),
            "mass_error": row.mass_distance,
            "peak_error": row.peak_distance,
            "peak_number": row.peak_number_ratio,
        }
    ratio = row.others_ratio
    number = None if row.others is None else row.others.peaks.sum(1).mean() / row.simulation.peaks.sum(1).mean()
    scatter = None if row.others is None else row.others.power.std(0, ddof=1) / row.simulation.power.std(0, ddof=1)
    return common | {
        "power_error": None if ratio is None else float(np.abs(ratio - 1)[row.judged].mean()),
        "power_error_max": row.others_max_power_error,
        "power_scatter": None if scatter is None else float(np.median(scatter[row.judged])),
        "mass_error": row.others_mass_distance,
        "peak_error": row.others_peak_distance,
        "peak_number": None if number is None else float(number),
    }


def _last(evaluation: Evaluated, number: int, *, simulated: bool) -> Diversity | None:
    """Return the diversity if this is the last redshift, where it was measured."""
    if evaluation.diversities is None or number < len(evaluation.comparisons):
        return None
    return evaluation.diversities[simulated]


def _exact(value: str | float | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.6g}"


def _readable(name: str, value: str | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if name in SHARES:
        return f"{value:.1%}"
    return f"{value:.3g}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
