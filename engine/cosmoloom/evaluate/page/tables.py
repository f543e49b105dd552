"""Scores as tables for the page: no score without what simulations score against themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.judgement import SCORED, Judgement, ScoresAt

if TYPE_CHECKING:
    from cosmoloom.evaluate.report import Evaluation
    from cosmoloom.statistics.scores import FrechetScore


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    who : str
        The floor, or a model.
    cells : tuple of str
        What to print.
    good : tuple of bool
        Which cells are as good as simulations among themselves.
    """

    who: str
    cells: tuple[str, ...]
    good: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one score.

    Attributes
    ----------
    title, hint : str
        What is scored, and how to read it.
    lines : tuple of Line
        The floor first.
    """

    title: str
    hint: str
    lines: tuple[Line, ...]


def score_table(evaluations: Sequence[Evaluation]) -> list[Group]:
    """Return the scores at every redshift, one column each."""
    groups = [_frechet(evaluations, name, title) for name, title in SCORED.items()]
    groups += [_compatibility(evaluations, name, title) for name, title in SCORED.items()]
    test = _group(
        evaluations, "Energy distance, all three", "two-sample test; smaller is better",
        lambda at: at.test["all"].by_chance,
        lambda at: (at.test["all"].distance, at.test["all"].p_value >= 0.05),
        note=lambda at: f" (p = {at.test['all'].p_value:.3f})",
    )
    return [*groups, test]


def last_table(evaluations: Sequence[Evaluation]) -> list[Group]:
    """Return the scores that are taken at the last redshift alone."""
    first = evaluations[0].judgement
    groups = []
    for name, title in SCORED.items():
        lines = [_line("floor", [_number(first.published[name].floor_score)], [False])]
        lines += [_published(e.name, e.judgement.published[name]) for e in evaluations]
        groups.append(Group(f"S*, {title}, as published", "larger is better; unstable for few fields", tuple(lines)))
    lines = [_line("floor: held-out", [_diversity(first, simulated=True)], [False])]
    for e in evaluations:
        lines.append(_line(e.name, [_diversity(e.judgement, simulated=False)], [_independent(e.judgement)]))
    groups.append(Group("Mean r among samples", "0 if they are independent", tuple(lines)))
    if first.memorisation is not None:
        held = first.memorisation.held_out
        lines = [_line("floor: held-out", [f"{held.max():.2f} at most, {np.median(held):.2f} in the median"], [False])]
        for e in evaluations:
            found = e.judgement.memorisation
            if found is not None:
                cell = f"{found.samples.max():.2f} at most, {np.median(found.samples):.2f} in the median"
                lines.append(_line(e.name, [f"{cell}; {found.copies} copies"], [found.copies == 0]))
        groups.append(Group("Nearest training volume", "correlation; a copy reaches 1", tuple(lines)))
    if first.tiling:
        periods = list(first.tiling)
        named = ", ".join(map(str, periods))
        lines = [_line("floor: held-out", [_steps(first.simulated_tiling[p].gradient_ratio for p in periods)], [False])]
        lines += [
            _line(
                e.name, [_steps(e.judgement.tiling[p].gradient_ratio for p in periods)],
                [not any(e.judgement.tiling[p].visible for p in periods)],
            )
            for e in evaluations
        ]
        hint = "over those elsewhere; 1 without tiles"
        groups.append(Group(f"Steps across every {named} voxels", hint, tuple(lines)))
    return groups


def _frechet(evaluations: Sequence[Evaluation], name: str, title: str) -> Group:
    return _group(
        evaluations, f"S*, {title}", "larger is better",
        lambda at: at.frechet[name].floor_score,
        lambda at: (at.frechet[name].score, at.frechet[name].at_floor),
    )


def _compatibility(evaluations: Sequence[Evaluation], name: str, title: str) -> Group:
    def score(at: ScoresAt) -> tuple[float, bool]:
        found = at.compatibility[name]
        return found.median, found.median <= found.floor

    hint = "means apart, in scatter; smaller is better"
    return _group(
        evaluations, f"Compatibility, {title}", hint, lambda at: at.compatibility[name].floor, score
    )


def _group(
    evaluations: Sequence[Evaluation],
    title: str,
    hint: str,
    floor: Callable[[ScoresAt], float],
    score: Callable[[ScoresAt], tuple[float, bool]],
    note: Callable[[ScoresAt], str] = lambda _: "",
) -> Group:
    first = evaluations[0].judgement.at
    lines = [_line("floor", [_number(floor(at)) for at in first], [False] * len(first))]
    for evaluation in evaluations:
        found = [(at, *score(at)) for at in evaluation.judgement.at]
        lines.append(
            _line(evaluation.name, [_number(value) + note(at) for at, value, _ in found], [good for *_, good in found])
        )
    return Group(title, hint, tuple(lines))


def _published(who: str, score: FrechetScore) -> Line:
    return _line(who, [_number(score.score)], [score.at_floor])


def _diversity(judgement: Judgement, *, simulated: bool) -> str:
    found = judgement.simulated_diversity if simulated else judgement.diversity
    mean, error = found.average(0.0, float(found.k[-1]))
    return f"{mean:+.4f} ± {error:.4f}, closest pair {found.pairs.max():.2f}"


def _independent(judgement: Judgement) -> bool:
    mean, error = judgement.diversity.average(0.0, float(judgement.diversity.k[-1]))
    return abs(mean) <= 3 * error and not judgement.diversity.repeated


def _steps(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


def _line(who: str, cells: Sequence[str], good: Sequence[bool]) -> Line:
    return Line(who, tuple(cells), tuple(bool(g) for g in good))


def _number(value: float) -> str:
    """Return three significant digits."""
    if np.isnan(value):
        return "undefined"
    if np.isinf(value):
        return "∞"
    return f"{value:.3g}" if abs(value) < 1e4 else f"{value:.1e}"
