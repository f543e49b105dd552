"""What the numbers of an evaluation say, in words: one sentence or two per statistic, computed from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.comparison import K_MAX, Comparison
from cosmoloom.evaluate.figures.covariance import correlation_matrix
from cosmoloom.evaluate.further import FURTHER, Further, difference_in_scatter
from cosmoloom.evaluate.samples import Values

if TYPE_CHECKING:
    from cosmoloom.evaluate.report import Evaluation

LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Errors that a spectrum is said to stay within."""

SMALL_SCALES = 0.5
"""Cross-power is told separately below and above this wavenumber [h/Mpc]."""


def sentences(evaluation: Evaluation) -> dict[str, str]:
    """Return what can be said of each statistic, by the name of its picture."""
    rows = evaluation.comparisons
    said = {
        "scores": scores_sentence(evaluation),
        "power": power_sentence(rows),
        "covariance": covariance_sentence(rows),
        "mass": mass_sentence(rows),
        "peaks": peak_sentence(rows),
        "mean_density": mean_density_sentence(rows),
        "diversity": f"{diversity_sentence(evaluation)}  {copies_sentence(evaluation)}  {tiling_sentence(evaluation)}",
    }
    for statistic in FURTHER:
        said[statistic.key] = further_sentence(evaluation, statistic)
    if evaluation.correlation is not None:
        said["correlation"] = correlation_sentence(evaluation)
    return said


def within_reach(k: Values, error: Values, level: float) -> float:
    """Return the wavenumber up to which, from the largest scale on, no shell is off by more than a level.

    0 if already the first shell is.
    """
    beyond = np.flatnonzero(~(error <= level))
    last = len(k) if not len(beyond) else int(beyond[0])
    return float(k[last - 1]) if last else 0.0


def power_clause(row: Comparison) -> str:
    """Return how well P(k) agrees at one redshift."""
    k, error = row.model.k, np.abs(row.power_ratio.value - 1)
    for level in LEVELS:
        if (error[row.judged] <= level).all():
            return f"within {_percent(level)} up to k = {within_reach(k, error, level):.2g} h/Mpc"
    worst = int(np.nanargmax(np.where(row.judged, error, -1)))
    sign = "high" if row.power_ratio.value[worst] > 1 else "low"
    good = within_reach(k, error, 0.2)
    start = f"within 20 % only up to k = {good:.2g} h/Mpc, " if good else ""
    return f"{start}up to {_percent(error[worst])} too {sign} (at k = {k[worst]:.2g} h/Mpc)"


def power_sentence(rows: Sequence[Comparison]) -> str:
    """Return how well the mean power spectrum agrees, last redshift first."""
    last = rows[-1]
    text = f"Mean P(k) at z = {last.redshift:g} is {power_clause(last)}"
    text += _elsewhere(rows, lambda row: row.max_power_error, power_clause)
    error = float(np.median(((last.power_ratio.high - last.power_ratio.low) / 2)[last.judged]))
    return text + f".  The ratio itself is uncertain by {_percent(error)} from {len(last.model)} samples."


def covariance_sentence(rows: Sequence[Comparison]) -> str:
    """Return how P(k) scatters among samples, and how its scales vary together."""
    scatter = [float(np.nanmedian(row.power_scatter_ratio.value[row.judged])) for row in rows]
    last = rows[-1]
    model, simulated = (_mean_correlation(s.power[:, last.judged]) for s in (last.model, last.simulation))
    return (
        f"Over k <= {K_MAX:g} h/Mpc, P(k) scatters {_range(scatter, rows, ' times')} as much among samples as among "
        f"simulations (median over shells).  Its scales vary together with a mean correlation of {model:.2f} at "
        f"z = {last.redshift:g}, in the simulations {simulated:.2f}."
    )


def mass_sentence(rows: Sequence[Comparison]) -> str:
    """Return the share of voxels of wrong density."""
    last = rows[-1]
    text = f"{_percent(last.mass_distance, 1)} of the voxels at z = {last.redshift:g} lie in the wrong bin of density"
    if last.others_mass_distance is not None:
        text += f", where other simulations have {_percent(last.others_mass_distance, 1)}"
    return text + _elsewhere(rows, lambda row: row.mass_distance, lambda row: _percent(row.mass_distance, 1)) + "."


