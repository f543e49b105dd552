"""Which of the boxes that were asked for does a store still lack."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.particle_mesh import SimulationPlan


def missing_from(
    store: SimulationStore, plans: Sequence[SimulationPlan], *, grid: int
) -> list[tuple[str, SimulationPlan]]:
    """Return the plans that no complete simulation of the store has carried out, with free names.

    Parameters
    ----------
    store : SimulationStore
        What is there already.
    plans : sequence of SimulationPlan
        What shall be there.
    grid : int
        Voxels per side of the density.

    Returns
    -------
    list of (str, SimulationPlan)
        Names count on after the last complete simulation, so that a half-written one is replaced.
    """
    done = [(run.n, run.group.attrs["plan"]) for run in store]
    todo = [plan for plan in plans if (grid, json.loads(json.dumps(asdict(plan)))) not in done]
    numbers = [int(name) for name in store.names() if name.isdecimal()]
    first = max(numbers, default=-1) + 1
    return [(f"{first + i:04d}", plan) for i, plan in enumerate(todo)]
