"""Evaluations as files: one page, numbers as JSON, pictures as PNG."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cosmoloom.data.atomic import atomic_path, require_writable
from cosmoloom.errors import UnwritableError
from cosmoloom.evaluate.comparison import K_MAX, Comparison
from cosmoloom.evaluate.plain import plain
from cosmoloom.evaluate.samples import Band
from cosmoloom.evaluate.sentences import sentences
from cosmoloom.evaluate.summary_file import Evaluated, as_csv, as_markdown, summary_rows
from cosmoloom.statistics.scores import Diversity, FrechetScore

if TYPE_CHECKING:
    from cosmoloom.evaluate.judgement import Judgement, ScoresAt
    from cosmoloom.evaluate.maps import MapEvaluation
    from cosmoloom.evaluate.report import Evaluation

FORMAT = "cosmoloom-evaluation"
MAPS_FORMAT = "cosmoloom-map-evaluation"
NUMBERS = "evaluation.json"
PAGE = "evaluation.html"
TABLE = "summary"


def prepare_folder(folder: Path) -> None:
    """Make a folder for the report and make sure that it can be written to.

    Raises
    ------
    UnwritableError
        If it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot write to {folder}: {error.strerror or error}") from error
    require_writable(folder / NUMBERS)


def write_evaluations(evaluations: Sequence[Evaluation], folder: Path) -> list[Path]:
    """Write page, numbers and pictures, each file whole or not at all; return their paths."""
    from cosmoloom.evaluate.figures import figures
    from cosmoloom.evaluate.page import page

    written = [folder / NUMBERS, *write_summary(evaluations, folder)]
    document = as_document(evaluations[0])
    if len(evaluations) > 1:
        document["compared_with"] = [as_document(other) for other in evaluations[1:]]
    with atomic_path(folder / NUMBERS) as draft:
        draft.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n")
    pictures: dict[str, bytes] = {}
    for name, figure in figures(evaluations):
        content = BytesIO()
        figure.savefig(content, format="png", dpi=130)
        pictures[name] = content.getvalue()
        written.append(folder / f"{name}.png")
        with atomic_path(written[-1]) as draft:
            draft.write_bytes(pictures[name])
    written.append(folder / PAGE)
    with atomic_path(folder / PAGE) as draft:
        draft.write_text(page(evaluations, pictures), encoding="utf-8")
    return written


def write_map_evaluations(evaluations: Sequence[MapEvaluation], folder: Path) -> list[Path]:
    """Write numbers and table of models of maps, each file whole or not at all; return their paths."""
    documents = [
        {
            "format": MAPS_FORMAT,
            "version": 1,
            **evaluation.facts,
            "redshifts": [
                comparison_document(row, scores)
                for row, scores in zip(evaluation.comparisons, evaluation.scores, strict=True)
            ],
        }
        for evaluation in evaluations
    ]
    if len(documents) > 1:
        documents[0]["compared_with"] = documents[1:]
    with atomic_path(folder / NUMBERS) as draft:
        draft.write_text(json.dumps(plain(documents[0]), indent=1, allow_nan=False) + "\n")
    return [folder / NUMBERS, *write_summary(evaluations, folder)]


def write_summary(evaluations: Sequence[Evaluated], folder: Path) -> list[Path]:
    """Write the table of all models as Markdown and CSV; return their paths."""
    rows = summary_rows(evaluations)
    written = []
    for suffix, text in ((".md", as_markdown(rows)), (".csv", as_csv(rows))):
        written.append(folder / f"{TABLE}{suffix}")
        with atomic_path(written[-1]) as draft:
            draft.write_text(text, encoding="utf-8")
    return written


