"""``cosmoloom evaluate``: a model beside simulations that it never saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of bundled models or folders of models, one or several on one grid; web64 if none."
        ),
    ] = None,
    store: Annotated[Path, typer.Option(help="Simulation store, as made by cosmoloom simulate.")] = Path(
        "boxes.zarr"
    ),
    held_out: Annotated[
        str, typer.Option(help="Simulations of the store that no training has read, as in 0010,0011.")
    ] = "0010,0011",
    redshifts: Annotated[
        str, typer.Option(help="Where to compare; snapshots of the store.")
    ] = "3,1.5,0.75,0.5,0",
    samples: Annotated[int, typer.Option(min=1, help="Samples per redshift; at least 4.")] = 64,
    kappa: Annotated[
        float | None,
        typer.Option(help="Scaling [cosmic mean], within the model's range; by default its middle."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first sample; the next ones count up.")] = 0,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
    fresh_store: Annotated[
        bool,
        typer.Option(
            "--fresh-store", help="This store is not the training's: equal names are no equal simulations."
        ),
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Write each summary onto its model's card as well.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the page, its pictures and its numbers.")] = Path(
        "evaluation"
    ),
) -> None:
    """Compare samples of MODELS with held-out simulations.

    Writes one page, evaluation.html, that opens in any browser: every statistic of models and simulations side
    by side with error bars, what it says in words, and scores with their floors.  Beside it lie the pictures
    as PNG and all numbers as evaluation.json.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cosmoloom import load
    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.lists import names, numbers
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.evaluate.document import PAGE, summary
    from cosmoloom.evaluate.report import evaluate_side_by_side
    from cosmoloom.evaluate.summary_table import summary_table
    from cosmoloom.models import locate, save_card

    wanted = numbers(redshifts, option="--redshifts")
    chosen = models or ["web64"]
    simulations = SimulationStore.open(store)
    sources = [load(model, device=require_device(device)) for model in chosen]
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("batches of fields", total=None)
        evaluations = evaluate_side_by_side(
            sources,
            simulations,
            names(held_out),
            wanted,
            samples,
            out,
            kappa=kappa,
            seed=seed,
            fresh_store=fresh_store,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    screen = Console(width=110)
    for model, source, evaluation in zip(chosen, sources, evaluations, strict=True):
        if record:
            save_card(locate(model), source.card.model_copy(update={"measured": summary(evaluation)}))
        screen.print(summary_table(evaluation))
    print(f"page, pictures and numbers: {out / PAGE}")