def peak_sentence(rows: Sequence[Comparison]) -> str:
    """Return the error of the number of peaks."""
    last = rows[-1]
    return (
        f"Peaks at z = {last.redshift:g} number {_more_or_fewer(last.peak_number_ratio)}"
        + _elsewhere(rows, lambda r: abs(r.peak_number_ratio - 1), lambda r: _more_or_fewer(r.peak_number_ratio))
        + "."
    )


def mean_density_sentence(rows: Sequence[Comparison]) -> str:
    """Return the errors of mean and scatter of the mean density."""
    errors = [row.model.mean_density.mean() / row.simulation.mean_density.mean() - 1 for row in rows]
    scatter = [_spread(row.model.mean_density) / _spread(row.simulation.mean_density) for row in rows]
    last, worst = rows[-1], int(np.argmax(np.abs(errors)))
    uncertain = _spread(last.model.mean_density) / len(last.model) ** 0.5
    text = f"Samples at z = {last.redshift:g} are on average {_denser(errors[-1])} than the simulations (uncertain by "
    text += f"{_percent(uncertain, 1)})"
    if worst != len(rows) - 1:
        text += f", at most {_denser(errors[worst])} (z = {rows[worst].redshift:g})"
    return text + f"; their means scatter {_range(scatter, rows, ' times')} as much."


def diversity_sentence(evaluation: Evaluation) -> str:
    """Return whether samples are independent of one another."""
    found = evaluation.judgement.diversity
    parts, shared = [], False
    for low, high, name in ((0.0, SMALL_SCALES, "<="), (SMALL_SCALES, float(found.k[-1]), ">")):
        mean, error = found.average(low, high)
        if np.isfinite(mean):
            shared |= abs(mean) > 4 * error
            parts.append(f"{mean:+.4f} ± {error:.4f} for k {name} {SMALL_SCALES:g} h/Mpc")
    values = f"mean r among pairs is {' and '.join(parts)}"
    text = f"Samples share structure: {values}." if shared else f"Samples are independent of one another: {values}."
    if found.repeated:
        named = ", ".join(f"{a + 1} and {b + 1}" for a, b in found.repeated[:3])
        text += (
            f"  {len(found.repeated)} of {len(found.pairs)} pairs are nearly the same field, with r above 0.7 over all "
            f"modes (samples {named})."
        )
    return text


def copies_sentence(evaluation: Evaluation) -> str:
    """Return whether samples were copied from the training."""
    found = evaluation.judgement.memorisation
    if found is None:
        return "Copies of training volumes were not looked for, since the store holds none."
    if found.copies:
        return (
            f"{found.copies} of {len(found.samples)} samples are copies of training volumes: their correlation with "
            f"one is up to {found.samples.max():.2f}, that of held-out fields {found.held_out.max():.2f}."
        )
    return (
        f"No sample is a copy of a training volume: the nearest correlates {found.samples.max():.2f}, held-out fields "
        f"reach {found.held_out.max():.2f}."
    )


def tiling_sentence(evaluation: Evaluation) -> str:
    """Return whether samples show marks at multiples of some number of voxels."""
    found = evaluation.judgement.tiling
    if not found:
        return ""
    period = max(found, key=lambda p: abs(found[p].significance))
    mark, real = found[period], evaluation.judgement.simulated_tiling[period]
    numbers = (
        f"steps across every {_ordinal(period)} plane of voxels are {mark.gradient_ratio:.2f} times those elsewhere, "
        f"in the simulations {real.gradient_ratio:.2f}"
    )
    return f"Tiles show: {numbers}." if mark.visible else f"No tiles show: at most, {numbers}."


