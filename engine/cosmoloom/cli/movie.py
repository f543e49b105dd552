"""``cosmoloom movie``: a saved session as a movie, also where there is no display."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer


def movie(
    session: Annotated[Path, typer.Argument(help="A session that the explorer saved.")],
    out: Annotated[Path, typer.Option(help="Output: .mp4, .gif, or a name without ending for a folder of PNG.")],
    seconds: Annotated[float, typer.Option(help="Length [s].")] = 8.0,
    rate: Annotated[float, typer.Option(help="Frames per second.")] = 25.0,
    size: Annotated[str, typer.Option(help="Width x height [pixels].")] = "1280x720",
    redshifts: Annotated[str | None, typer.Option(help="Let time pass from one to another, as in 3,0.")] = None,
    turn: Annotated[float, typer.Option(help="How far the camera goes around the boxes [degree].")] = 0.0,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; by default the best one.")] = None,
) -> None:
    """Film the main view of SESSION: from bookmark to bookmark, through redshifts, or around the boxes.

    Without a display the window is drawn on a virtual one.  A movie that was interrupted leaves no file.
    """
    from cosmoloom.cli.display import has_display, run_on_virtual_display
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.errors import InvalidInputError, MissingFileError

    if not session.is_file():
        raise MissingFileError(f"no session at {session}; the explorer's save button writes one")
    if not (seconds > 0 and rate > 0):
        raise InvalidInputError(f"a movie needs a length and a rate above 0, got {seconds} s and {rate} per second")
    sides = re.fullmatch(r"(\d+)x(\d+)", size)
    if sides is None:
        raise InvalidInputError(f"--size takes width x height, as in 1280x720; got {size!r}")
    first_last = None if redshifts is None else _two_numbers(redshifts)
    require_writable(out)
    if not has_display():
        arguments = [str(session), "--out", str(out), "--seconds", str(seconds), "--rate", str(rate), "--size", size]
        arguments += ["--turn", str(turn)]
        arguments += [] if redshifts is None else ["--redshifts", redshifts]
        arguments += [] if device is None else ["--device", device]
        raise typer.Exit(run_on_virtual_display("movie", arguments))
    _film(session, out, seconds, rate, (int(sides[1]), int(sides[2])), first_last, turn, device)
    print(out)


def _film(
    session: Path, out: Path, seconds: float, rate: float, size: tuple[int, int],
    redshifts: tuple[float, float] | None, turn: float, device: str | None,
) -> None:  # fmt: skip
    """Film with the explorer that an installed plugin offers."""
    from importlib.metadata import entry_points

    from rich.console import Console
    from rich.progress import Progress

    from cosmoloom.cli.device import require_device
    from cosmoloom.errors import MissingExtraError

    found = list(entry_points(group="cosmoloom.movies"))
    if not found:
        raise MissingExtraError("the explorer is not installed: pip install 'cosmoloom[napari,movie]'")
    where = None if device is None else require_device(device)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("filming", total=None)

        def progress(done: int, total: int) -> bool:
            bar.update(task, completed=done, total=total)
            return True

        try:
            found[0].load()(
                out, session, seconds=seconds, rate=rate, size=size, redshifts=redshifts, turn=turn, device=where,
                progress=progress,
            )  # fmt: skip
        except ModuleNotFoundError as error:
            raise MissingExtraError(
                f"the explorer cannot start ({error}): pip install 'cosmoloom[napari,movie]'"
            ) from error


def _two_numbers(text: str) -> tuple[float, float]:
    from cosmoloom.errors import InvalidInputError

    try:
        first, last = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInputError(f"--redshifts takes two numbers, as in 3,0; got {text!r}") from None
    return first, last
