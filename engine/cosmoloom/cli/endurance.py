"""``cosmoloom bench endurance``: what the explorer's window bears."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cosmoloom.bench.endurance import EnduranceReport


def endurance(
    model: Annotated[str, typer.Option(help="Name of a bundled model, or a model's folder.")] = "primordial64",
    events: Annotated[int, typer.Option(min=1, help="Random events: sliders, buttons, camera.")] = 1000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long they take.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the events.")] = 1,
    openings: Annotated[int, typer.Option(min=0, help="How often the window is opened and closed then.")] = 10,
    device: Annotated[str | None, typer.Option(help="Where to compute; CUDA where there is some.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON.")] = None,
) -> None:
    """Do random events to the explorer's window, then open and close it again and again.

    Told are exceptions, whether the last field shown is that of the last settings, how long the window could not
    answer, and what threads and memory every opening leaves.  The processor time of the window's thread in one turn
    of its loop is what other work on the machine hardly changes.
    """
    import json

    from cosmoloom.bench.endurance import find_endure
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.atomic import atomic_path, require_writable

    if out is not None:
        require_writable(out)
    where = None if device is None else require_device(device)
    report = find_endure()(model, events=events, seconds=seconds, seed=seed, openings=openings, device=where)
    _print(report)
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
        print(f"wrote {out}")
    if report.failures or report.stale:
        raise typer.Exit(1)


def _print(report: EnduranceReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.bench.endurance import STALL

    console = Console(width=110)
    last = "STALE" if report.stale else "that of the last settings"
    console.print(
        f"{report.model}: {report.events} events in {report.seconds:.1f} s, {report.frames} fields shown, "
        f"{report.turns} turns, load {report.load:.1f}\n"
        f"{len(report.failures)} failures; the last field is {last}",
        highlight=False,
    )
    for failure in report.failures[:10]:
        console.print(f"  {failure}", highlight=False, markup=False)
    table = Table()
    table.add_column("a turn of the window's thread")
    for column in ("median [ms]", "99.9 % below [ms]", "longest [ms]"):
        table.add_column(column, justify="right")
    for name, times in (("processor time", report.busy), ("time, less waits for a processor", report.blocked)):
        table.add_row(name, *(f"{1e3 * time:.1f}" for time in times))
    console.print(table)
    console.print(f"{report.stalls} turns kept it busy for over {1e3 * STALL:.0f} ms; the busiest:", highlight=False)
    for busy, blocked, doing in report.longest:
        console.print(f"  {1e3 * busy:6.1f} ms ({1e3 * blocked:.1f})  {doing}", highlight=False, markup=False)
    for number, opening in enumerate(report.openings, 1):
        console.print(
            f"opening {number}: {opening.threads} threads, {opening.memory / 2**20:.0f} MiB", highlight=False
        )
