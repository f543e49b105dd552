"""Run simulations into a store, or into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.paint import paint
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.particle_mesh import Snapshot, evolve
from cosmoloom.simulate.plan import STANDARD_REDSHIFTS, SimulationPlan
from cosmoloom.simulate.unfinished import Unfinished


def simulate(
    *,
    box_size: float,
    n_particles: int,
    redshifts: Sequence[float] = STANDARD_REDSHIFTS,
    seed: int = 0,
    grid: int | None = None,
    cosmology: Cosmology | None = None,
    device: str = "cpu",
    **options: Any,
) -> list[Box]:
    """Simulate one periodic box and return its density at every redshift.

    Parameters
    ----------
    box_size : float
        Side in [Mpc/h].
    n_particles : int
        Particles per side.
    redshifts : sequence of float
        Snapshots [1], in any order.
    seed : int
        Seed of the initial phases.
    grid : int, optional
        Cells per side of the density; half of ``n_particles`` unless given, so 8 particles per cell.
    cosmology : Cosmology, optional
        Planck 2018 unless given.
    device : str
        Where to run, for example ``"cuda"``.
    **options
        Further fields of :class:`SimulationPlan`.

    Returns
    -------
    list of Box
        Cloud-in-cell density, from early to late.
    """
    plan = SimulationPlan(
        box_size=box_size, n_particles=n_particles, seed=seed, cosmology=cosmology or Cosmology(),
        redshifts=tuple(sorted({float(z) for z in redshifts}, reverse=True)), **options,
    )
    cells = grid_of(plan, grid)
    return [
        Box(
            density=density(snapshot, plan, cells).cpu().numpy(), box_size=box_size, periodic=True,
            redshift=snapshot.redshift, label=f"simulation, seed {seed}",
        )
        for snapshot in evolve(plan, device=device)
    ]


def simulate_into(
    store: SimulationStore,
    plan: SimulationPlan,
    *,
    name: str,
    grid: int | None = None,
    device: str = "cpu",
    on_step: Callable[[int, int], None] | None = None,
) -> None:
    """Simulate one box into a store; it becomes visible when it is complete.

    Parameters
    ----------
    store : SimulationStore
        Where to; no other process may write to it.
    plan : SimulationPlan
        What to simulate.
    name : str
        A name that is free, or under which this plan was begun: then it goes on after the last finished snapshot,
        on a CPU with as many threads to the same bits.
    grid : int, optional
        Cells per side of the density; half of the particles unless given.
    device : str
        Where to run.
    on_step : callable, optional
        Called with (steps done, steps in all) after every step.
    """
    n = grid_of(plan, grid)
    kept = Unfinished.of(store, name)
    group, after = None, None
    if kept.path.is_file() and kept.belongs_to(plan, grid=n):
        group = store.interrupted(name, plan.as_dict())
    if group is None:
        group = store.append(
            name=name, plan=plan.as_dict(), cosmology=plan.cosmology, box_size=plan.box_size,
            redshifts=plan.redshifts, n=n, mean_count=(plan.n_particles / n) ** 3,
        )
    else:
        after = kept.read()
    first = 0 if after is None else plan.redshifts.index(after.redshift) + 1
    snapshots = evolve(plan, after=after, device=device, on_step=on_step)
    del after  # evolve has it, and lets it go
    for index, snapshot in enumerate(snapshots, start=first):
        group["cic"][index] = density(snapshot, plan, n).cpu().numpy()
        group["ngp"][index] = counts(snapshot, plan, n).cpu().numpy().astype(np.int32)
        if index + 1 < len(plan.redshifts):
            kept.write(snapshot, plan, grid=n)
    group.attrs["complete"] = True
    kept.remove()


def density(snapshot: Snapshot, plan: SimulationPlan, n: int) -> Tensor:
    """Return rho / mean on n^3 cells, by cloud-in-cell."""
    mesh = paint(snapshot.positions * (n / plan.box_size), n)
    return mesh.mul_((n / plan.n_particles) ** 3)


def counts(snapshot: Snapshot, plan: SimulationPlan, n: int) -> Tensor:
    """Return particles per cell on n^3 cells."""
    return paint(snapshot.positions * (n / plan.box_size), n, "ngp")


def grid_of(plan: SimulationPlan, grid: int | None) -> int:
    """Return the cells per side of the density field."""
    n = plan.n_particles // 2 if grid is None else grid
    if not 4 <= n <= 4 * plan.n_particles:
        raise InvalidInputError(
            f"grid must have 4 to {4 * plan.n_particles} cells per side for {plan.n_particles} particles, got {n}"
        )
    return n
