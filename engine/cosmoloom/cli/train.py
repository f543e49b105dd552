"""``cosmoloom train``: train by a preset, or a recipe of one's own, with checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Precision = Literal["auto", "float32", "bfloat16"]


def train(
    preset: Annotated[
        str | None, typer.Argument(help="Name of a preset, or path of a recipe as TOML; presets are shown without")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Simulation store, as written by: cosmoloom simulate")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for checkpoints, metrics and the model")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="section.key=value in place of the recipe's; may be repeated")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the model; that of the preset unless given")] = "",
    shown: Annotated[bool, typer.Option("--list", help="Show the presets")] = False,
    device: Annotated[str, typer.Option(help="Where to train, as in cuda")] = "cpu",
    precision: Annotated[
        Precision, typer.Option(help="Of convolutions and products; auto takes what is faster here")
    ] = "auto",
    accumulate: Annotated[int, typer.Option(help="Parts into which a batch is cut to save memory")] = 1,
    compiled: Annotated[bool, typer.Option("--compile", help="Compile the networks")] = False,
    checkpoint_minutes: Annotated[float, typer.Option(help="Minutes between checkpoints")] = 4.0,
    max_minutes: Annotated[
        float | None, typer.Option(help="Minutes after which the run stops by itself, to go on later")
    ] = None,
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Write numbers for TensorBoard, too")] = False,
) -> None:
    """Train, or go on from the last checkpoint in OUT; Ctrl-C saves before it stops.

    Unless the recipe names them, the last two simulations of the store are held out and the one before them validates.
    """
    from cosmoloom.cli.training_run import run_training
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.train.recipes.file import resolve

    if shown or preset is None:
        _show_presets()
        return
    if out is None:
        raise InvalidInputError("name a folder for the run, as in --out runs/first")
    recipe = resolve(preset, store=store, settings=settings or ())
    status = run_training(
        recipe, out, name=name or Path(preset).stem, device=device, precision=precision, accumulate=accumulate,
        compiled=compiled, checkpoint_minutes=checkpoint_minutes, max_minutes=max_minutes, tensorboard=tensorboard,
    )  # fmt: skip
    if status:
        raise typer.Exit(status)


def _show_presets() -> None:
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.train.recipes.file import presets

    table = Table(box=None, show_header=False)
    for name, about in presets().items():
        table.add_row(name, about)
    Console().print(table)
