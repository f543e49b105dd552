"""Evaluate models that make maps: beside square tiles of slabs of held-out simulations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from cosmoloom import __version__
from cosmoloom.data.projections import all_slabs, depth_of
from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.drawing import BATCH
from cosmoloom.evaluate.judgement import ScoresAt, scores_at
from cosmoloom.evaluate.report import common_redshifts, distinct_names
from cosmoloom.evaluate.samples import SampleStatistics, concatenate, measure
from cosmoloom.evaluate.simulations import coarsening_of, require_fit, require_unseen
from cosmoloom.evaluate.sub_volumes import select
from cosmoloom.statistics.scores.floor import FEWEST

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model

CAUTION = (
    "Tiles of one box share its long waves, and slabs along its three axes its matter: they are not independent, so "
    "scatter and floors come from fewer maps than are counted."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEvaluation:
    """What was found of one model of maps.

    Attributes
    ----------
    facts : dict
        Model, samples and simulations, as JSON.
    comparisons : tuple of Comparison
        One per redshift, from early to late; power in (Mpc/h)^2.
    scores : tuple of ScoresAt
        One per redshift.
    """

    facts: dict[str, Any]
    comparisons: tuple[Comparison, ...]
    scores: tuple[ScoresAt, ...]
    diversities: None = None

    @property
    def name(self) -> str:
        """Name of the model, distinct among those that were evaluated together."""
        return str(self.facts["model"]["name"])


def evaluate_maps(
    models: Sequence[Model],
    store: SimulationStore,
    held_out_names: Sequence[str],
    redshifts: Sequence[float] | None = None,
    n_samples: int = 64,
    out_dir: str | Path | None = None,
    *,
    seed: int = 0,
    fresh_store: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[MapEvaluation, ...]:
    """Compare maps of models with the same simulations.

    Parameters are those of :func:`cosmoloom.evaluate.report.evaluate_side_by_side`; written are numbers and table.

    Raises
    ------
    InvalidInputError
        If models and simulations do not fit together, a held-out simulation was trained on, a redshift is
        missing, or there are too few maps for a covariance.
    """
    from cosmoloom.evaluate.document import prepare_folder, write_map_evaluations

    grids = {(model.card.n, model.card.box_size, model.card.thickness) for model in models}
    if len(grids) != 1:
        raise InvalidInputError("maps are compared on one grid and of one thickness; evaluate these models one by one")
    if n_samples < FEWEST:
        raise InvalidInputError(f"a covariance and its floor need at least {FEWEST} samples, got {n_samples}")
    wanted = tuple(sorted(common_redshifts(models) if redshifts is None else redshifts, reverse=True))
    simulations = select(store, held_out_names, 1)
    for model in models:
        require_fit(model, simulations[0], wanted, model.card.default_kappa)
        if not fresh_store:
            require_unseen(model, held_out_names)
    if out_dir is not None:
        prepare_folder(Path(out_dir))
    done, total = 0, len(wanted) * (len(models) + len(simulations))

    def on_batch() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, total)

    held_out = {
        z: _measured([_tiles(simulation, z, models[0], on_batch) for simulation in simulations], models[0])
        for z in wanted
    }
    counted = len(held_out[wanted[0]])
    if counted < FEWEST:
        raise InvalidInputError(f"held-out simulations hold {counted} such maps, but a score needs at least {FEWEST}")
    evaluations = []
    for model, name in zip(models, distinct_names([model.card.name for model in models]), strict=True):
        comparisons = tuple(
            Comparison(
                redshift=z,
                trained=any(abs(z - t) < 1e-6 for t in model.card.trained_redshifts),
                model=_measured(_drawn(model, z, range(seed, seed + n_samples), on_batch), model),
                simulation=held_out[z],
            )
            for z in wanted
        )
        evaluations.append(
            MapEvaluation(
                facts=_facts(model, name, simulations, counted, n_samples=n_samples, seed=seed),
                comparisons=comparisons,
                scores=tuple(scores_at(row) for row in comparisons),
            )
        )
    if out_dir is not None:
        write_map_evaluations(evaluations, Path(out_dir))
    return tuple(evaluations)


def _tiles(simulation: StoredSimulation, redshift: float, model: Model, on_batch: Callable[[], None]) -> Tensor:
    """Cut all slabs of one snapshot into tiles that do not overlap, shape (b, n, n)."""
    card = model.card
    coarsen = coarsening_of(model, simulation)
    density = block_mean(simulation.density(redshift), coarsen)
    if card.thickness is None or density.shape[0] < card.n:
        raise InvalidInputError(f"a box of {density.shape[0]}^3 voxels holds no map of {card.n}^2")
    depth = depth_of(card.thickness, density.shape[0], card.voxel_size)
    slabs = all_slabs(density[None], depth)[:, 0]  # (slabs, m, m)
    corners = range(0, slabs.shape[-1] - card.n + 1, card.n)
    tiles = [slabs[:, x : x + card.n, y : y + card.n] for x in corners for y in corners]
    on_batch()
    return torch.from_numpy(np.concatenate(tiles))


def _drawn(model: Model, redshift: float, seeds: range, on_batch: Callable[[], None]) -> list[Tensor]:
    maps = []
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start : start + BATCH]
        latent = model.draw_latent(batch[0], len(batch))
        maps.append(model.density(latent, redshift, model.card.default_kappa))
    on_batch()
    return maps


def _measured(maps: Sequence[Tensor], model: Model) -> SampleStatistics:
    return concatenate(measure(batch, box_size=model.card.box_size, dimensions=2) for batch in maps)


def _facts(
    model: Model, name: str, simulations: Sequence[StoredSimulation], counted: int, *, n_samples: int, seed: int
) -> dict[str, Any]:
    card = model.card
    return {
        "made_by": f"cosmoloom {__version__}",
        "model": {
            "name": name,
            "weights_sha256": card.weights_sha256,
            "n": card.n,
            "box_size": card.box_size,
            "thickness": card.thickness,
            "trained_redshifts": list(card.trained_redshifts),
            "training_boxes": list(card.training.get("boxes", [])),
        },
        "samples": {"count": n_samples, "first_seed": seed},
        "held_out": {"names": [simulation.name for simulation in simulations], "n_maps": counted},
        "units": {"box_size": "Mpc/h, comoving", "k": "h/Mpc", "power": "(Mpc/h)^2"},
        "cautions": [CAUTION],
    }
