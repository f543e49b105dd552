"""``cosmoloom reconstruct``: how well a model can express simulations that it never saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def reconstruct(
    store: Annotated[Path, typer.Argument(help="Simulation store, as made by cosmoloom simulate.")],
    boxes: Annotated[
        str, typer.Option(help="Simulations that no training has read, as in 0010,0011; all if empty.")
    ] = "",
    model: Annotated[str, typer.Option(help="Name of a bundled model, or a model's folder.")] = "primordial64",
    redshifts: Annotated[str, typer.Option(help="Snapshots, as in 1,0.")] = "0",
    steps: Annotated[int, typer.Option(min=1, help="Of each refinement.")] = 100,
    count: Annotated[int | None, typer.Option(min=3, help="Volumes; all that tile the simulations by default.")] = None,
    restarts: Annotated[
        int,
        typer.Option(min=1, help="Refinements of each volume; from 2 on, their spread beside the truth is told."),
    ] = 1,
    out: Annotated[Path, typer.Option(help="Folder for pictures and numbers.")] = Path("reconstruction"),
) -> None:
    """Encode, refine and compare volumes that tile simulations of STORE.

    Writes, for each redshift, Dice curves with what chance makes of them, r(k) and the ratios of all statistics as
    PNG, and all numbers as JSON.  With --restarts, tells instead how well refinements agree with each other and with
    the initial conditions that the simulations began from.
    """
    import json

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from cosmoloom import load
    from cosmoloom.cli.lists import names, numbers
    from cosmoloom.data.atomic import atomic_path
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.evaluate.figures.overlap import overlap_figure
    from cosmoloom.evaluate.figures.reconstruction import reconstruction_figure
    from cosmoloom.evaluate.plain import plain
    from cosmoloom.evaluate.reconstruction import document, octants, reconstruct, table
    from cosmoloom.evaluate.restart_spread import measure_spread, spread_table
    from cosmoloom.pipeline.primordial import PrimordialModel

    source = load(model)
    if not isinstance(source, PrimordialModel):
        raise InvalidInputError(f"model {source.card.name} is not encoded by this command; primordial64 is")
    simulations = SimulationStore.open(store)
    chosen = names(boxes) if boxes else tuple(simulations.names())
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    out.mkdir(parents=True, exist_ok=True)
    for redshift in numbers(redshifts, option="--redshifts"):
        stem = f"z{redshift:g}"
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
            task = progress.add_task(f"volumes at z = {redshift:g}", total=None)

            def show(done: int, total: int, bar: Progress = progress, task: TaskID = task) -> None:
                bar.update(task, completed=done, total=total)

            if restarts > 1:
                spread = measure_spread(
                    source, simulations, chosen, redshift, steps=steps, restarts=restarts, count=count, on_progress=show
                )
            else:
                volumes = octants(simulations, chosen, redshift, source.card.n)[:count]
                found = reconstruct(source, volumes, steps=steps, on_progress=show)
        if restarts > 1:
            with atomic_path(out / f"{stem}_restarts.json") as draft:
                draft.write_text(json.dumps(plain(spread), indent=1, allow_nan=False) + "\n")
            print(spread_table(spread))
            continue
        with atomic_path(out / f"{stem}.json") as draft:
            draft.write_text(json.dumps(document(found), indent=1, allow_nan=False) + "\n")
        with atomic_path(out / f"{stem}.png") as draft:
            reconstruction_figure(found).savefig(draft, dpi=100)
        with atomic_path(out / f"{stem}_overlap.png") as draft:
            overlap_figure(
                found.pictured[0], tuple(zip(("encoder", f"after {steps} steps"), found.pictured[1:], strict=True)),
                box_size=source.card.box_size,
            ).savefig(draft, dpi=100)  # fmt: skip
        print(table(found))
    print(f"pictures and numbers: {out}")