def correlation_sentence(evaluation: Evaluation) -> str:
    """Return how far one latent stays one universe."""
    pair, overlap, growth = evaluation.correlation, evaluation.overlap, evaluation.growth
    assert pair is not None, "there is no correlation at one redshift"
    assert overlap is not None, "there is no overlap at one redshift"
    shells = pair.k <= K_MAX if (pair.k <= K_MAX).any() else pair.k == pair.k[0]
    gap = np.abs(pair.model.median - pair.simulation.median)[shells]
    text = (
        f"r(k) of one latent at z = {pair.early:g} and {pair.late:g} differs from the simulations' by at most "
        f"{gap.max():.2f} for k <= {K_MAX:g} h/Mpc (mean {pair.model.median[shells].mean():.2f}, simulations "
        f"{pair.simulation.median[shells].mean():.2f}).  The densest 10 % of its voxels overlap by "
        f"{overlap.model.median[1]:.2f}, in the simulations by {overlap.simulation.median[1]:.2f}, by chance by 0.10."
    )
    if growth is not None:
        text += (
            f"  Large-scale power grows from z = {growth.early:g} to {growth.late:g} by {growth.model.value[0]:.2f} "
            f"({growth.model.low[0]:.2f} to {growth.model.high[0]:.2f}), in the simulations by "
            f"{growth.simulation.value[0]:.2f}, by linear theory {growth.linear:.2f}."
        )
    return text


def scores_sentence(evaluation: Evaluation) -> str:
    """Return at which redshifts a test can tell samples from simulations."""
    at = evaluation.judgement.at
    told = [f"{scores.redshift:g}" for scores in at if scores.test["all"].p_value < 0.01]
    if not told:
        return "A two-sample test on P(k), masses and peaks cannot tell samples from simulations (p >= 0.01)."
    where = "every redshift" if len(told) == len(at) else f"z = {', '.join(told)}"
    return f"A two-sample test on P(k), masses and peaks tells samples from simulations at {where} (p < 0.01)."


def further_sentence(evaluation: Evaluation, statistic: Further) -> str:
    """Return by how much the mean curve differs, in units of the scatter of simulations."""
    gaps = []
    for row in evaluation.comparisons:
        sampled, simulated = evaluation.further[row.redshift][statistic.key]
        gaps.append(np.abs(difference_in_scatter(sampled, simulated)))
    medians = [float(np.nanmedian(gap)) for gap in gaps]
    last = evaluation.comparisons[-1]
    text = (
        f"{statistic.title}: the means differ by {medians[-1]:.2f} times the scatter of single simulations at "
        f"z = {last.redshift:g} (median over bins; at most {np.nanmax(gaps[-1]):.2f})"
    )
    worst = int(np.argmax(medians))
    if worst != len(medians) - 1:
        text += f"; worst at z = {evaluation.comparisons[worst].redshift:g}: {medians[worst]:.2f}"
    return text + "."


def _elsewhere(
    rows: Sequence[Comparison], error: Callable[[Comparison], float], clause: Callable[[Comparison], str]
) -> str:
    """Return what is to be said of the worst redshift, and of the best, other than the last."""
    errors = [error(row) for row in rows]
    text = ""
    for name, index in (("worst", int(np.argmax(errors))), ("best", int(np.argmin(errors)))):
        if index != len(rows) - 1:
            text += f"; {name} at z = {rows[index].redshift:g}: {clause(rows[index])}"
    return text


def _mean_correlation(power: Values) -> float:
    """Return the mean correlation coefficient of different bins; NaN for a single one."""
    matrix = correlation_matrix(power) if power.shape[1] > 1 else np.full((1, 1), np.nan)
    off = ~np.eye(len(matrix), dtype=bool)
    return float(matrix[off].mean()) if off.any() else float("nan")


def _range(values: Sequence[float], rows: Sequence[Comparison], unit: str) -> str:
    low, high = int(np.argmin(values)), int(np.argmax(values))
    if f"{values[low]:.2f}" == f"{values[high]:.2f}":
        return f"{values[low]:.2f}{unit}"
    return (
        f"{values[low]:.2f} (z = {rows[low].redshift:g}) to {values[high]:.2f} (z = {rows[high].redshift:g}){unit}"
    )


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"


def _denser(error: float) -> str:
    return f"{_percent(abs(error), 1)} {'denser' if error > 0 else 'less dense'}"


def _more_or_fewer(ratio: float) -> str:
    difference = ratio - 1
    if abs(difference) < 0.0005:
        return "as many as in the simulations"
    return f"{_percent(abs(difference), 1)} {'more' if difference > 0 else 'fewer'} than in the simulations"


def _spread(values: Values) -> float:
    return float(values.std(ddof=1))


def _ordinal(number: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(number, f"{number}th" if number % 10 != 2 or number == 12 else f"{number}nd")
