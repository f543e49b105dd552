"""Evaluate a model: draw samples, measure them beside held-out simulations, write numbers and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.evolution import GROWTH_REDSHIFTS, Correlation, Growth, growth_of_power
from cosmoloom.evaluate.provenance import facts
from cosmoloom.evaluate.samples import Band
from cosmoloom.evaluate.series import Series, follow
from cosmoloom.evaluate.sub_volumes import select, stored_sub_volumes

if TYPE_CHECKING:
    from cosmoloom.pipeline.conditional import ConditionalModel

REDSHIFTS = (3.0, 1.5, 0.75, 0.5, 0.0)
BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What :func:`evaluate` found.

    Attributes
    ----------
    facts : dict
        Model, samples, simulations and their provenance, as JSON.
    comparisons : tuple of Comparison
        One per redshift, from early to late.
    correlation : Correlation or None
        Between the first and the last redshift; None if there is only one.
    growth : Growth or None
        None if the store or the model lacks one of the redshifts.
    pictured : tuple of pairs of Box
        One held-out sub-volume and one sample per redshift, to look at.
    """

    facts: dict[str, Any]
    comparisons: tuple[Comparison, ...]
    correlation: Correlation | None
    growth: Growth | None
    pictured: tuple[tuple[Box, Box], ...]


def evaluate(
    model: ConditionalModel,
    store: SimulationStore,
    held_out_names: Sequence[str],
    redshifts: Sequence[float] = REDSHIFTS,
    n_samples: int = 64,
    out_dir: str | Path | None = None,
    *,
    kappa: float | None = None,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Compare samples of a model with simulations.

    Parameters
    ----------
    model : ConditionalModel
        What is judged; load it in exact precision.
    store : SimulationStore
        Holds the simulations.
    held_out_names : sequence of str
        Those that the model's training never read.
    redshifts : sequence of float
        Where to compare; the store must have these snapshots [1].
    n_samples : int
        Samples per redshift, of the same latents at each.
    out_dir : str or Path, optional
        Where to write ``evaluation.json`` and the pictures; nothing is written without it.
    kappa : float, optional
        Condition of the network [cosmic mean]; the middle of the trained range by default.
    seed : int
        Of the first sample; the next ones count up.
    on_progress : callable, optional
        Told how many batches of how many are measured.

    Raises
    ------
    InvalidInputError
        If model and simulations do not fit together, or a redshift is missing.
    UnwritableError
        If ``out_dir`` cannot be written to; found out before the work begins.
    """
    from cosmoloom.evaluate.document import prepare_folder, write_evaluation

    card = model.card
    kappa = card.default_kappa if kappa is None else kappa
    if n_samples < 2:
        raise InvalidInputError(f"a scatter needs at least 2 samples, got {n_samples}")
    wanted = tuple(sorted({float(z) for z in redshifts}, reverse=True))
    coarsen = _coarsening(model, select(store, held_out_names, 1)[0])
    simulations = select(store, held_out_names, card.n, coarsen=coarsen)
    _require_fit(model, simulations[0], wanted, kappa)
    if out_dir is not None:
        prepare_folder(Path(out_dir))

    low, high = card.redshift_range
    growing = all(z in simulations[0].redshifts and low <= z <= high for z in GROWTH_REDSHIFTS)
    drawn = tuple(sorted({*wanted, *(GROWTH_REDSHIFTS if growing else ())}, reverse=True))
    others = _others(store, simulations[0], held_out_names)
    done, total = 0, ceil(n_samples / BATCH) + len(simulations) + len(others)

    def on_batch() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, total)

    def measured(batches: Iterator[dict[float, Tensor]]) -> Series:
        return follow(batches, box_size=card.box_size, correlated=(wanted[0], wanted[-1]), on_batch=on_batch)

    def cut(simulation: StoredSimulation, redshift: float) -> Tensor:
        return stored_sub_volumes(simulation, redshift, card.n, coarsen=coarsen)

    sampled = measured(_draw(model, drawn, kappa, range(seed, seed + n_samples)))
    simulated = measured({z: cut(s, z) for z in drawn} for s in simulations)
    rest = measured({z: cut(s, z) for z in wanted} for s in others) if others else None
    evaluation = Evaluation(
        facts=facts(model, store, simulations, others, coarsen=coarsen, kappa=kappa, seed=seed, n_samples=n_samples),
        comparisons=tuple(
            Comparison(
                redshift=z,
                trained=any(abs(z - t) < 1e-6 for t in card.trained_redshifts),
                model=sampled.at[z],
                simulation=simulated.at[z],
                others=None if rest is None else rest.at[z],
            )
            for z in wanted
        ),
        correlation=_correlation(sampled, simulated, wanted),
        growth=_growth(model, sampled, simulated) if growing else None,
        pictured=tuple(
            (
                _box(simulated, z, card.box_size, f"simulation {simulations[0].name}"),
                _box(sampled, z, card.box_size, f"{card.name}, seed {seed}"),
            )
            for z in wanted
        ),
    )
    if out_dir is not None:
        write_evaluation(evaluation, Path(out_dir))
    return evaluation


def _coarsening(model: ConditionalModel, simulation: StoredSimulation) -> int:
    """Return how many voxels of the simulation are as wide as one of the model."""
    voxel_size, wanted = simulation.box_size / simulation.n, model.card.voxel_size
    coarsen = max(1, round(wanted / voxel_size))
    if abs(coarsen * voxel_size / wanted - 1) > 1e-3:
        raise InvalidInputError(
            f"model {model.card.name} has voxels of {wanted:g} Mpc/h, which is no multiple of "
            f"the simulations' {voxel_size:g} Mpc/h"
        )
    return coarsen


def _require_fit(
    model: ConditionalModel, simulation: StoredSimulation, redshifts: Sequence[float], kappa: float
) -> None:
    """Raise InvalidInputError unless model and simulation can be compared at these redshifts."""
    card = model.card
    if not redshifts:
        raise InvalidInputError("name at least one redshift to compare at")
    if card.universe != simulation.cosmology:
        raise InvalidInputError(
            f"model {card.name} was trained in another cosmology ({card.universe}) "
            f"than the simulations' ({simulation.cosmology})"
        )
    for redshift in redshifts:
        model.check(redshift, kappa)
        if not any(abs(redshift - z) < 1e-6 for z in simulation.redshifts):
            known = ", ".join(f"{z:g}" for z in simulation.redshifts)
            raise InvalidInputError(f"the simulations have snapshots at z = {known}, not at {redshift:g}")


def _others(
    store: SimulationStore, like: StoredSimulation, held_out_names: Sequence[str]
) -> list[StoredSimulation]:
    """Return the store's other simulations of the same kind."""
    rest = [simulation for simulation in store if simulation.name not in held_out_names]
    return [simulation for simulation in rest if _kind(simulation) == _kind(like)]


def _kind(simulation: StoredSimulation) -> tuple[object, ...]:
    return simulation.n, simulation.box_size, simulation.redshifts, simulation.cosmology


def _draw(
    model: ConditionalModel, redshifts: Sequence[float], kappa: float, seeds: range
) -> Iterator[dict[float, Tensor]]:
    """Yield samples of the same latents at every redshift, batch by batch."""
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start : start + BATCH]
        latent = model.draw_latent(batch[0], len(batch))
        yield {z: model.density(latent, z, kappa) for z in redshifts}


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


def _growth(model: ConditionalModel, sampled: Series, simulated: Series) -> Growth:
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
