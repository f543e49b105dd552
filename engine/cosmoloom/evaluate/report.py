"""Evaluate models: draw samples, measure and score them beside held-out simulations, write the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosmoloom.box import Box
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.drawing import BATCH, draw_samples
from cosmoloom.evaluate.evolution import GROWTH_REDSHIFTS, Correlation, Growth, Overlap, growth_of_power
from cosmoloom.evaluate.further import Curves
from cosmoloom.evaluate.judgement import Judgement, ScoresAt, judge
from cosmoloom.evaluate.provenance import facts
from cosmoloom.evaluate.samples import Band
from cosmoloom.evaluate.series import Series, follow
from cosmoloom.evaluate.simulations import Selection, Simulated, choose, measure_simulations
from cosmoloom.statistics.scores import Diversity
from cosmoloom.statistics.scores.floor import FEWEST

if TYPE_CHECKING:
    from cosmoloom.evaluate.refined import Judged

REDSHIFTS = (3.0, 1.5, 0.75, 0.5, 0.0)
"""Where models are compared by default, as far as they know these redshifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was found of one model.

    Attributes
    ----------
    facts : dict
        Model, samples, simulations and their provenance, as JSON.
    comparisons : tuple of Comparison
        One per redshift, from early to late.
    further : mapping
        From redshift to further statistics by name: curves of the samples, and of the held-out sub-volumes.
    correlation : Correlation or None
        Between the first and the last redshift; None if there is only one.
    overlap : Overlap or None
        Of the densest voxels at the first and the last redshift; None if there is only one.
    growth : Growth or None
        None if the store or the model lacks one of the redshifts.
    judgement : Judgement
        Scores, with what simulations score among themselves.
    pictured : tuple of pairs of Box
        One held-out sub-volume and one sample per redshift, to look at.
    """

    facts: dict[str, Any]
    comparisons: tuple[Comparison, ...]
    further: Mapping[float, Mapping[str, tuple[Curves, Curves]]]
    correlation: Correlation | None
    overlap: Overlap | None
    growth: Growth | None
    judgement: Judgement
    pictured: tuple[tuple[Box, Box], ...]

    @property
    def name(self) -> str:
        """Name of the model, distinct among those that were evaluated together."""
        return str(self.facts["model"]["name"])

    @property
    def scores(self) -> tuple[ScoresAt, ...]:
        """Scores at every redshift."""
        return self.judgement.at

    @property
    def diversities(self) -> tuple[Diversity, Diversity]:
        """Of the samples, and of the held-out sub-volumes, at the last redshift."""
        return self.judgement.diversity, self.judgement.simulated_diversity


def evaluate(
    model: Judged,
    store: SimulationStore,
    held_out_names: Sequence[str],
    redshifts: Sequence[float] | None = None,
    n_samples: int = 64,
    out_dir: str | Path | None = None,
    *,
    kappa: float | None = None,
    seed: int = 0,
    fresh_store: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Compare samples of one model with simulations; as :func:`evaluate_side_by_side`."""
    return evaluate_side_by_side(
        [model], store, held_out_names, redshifts, n_samples, out_dir,
        kappa=kappa, seed=seed, fresh_store=fresh_store, on_progress=on_progress,
    )[0]


def evaluate_side_by_side(
    models: Sequence[Judged],
    store: SimulationStore,
    held_out_names: Sequence[str],
    redshifts: Sequence[float] | None = None,
    n_samples: int = 64,
    out_dir: str | Path | None = None,
    *,
    kappa: float | None = None,
    seed: int = 0,
    fresh_store: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Evaluation, ...]:
    """Compare samples of models with the same simulations.

    Parameters
    ----------
    models : sequence of Model or RefinedBoxes
        What is judged, on one grid; load them in exact precision.
    store : SimulationStore
        Holds the simulations.
    held_out_names : sequence of str
        Those that no model's training ever read.
    redshifts : sequence of float, optional
        Where to compare; the store must have these snapshots [1].  By default REDSHIFTS, as far as all models know
        them, or the one redshift of a model that knows no other.
    n_samples : int
        Samples per redshift, of the same latents at each.
    out_dir : str or Path, optional
        Where to write the page, its pictures and its numbers; nothing is written without it.
    kappa : float, optional
        Condition of the networks [cosmic mean]; the middle of each trained range by default.
    seed : int
        Of the first sample; the next ones count up.
    fresh_store : bool
        Say that the store is not the one of the training, so that equal names are no equal simulations.
    on_progress : callable, optional
        Told how many batches of how many are measured.

    Returns
    -------
    tuple of Evaluation
        One per model, in the order given.

    Raises
    ------
    InvalidInputError
        If models and simulations do not fit together, a held-out simulation was trained on, a redshift is
        missing, or there are too few fields for a covariance.
    UnwritableError
        If ``out_dir`` cannot be written to; found out before the work begins.
    """
    from cosmoloom.evaluate.document import prepare_folder, write_evaluations

    if not models:
        raise InvalidInputError("name at least one model to evaluate")
    if n_samples < FEWEST:
        raise InvalidInputError(f"a covariance and its floor need at least {FEWEST} samples, got {n_samples}")
    kappas = [model.card.default_kappa if kappa is None else kappa for model in models]
    wanted = common_redshifts(models) if redshifts is None else redshifts
    selection = choose(models, store, held_out_names, wanted, kappas, fresh_store=fresh_store)
    if out_dir is not None:
        prepare_folder(Path(out_dir))
    n_batches = ceil(n_samples / BATCH) + 1  # the last for the scores
    done, total = 0, n_batches * len(models) + len(selection.held_out) + len(selection.others)

    def on_batch() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, total)

    simulated = measure_simulations(selection, on_batch)
    names = distinct_names([model.card.name for model in models])
    evaluations = []
    for model, name, scaling in zip(models, names, kappas, strict=True):
        known = facts(model, selection, name=name, kappa=scaling, seed=seed, n_samples=n_samples)
        seeds = range(seed, seed + n_samples)
        evaluations.append(_evaluate(model, selection, simulated, known, scaling, seeds, on_batch))
    if out_dir is not None:
        write_evaluations(evaluations, Path(out_dir))
    return tuple(evaluations)