def as_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return the whole evaluation ready for JSON; undefined numbers become null."""
    document: dict[str, Any] = {"format": FORMAT, "version": 2, **evaluation.facts}
    document["summary"] = summary(evaluation)
    document["sentences"] = sentences(evaluation)
    document["redshifts"] = [
        comparison_document(row, scores)
        | {key: {"x": a.x, "model": Band.of(a.values), "simulation": Band.of(b.values)} for key, (a, b) in more.items()}
        for row, scores, more in zip(
            evaluation.comparisons, evaluation.judgement.at, evaluation.further.values(), strict=True
        )
    ]
    document["scores_at_last_redshift"] = _last_scores(evaluation.judgement)
    if evaluation.correlation is not None:
        document["correlation"] = evaluation.correlation
    if evaluation.overlap is not None:
        document["overlap"] = {"top_percent": evaluation.overlap.top_percent, "scores": evaluation.overlap}
    if evaluation.growth is not None:
        document["growth"] = evaluation.growth
    result: dict[str, Any] = plain(document)
    return result


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return the few numbers that belong on a model's card."""
    facts, rows = evaluation.facts, evaluation.comparisons
    judged = f"k <= {K_MAX:g} h/Mpc"
    result: dict[str, Any] = {
        "held_out_boxes": ", ".join(facts["held_out"]["names"]),
        "samples": facts["samples"]["count"],
        **({} if facts["samples"]["kappa"] is None else {"kappa": round(facts["samples"]["kappa"], 4)}),
        f"mean error of P(k), {judged}": _by_redshift(rows, [row.mean_power_error for row in rows]),
        f"largest error of P(k), {judged}": _by_redshift(rows, [row.max_power_error for row in rows]),
        "scatter of P(k) over simulations'": _by_redshift(
            rows, [float(np.median(row.power_scatter_ratio.value[row.judged])) for row in rows]
        ),
        "mean density": _by_redshift(rows, [float(row.model.mean_density.mean()) for row in rows]),
        "scatter of mean density over simulations'": _by_redshift(
            rows, [_scatter(row.model.mean_density) / _scatter(row.simulation.mean_density) for row in rows]
        ),
        "voxels in the wrong mass bin": _by_redshift(rows, [row.mass_distance for row in rows]),
        "peaks over simulations'": _by_redshift(rows, [row.peak_number_ratio for row in rows]),
    }
    if evaluation.growth is not None:
        growth = evaluation.growth
        result[f"growth of large-scale power, z = {growth.early:g} to {growth.late:g}"] = (
            f"{growth.model.value[0]:.3f} (simulations {growth.simulation.value[0]:.3f}, "
            f"D^2 {growth.linear:.3f})"
        )
    if evaluation.correlation is not None:
        pair = evaluation.correlation
        shells = pair.k <= K_MAX
        result[f"mean r(k) of z = {pair.early:g} and {pair.late:g}, {judged}"] = (
            f"{pair.model.mean[shells].mean():.3f} (simulations {pair.simulation.mean[shells].mean():.3f})"
        )
    return result


def comparison_document(row: Comparison, scores: ScoresAt) -> dict[str, Any]:
    """Return one redshift ready for :func:`cosmoloom.evaluate.plain.plain`."""
    return {
        "redshift": row.redshift,
        "trained": row.trained,
        "n_samples": len(row.model),
        "n_sub_volumes": len(row.simulation),
        "power": {
            "k": row.model.k,
            "n_modes": row.model.n_modes,
            "model": Band.of(row.model.power),
            "simulation": Band.of(row.simulation.power),
            "ratio": row.power_ratio,
            "others_ratio": row.others_ratio,
            "scatter_ratio": row.power_scatter_ratio,
            "mean_error": row.mean_power_error,
            "max_error": row.max_power_error,
            "others_max_error": row.others_max_power_error,
        },
        "mass": {
            "edges": row.model.mass_edges,
            "model": Band.of(row.model.mass),
            "simulation": Band.of(row.simulation.mass),
            "ratio": row.mass_ratio,
            "distance": row.mass_distance,
        },
        "peaks": {
            "edges": row.model.peak_edges,
            "model": Band.of(row.model.peaks),
            "simulation": Band.of(row.simulation.peaks),
            "ratio": row.peak_ratio,
            "distance": row.peak_distance,
        },
        "mean_density": {
            "model": row.model.mean_density,
            "simulation": row.simulation.mean_density,
            "model_mean": row.model.mean_density.mean(),
            "simulation_mean": row.simulation.mean_density.mean(),
            "model_scatter": _scatter(row.model.mean_density),
            "simulation_scatter": _scatter(row.simulation.mean_density),
            "distance": row.mean_density_distance,
        },
        "scores": _scores(scores),
    }


def _scores(scores: ScoresAt) -> dict[str, Any]:
    return {
        "frechet": {name: _frechet(score) for name, score in scores.frechet.items()},
        "compatibility": scores.compatibility,
        "test": scores.test,
    }


def _frechet(score: FrechetScore) -> dict[str, Any]:
    return {"score": score.score, "floor_score": score.floor_score, "at_floor": score.at_floor, "distances": score}


def _last_scores(judgement: Judgement) -> dict[str, Any]:
    found = judgement.memorisation
    return {
        "published_frechet": {name: _frechet(score) for name, score in judgement.published.items()},
        "diversity": {
            "model": _diversity(judgement.diversity),
            "simulation": _diversity(judgement.simulated_diversity),
            "others": None if judgement.other_diversity is None else _diversity(judgement.other_diversity),
        },
        "memorisation": None
        if found is None
        else {"nearest": found, "threshold": found.threshold, "copies": found.copies},
        "tiling": {"model": judgement.tiling, "simulation": judgement.simulated_tiling},
    }


def _diversity(found: Diversity) -> dict[str, Any]:
    return {
        "k": found.k, "mean": found.mean, "error": found.error, "n_pairs": len(found.pairs),
        "largest_pair": found.pairs.max(), "repeated": found.repeated,
    }


def _scatter(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    return float(values.std(ddof=1))


def _by_redshift(rows: Sequence[Comparison], values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f} (z = {row.redshift:g})" for row, value in zip(rows, values, strict=True))
