"""Which of the boxes that were asked for does a store still lack, and which of them were begun."""

from __future__ import annotations

from collections.abc import Sequence

from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.unfinished import all_unfinished


def missing_from(
    store: SimulationStore, plans: Sequence[SimulationPlan], *, grid: int
) -> list[tuple[str, SimulationPlan]]:
    """Return the plans that no complete simulation of the store has carried out, with names.

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
        What was begun keeps its name.  New names count on after the last simulation that is complete or can go on,
        so that one that has not come to its first snapshot is replaced.
    """
    done = [(run.n, run.group.attrs["plan"]) for run in store]
    todo = [plan for plan in plans if (grid, plan.as_dict()) not in done]
    begun = all_unfinished(store)
    known = [*store.names(), *(kept.name for kept in begun)]
    number = max((int(name) for name in known if name.isdecimal()), default=-1)
    named = []
    for plan in todo:
        name = next((kept.name for kept in begun if kept.belongs_to(plan, grid=grid)), None)
        if name is None:
            number += 1
            name = f"{number:04d}"
        named.append((name, plan))
    return named
