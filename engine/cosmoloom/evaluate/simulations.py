"""The simulations of a store that models are judged by: held-out ones, and the others for comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.evolution import GROWTH_REDSHIFTS
from cosmoloom.evaluate.series import Series, follow
from cosmoloom.evaluate.sub_volumes import select, stored_sub_volumes
from cosmoloom.statistics.scores.floor import FEWEST

if TYPE_CHECKING:
    from cosmoloom.evaluate.refined import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which simulations are compared with, how they are cut, and when.

    Attributes
    ----------
    store : SimulationStore
        Holds the simulations.
    held_out, others : tuple of StoredSimulation
        Those that no model saw, and the rest of the store of the same kind.
    n, coarsen : int
        Voxels per side of a sub-volume, and simulated voxels per side of each.
    box_size : float
        Side of a sub-volume [Mpc/h].
    redshifts : tuple of float
        Where models are compared, from early to late [1].
    growing : bool
        Whether growth of power can be measured.
    """

    store: SimulationStore
    held_out: tuple[StoredSimulation, ...]
    others: tuple[StoredSimulation, ...]
    n: int
    coarsen: int
    box_size: float
    redshifts: tuple[float, ...]
    growing: bool

    @property
    def n_sub_volumes(self) -> int:
        """Held-out sub-volumes."""
        return sum((simulation.n // self.coarsen // self.n) ** 3 for simulation in self.held_out)

    @property
    def drawn(self) -> tuple[float, ...]:
        """All redshifts at which fields are needed, from early to late [1]."""
        return tuple(sorted({*self.redshifts, *(GROWTH_REDSHIFTS if self.growing else ())}, reverse=True))

    def turns(self, count: int) -> tuple[int, int]:
        """Return how often each held-out box is taken, and for how many sub-volumes, so that all give ``count``.

        All boxes give as many as any other, but for the last one.
        """
        per_box = self.n_sub_volumes // len(self.held_out)
        rounds = -(-count // (per_box * len(self.held_out)))
        return rounds, -(-count // (rounds * len(self.held_out)))

    def cut(self, simulation: StoredSimulation, redshift: float) -> Tensor:
        """Return the sub-volumes of one snapshot, shape (parts^3, n, n, n)."""
        return stored_sub_volumes(simulation, redshift, self.n, coarsen=self.coarsen)

    def whole(self, simulation: StoredSimulation, redshift: float) -> Tensor:
        """Return a whole periodic box, in voxels of the models."""
        return torch.from_numpy(block_mean(simulation.density(redshift), self.coarsen))


@dataclass(frozen=True, slots=True)
class Simulated:
    """Statistics of the held-out sub-volumes, and of those of the other simulations where there are any."""

    held_out: Series
    others: Series | None


def choose(
    models: Sequence[Judged],
    store: SimulationStore,
    held_out_names: Sequence[str],
    redshifts: Sequence[float],
    kappas: Sequence[float],
    *,
    fresh_store: bool = False,
) -> Selection:
    """Select simulations that fit all models.

    Raises
    ------
    InvalidInputError
        If a model was trained on a held-out simulation, the models differ in grid, model and simulations do
        not fit together, or a redshift is missing.
    """
    card = models[0].card
    for model in models[1:]:
        if (model.card.n, model.card.box_size) != (card.n, card.box_size):
            raise InvalidInputError(
                f"models are compared on one grid, but {card.name} makes {card.n}^3 voxels in {card.box_size:g} "
                f"Mpc/h and {model.card.name} {model.card.n}^3 in {model.card.box_size:g} Mpc/h; "
                "evaluate them one by one"
            )
    if not fresh_store:
        for model in models:
            require_unseen(model, held_out_names)
    coarsen = coarsening_of(models[0], select(store, held_out_names, 1)[0])
    held_out = select(store, held_out_names, card.n, coarsen=coarsen)
    wanted = tuple(sorted({float(z) for z in redshifts}, reverse=True))
    for model, kappa in zip(models, kappas, strict=True):
        require_fit(model, held_out[0], wanted, kappa)
    ranges = [model.card.redshift_range for model in models]
    rest = [simulation for simulation in store if simulation.name not in held_out_names]
    selection = Selection(
        store=store,
        held_out=tuple(held_out),
        others=tuple(simulation for simulation in rest if _kind(simulation) == _kind(held_out[0])),
        n=card.n,
        coarsen=coarsen,
        box_size=card.box_size,
        redshifts=wanted,
        growing=all(
            z in held_out[0].redshifts and low <= z <= high for z in GROWTH_REDSHIFTS for low, high in ranges
        ),
    )
    if selection.n_sub_volumes < FEWEST:
        raise InvalidInputError(
            f"held-out simulations {', '.join(held_out_names)} hold {selection.n_sub_volumes} sub-volumes of "
            f"{card.box_size:g} Mpc/h, but a covariance and the floor of a score need at least {FEWEST}; "
            "name more of them or simulate larger boxes"
        )
    return selection


def measure_simulations(selection: Selection, on_batch: Callable[[], None]) -> Simulated:
    """Measure all simulations, box by box."""
    correlated = (selection.redshifts[0], selection.redshifts[-1])

    def measured(simulations: Sequence[StoredSimulation], redshifts: Sequence[float], further: bool) -> Series:
        return follow(
            ({z: selection.cut(s, z) for z in redshifts} for s in simulations),
            box_size=selection.box_size, correlated=correlated, on_batch=on_batch, further=further,
        )

    return Simulated(
        held_out=measured(selection.held_out, selection.drawn, True),
        others=measured(selection.others, selection.redshifts, False) if selection.others else None,
    )


def require_unseen(model: Judged, held_out_names: Sequence[str]) -> None:
    """Raise InvalidInputError if a model was trained on one of these simulations."""
    seen = sorted(set(held_out_names) & set(model.card.training.get("boxes", [])))
    if seen:
        raise InvalidInputError(
            f"model {model.card.name} was trained on {', '.join(seen)}, which cannot be held out; name simulations "
            "that it never saw, or say --fresh-store if this is another store than the training's"
        )


def coarsening_of(model: Judged, simulation: StoredSimulation) -> int:
    """Return how many voxels of the simulation are as wide as one of the model."""
    voxel_size, wanted = simulation.box_size / simulation.n, model.card.voxel_size
    coarsen = max(1, round(wanted / voxel_size))
    if abs(coarsen * voxel_size / wanted - 1) > 1e-3:
        raise InvalidInputError(
            f"model {model.card.name} has voxels of {wanted:g} Mpc/h, which is no multiple of "
            f"the simulations' {voxel_size:g} Mpc/h"
        )
    return coarsen


def require_fit(
    model: Judged, simulation: StoredSimulation, redshifts: Sequence[float], kappa: float
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


def _kind(simulation: StoredSimulation) -> tuple[object, ...]:
    return simulation.n, simulation.box_size, simulation.redshifts, simulation.cosmology
