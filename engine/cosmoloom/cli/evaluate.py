"""``cosmoloom evaluate``: a model beside simulations that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cosmoloom.evaluate.maps import MapEvaluation
    from cosmoloom.evaluate.report import Evaluation


def evaluate(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of bundled models or folders of models, one or several on one grid; primordial64 if none."
        ),
    ] = None,
    store: Annotated[Path, typer.Option(help="Simulation store, as made by cosmoloom simulate.")] = Path(
        "boxes.zarr"
    ),
    held_out: Annotated[
        str, typer.Option(help="Simulations of the store that no training has read, as in 0010,0011.")
    ] = "0010,0011",
    redshifts: Annotated[
        str | None,
        typer.Option(help="Where to compare; snapshots of the store.  3,1.5,0.75,0.5,0 if all models know them."),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Samples per redshift; at least 4.")] = 64,
    kappa: Annotated[
        float | None,
        typer.Option(help="Scaling [cosmic mean] for models that read it; by default the middle of their range."),
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

    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.lists import names, numbers
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.evaluate.maps import evaluate_maps
    from cosmoloom.evaluate.refined import load_judged
    from cosmoloom.evaluate.report import evaluate_side_by_side
    from cosmoloom.models import locate, read_card, save_card
    from cosmoloom.pipeline.model import Model

    wanted = None if redshifts is None else numbers(redshifts, option="--redshifts")
    chosen = models or ["primordial64"]
    simulations, boxes = SimulationStore.open(store), names(held_out)
    sources = [load_judged(model, device=require_device(device)) for model in chosen]
    if len({source.card.dimensions for source in sources}) > 1:
        raise InvalidInputError("models of volumes and of maps cannot be compared; evaluate them one by one")
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("batches of fields", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        flat = [source for source in sources if isinstance(source, Model) and source.card.dimensions == 2]
        if flat:
            maps = evaluate_maps(
                flat, simulations, boxes, wanted, samples, out, seed=seed, fresh_store=fresh_store, on_progress=show
            )
        else:
            found = evaluate_side_by_side(
                sources, simulations, boxes, wanted, samples, out,
                kappa=kappa, seed=seed, fresh_store=fresh_store, on_progress=show,
            )  # fmt: skip
    measured = _show_maps(maps, out) if flat else _show(found, out)
    if record:
        for model, entries in zip(chosen, measured, strict=True):
            save_card(locate(model), read_card(model).model_copy(update={"measured": entries}))


def _show(evaluations: Sequence[Evaluation], out: Path) -> list[dict[str, Any]]:
    """Print one table per model; return what belongs on the models' cards."""
    from rich.console import Console

    from cosmoloom.evaluate.document import PAGE, summary
    from cosmoloom.evaluate.summary_table import summary_table

    screen = Console(width=110)
    for evaluation in evaluations:
        screen.print(summary_table(evaluation))
    print(f"page, pictures and numbers: {out / PAGE}")
    return [summary(evaluation) for evaluation in evaluations]


def _show_maps(evaluations: Sequence[MapEvaluation], out: Path) -> list[dict[str, Any]]:
    """Print the table of all models; return what belongs on the models' cards."""
    from cosmoloom.evaluate.summary_file import as_markdown, card_entries, summary_rows

    rows = summary_rows(evaluations)
    print(as_markdown(rows))
    print(f"table and numbers: {out}")
    return [{**evaluation.facts["samples"], **card_entries(rows, evaluation.name)} for evaluation in evaluations]
