"""The program ``cosmoloom``: one command per file, one line per error."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cosmoloom import __version__
from cosmoloom.cli.bench import bench
from cosmoloom.cli.encode import encode
from cosmoloom.cli.evaluate import evaluate
from cosmoloom.cli.explore import explore
from cosmoloom.cli.ingest import ingest
from cosmoloom.cli.models import models
from cosmoloom.cli.movie import movie
from cosmoloom.cli.reconstruct import reconstruct
from cosmoloom.cli.reference import reference
from cosmoloom.cli.reroll import reroll
from cosmoloom.cli.sample import sample
from cosmoloom.cli.simulate import simulate
from cosmoloom.cli.statistics import statistics
from cosmoloom.cli.train import train
from cosmoloom.cli.weave import weave
from cosmoloom.errors import CosmoloomError

app = typer.Typer(
    name="cosmoloom",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # help as plain text: usage errors are one line, and help can be piped
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
for command in (
    explore, movie, sample, weave, reroll, simulate, ingest, train, encode, evaluate, reconstruct, statistics, models,
    reference,
):  # fmt: skip
    app.command()(command)
app.add_typer(bench, name="bench")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"cosmoloom {__version__}")
        raise typer.Exit


@app.callback()
def cosmoloom(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Weave cosmic webs: simulate, generate, measure and explore 3D matter fields."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return 0, 2 for bad input, or 130 when interrupted."""
    if "JPY_PARENT_PID" in os.environ:  # what "!" in a notebook runs has a terminal, but the page erases nothing
        os.environ.setdefault("TTY_COMPATIBLE", "0")  # lines instead of bars, as in a file
    try:
        status = app(arguments, standalone_mode=False)
    except CosmoloomError as error:
        return _refuse(str(error))
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            return 2
        return _refuse(error.format_message())
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except BrokenPipeError:  # the reader of our output, like head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if status == 130:
        print("interrupted", file=sys.stderr)
    return status if isinstance(status, int) else 0


def _refuse(message: str) -> int:
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return 2
