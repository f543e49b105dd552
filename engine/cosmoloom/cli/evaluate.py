"""``cosmoloom evaluate``: a model beside simulations that it never saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    model: Annotated[str, typer.Argument(help="Name of a bundled model, or a model's folder.")] = "web64",
    store: Annotated[Path, typer.Option(help="Simulation store, as made by cosmoloom simulate.")] = Path(
        "boxes.zarr"
    ),
    held_out: Annotated[
        str, typer.Option(help="Simulations of the store that no training has read, as in 0010,0011.")
    ] = "0010,0011",
    redshifts: Annotated[
        str, typer.Option(help="Where to compare; snapshots of the store.")
    ] = "3,1.5,0.75,0.5,0",
    samples: Annotated[int, typer.Option(min=2, help="Samples per redshift.")] = 64,
    kappa: Annotated[
        float | None,
        typer.Option(help="Scaling [cosmic mean], within the model's range; by default its middle."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first sample; the next ones count up.")] = 0,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
    record: Annotated[
        bool, typer.Option("--record", help="Write the summary onto the model's card as well.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for evaluation.json and the pictures.")] = Path(
        "evaluation"
    ),
) -> None:
    """Compare samples of MODEL with held-out simulations.

    Writes power spectra, mass histograms, peak counts, mean densities, their ratios with error bars, the
    correlation between the first and the last redshift and the growth of large-scale power, as JSON and PNG.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cosmoloom import load, models
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.evaluate.document import summary
    from cosmoloom.evaluate.report import evaluate as run
    from cosmoloom.evaluate.summary_table import summary_table

    try:
        wanted = [float(z) for z in redshifts.split(",")]
    except ValueError:
        raise InvalidInputError(
            f"--redshifts must be numbers with commas between, got {redshifts!r}"
        ) from None
    simulations = SimulationStore.open(store)
    source = load(model, device=require_device(device))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("batches of fields", total=None)
        evaluation = run(
            source,
            simulations,
            [name.strip() for name in held_out.split(",") if name.strip()],
            wanted,
            samples,
            out,
            kappa=kappa,
            seed=seed,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if record:
        models.save_card(
            models.locate(model), source.card.model_copy(update={"measured": summary(evaluation)})
        )
    Console(width=110).print(summary_table(evaluation))
    print(f"numbers and pictures: {out}")