def common_redshifts(models: Sequence[Judged]) -> tuple[float, ...]:
    """Return REDSHIFTS as far as all models know them, or else the latest redshift that all know.

    Raises
    ------
    InvalidInputError
        If no redshift is known to all.
    """
    low = max(model.card.redshift_range[0] for model in models)
    high = min(model.card.redshift_range[1] for model in models)
    if low > high:
        known = ", ".join(f"{m.card.name} {m.card.redshift_range[0]:g} to {m.card.redshift_range[1]:g}" for m in models)
        raise InvalidInputError(f"these models have no redshift in common ({known}); evaluate them one by one")
    return tuple(z for z in REDSHIFTS if low <= z <= high) or (low,)


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return the names, with numbers behind those that models share."""
    return [
        f"{name} ({names[: i + 1].count(name)})" if names.count(name) > 1 else name for i, name in enumerate(names)
    ]


def _evaluate(
    model: Judged,
    selection: Selection,
    simulated: Simulated,
    known: dict[str, Any],
    kappa: float,
    seeds: range,
    on_batch: Callable[[], None],
) -> Evaluation:
    """Draw, measure and score the samples of one model."""
    card, wanted, held_out = model.card, selection.redshifts, simulated.held_out
    batches = draw_samples(model, selection, kappa, seeds)
    sampled = follow(batches, box_size=card.box_size, correlated=(wanted[0], wanted[-1]), on_batch=on_batch)
    comparisons = tuple(
        Comparison(
            redshift=z,
            trained=any(abs(z - t) < 1e-6 for t in card.trained_redshifts),
            model=sampled.at[z],
            simulation=held_out.at[z],
            others=None if simulated.others is None else simulated.others.at[z],
        )
        for z in wanted
    )
    trained_on = [s for s in selection.others if s.name in card.training.get("boxes", [])]
    training = [selection.whole(s, wanted[-1]) for s in trained_on]
    judgement = judge(comparisons, sampled, held_out, simulated.others, training, box_size=card.box_size)
    on_batch()
    first = selection.held_out[0].name
    return Evaluation(
        facts=known,
        comparisons=comparisons,
        further={
            z: {key: (curves, held_out.further[z][key]) for key, curves in sampled.further[z].items()}
            for z in wanted
        },
        correlation=_correlation(sampled, held_out, wanted),
        overlap=_overlap(sampled, held_out, wanted),
        growth=_growth(model, sampled, held_out) if selection.growing else None,
        judgement=judgement,
        pictured=tuple(
            (
                _box(held_out, z, card.box_size, f"simulation {first}"),
                _box(sampled, z, card.box_size, f"{known['model']['name']}, seed {seeds[0]}"),
            )
            for z in wanted
        ),
    )


def _correlation(sampled: Series, simulated: Series, redshifts: Sequence[float]) -> Correlation | None:
    if len(redshifts) < 2:
        return None
    return Correlation(
        early=redshifts[0],
        late=redshifts[-1],
        k=sampled.at[redshifts[0]].k,
        model=Band.of(sampled.correlation),
        simulation=Band.of(simulated.correlation),
    )


def _overlap(sampled: Series, simulated: Series, redshifts: Sequence[float]) -> Overlap | None:
    if len(redshifts) < 2:
        return None
    return Overlap(
        early=redshifts[0], late=redshifts[-1], model=Band.of(sampled.dice), simulation=Band.of(simulated.dice)
    )


def _growth(model: Judged, sampled: Series, simulated: Series) -> Growth:
    early, late = GROWTH_REDSHIFTS
    linear = model.card.universe.growth_factor([late, early])
    return Growth(
        early=early,
        late=late,
        model=growth_of_power(sampled.at[late], sampled.at[early]),
        simulation=growth_of_power(simulated.at[late], simulated.at[early]),
        linear=float(linear[0] / linear[1]) ** 2,
    )


def _box(series: Series, redshift: float, box_size: float, label: str) -> Box:
    return Box(density=series.first[redshift], box_size=box_size, redshift=redshift, label=label)
