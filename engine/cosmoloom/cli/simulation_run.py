"""What ``cosmoloom simulate`` says before and while it simulates."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from cosmoloom.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cosmoloom.data.store import SimulationStore
    from cosmoloom.simulate.preset import SimulationSet


def state_cost(wanted: SimulationSet, path: Path, *, boxes: int, device: str) -> None:
    """Print what so many boxes will cost, after a trial of one step.

    Raises
    ------
    InvalidInputError
        If the device's memory or the disk cannot hold them.
    """
    from cosmoloom.simulate.cost import disk_needed, measure_pace, memory_needed, require_memory

    plan, grid = wanted.plan, wanted.grid
    require_memory(plan, grid, device)
    disk, free = disk_needed(plan, grid, boxes), shutil.disk_usage(_existing(path)).free
    if disk > free:
        raise InvalidInputError(
            f"{boxes} boxes of {grid}^3 voxels need up to {disk / 1e9:.1f} GB of disk, and there are {free / 1e9:.1f} "
            f"GB at {path}; choose another place, fewer boxes or a smaller --grid"
        )
    mesh = f"{plan.n_particles * plan.mesh_factor}^3"
    print(
        f"{boxes} boxes of {plan.box_size:g} Mpc/h with {plan.n_particles}^3 particles, forces on {mesh} cells, "
        f"{len(plan.redshifts)} snapshots of {grid}^3 voxels"
    )
    needed = memory_needed(plan, grid)
    pace = measure_pace(plan, grid, device)
    seconds = pace.box(plan)
    print(
        f"memory {needed / 1e9:.1f} GB on {device}, disk up to {disk / 1e9:.2g} GB, "
        f"time about {_duration(boxes * seconds)} ({_duration(seconds)} a box)"
    )


def run(wanted: SimulationSet, path: Path, *, device: str) -> None:
    """Simulate what the store lacks, with time left per box and for all."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cosmoloom.data.store import SimulationStore
    from cosmoloom.simulate.campaign import simulate_into
    from cosmoloom.simulate.cost import require_memory
    from cosmoloom.simulate.resume import missing_from
    from cosmoloom.simulate.unfinished import tidy

    require_memory(wanted.plan, wanted.grid, device)
    store = SimulationStore.create(path)
    tidy(store)
    plans, console = wanted.plans(), Console()
    todo = missing_from(store, plans, grid=wanted.grid)
    print(f"{store.path}: {len(plans) - len(todo)} of {len(plans)} boxes are there, {len(todo)} to simulate")
    if todo:
        state_cost(wanted, path, boxes=len(todo), device=device)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            everything = progress.add_task("boxes", total=len(todo))
            for name, plan in todo:
                began = monotonic()
                steps = progress.add_task(f"box {name}, seed {plan.seed}", total=None)
                on_step = partial(_show_step, progress, steps)
                simulate_into(store, plan, name=name, grid=wanted.grid, device=device, on_step=on_step)
                progress.remove_task(steps)
                progress.advance(everything)
                partner = ", mirrored" if plan.mirrored else ""
                progress.print(f"box {name}: seed {plan.seed}{partner}, {monotonic() - began:.0f} s")
    except KeyboardInterrupt:
        print(_what_is_kept(store))
        raise


def _what_is_kept(store: SimulationStore) -> str:
    from cosmoloom.simulate.unfinished import all_unfinished

    begun = "".join(f", and box {kept.name} up to z = {kept.redshift():g}" for kept in all_unfinished(store))
    return f"{store.path} keeps its {len(store)} complete boxes{begun}; the same command goes on from there"


def _show_step(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


def _existing(path: Path) -> Path:
    """Return the path, or the nearest folder above that exists."""
    path = path.resolve()
    return path if path.exists() else _existing(path.parent)


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
