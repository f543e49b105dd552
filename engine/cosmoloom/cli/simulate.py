"""``cosmoloom simulate``: particle-mesh runs into a store, and their check against theory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cosmoloom.data.store import SimulationStore
    from cosmoloom.simulate.particle_mesh import SimulationPlan


def simulate(
    store: Annotated[Path, typer.Argument(help="Folder to append to or to make, as in boxes.zarr.")],
    boxes: Annotated[int, typer.Option(min=0, help="How many boxes this command stands for.")] = 1,
    box_size: Annotated[float, typer.Option(help="Side of the periodic box [Mpc/h].")] = 128.0,
    particles: Annotated[int, typer.Option(help="Particles per side.")] = 256,
    grid: Annotated[int | None, typer.Option(help="Voxels per side; half the particles by default.")] = None,
    redshifts: Annotated[str, typer.Option(help="Snapshots, from early to late.")] = "3,2,1.5,1,0.5,0.25,0",
    steps: Annotated[int, typer.Option(help="Time steps down to z = 0.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first box; the next ones count up.")] = 0,
    fixed: Annotated[bool, typer.Option("--fixed", help="Give every mode its expected amplitude.")] = False,
    pair: Annotated[bool, typer.Option("--pair", help="Follow each box with its mirrored partner.")] = False,
    device: Annotated[str, typer.Option(help="Where to run, as in cuda.")] = "cpu",
    check: Annotated[bool, typer.Option("--check", help="Compare P(k) of the store with theory.")] = False,
) -> None:
    """Simulate boxes of dark matter into STORE.

    Boxes that the store already holds are skipped, so the same command resumes after an interruption, and
    adds to a store when --boxes grows or --seed changes.  One process at a time may write to a store.  With
    --check, a table and STORE/theory.png compare its power spectra with linear theory and HMcode;
    --boxes 0 --check does nothing else.
    """
    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.lists import numbers
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.simulate.campaign import grid_of
    from cosmoloom.simulate.particle_mesh import SimulationPlan

    if pair and boxes % 2:
        raise InvalidInputError(f"--pair makes boxes two by two, so --boxes must be even, got {boxes}")
    snapshots = numbers(redshifts, option="--redshifts")
    plans = [
        SimulationPlan(
            box_size=box_size,
            n_particles=particles,
            redshifts=snapshots,
            n_steps=steps,
            seed=seed + (i // 2 if pair else i),
            fixed=fixed,
            mirrored=pair and i % 2 == 1,
        )
        for i in range(boxes)
    ]
    if plans:
        cells = grid_of(plans[0], grid)
        require_device(device)
        _run(SimulationStore.create(store), plans, cells=cells, device=device)
    if check:
        _check(SimulationStore.open(store))


def _run(store: SimulationStore, plans: list[SimulationPlan], *, cells: int, device: str) -> None:
    """Simulate what the store lacks, with time left per box and for all."""
    from functools import partial
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cosmoloom.simulate.campaign import simulate_into
    from cosmoloom.simulate.resume import missing_from

    console = Console()
    todo = missing_from(store, plans, grid=cells)
    print(f"{store.path}: {len(plans) - len(todo)} of {len(plans)} boxes are there, {len(todo)} to simulate")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            everything = progress.add_task("boxes", total=len(todo))
            for name, plan in todo:
                began = monotonic()
                steps = progress.add_task(f"box {name}, seed {plan.seed}", total=None)
                on_step = partial(_show_step, progress, steps)
                simulate_into(store, plan, name=name, grid=cells, device=device, on_step=on_step)
                progress.remove_task(steps)
                progress.advance(everything)
                partner = ", mirrored" if plan.mirrored else ""
                progress.print(f"box {name}: seed {plan.seed}{partner}, {monotonic() - began:.0f} s")
    except KeyboardInterrupt:
        print(f"{store.path} keeps its {len(store)} complete boxes; the same command goes on from there")
        raise


def _show_step(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


def _check(store: SimulationStore) -> None:
    """Print and draw measured over predicted power."""
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.data.atomic import atomic_path
    from cosmoloom.simulate.theory import compare_with_theory
    from cosmoloom.simulate.theory_figure import theory_figure

    comparisons = compare_with_theory(store)
    low, *_, high = comparisons[0].k
    scales = [low, *(k for k in (0.1, 0.2, 0.5, 1.0, 2.0) if 1.2 * low < k <= high)]
    table = Table(title=f"P(k) over theory, mean of {comparisons[0].n_boxes} boxes (linear | HMcode 2020)")
    table.add_column("z")
    for k in scales:
        table.add_column(f"k = {k:.2g} h/Mpc", justify="right")
    for row in comparisons:
        linear, nonlinear = row.ratio_at(scales)
        cells = [f"{a:.3f} | {b:.3f}" for a, b in zip(linear, nonlinear, strict=True)]
        table.add_row(f"{row.redshift:g}", *cells)
    Console(width=110).print(table)
    picture = store.path / "theory.png"
    with atomic_path(picture) as draft:
        theory_figure(comparisons).savefig(draft, dpi=150)
    print(picture)
