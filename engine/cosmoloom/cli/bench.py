"""``cosmoloom bench``: how fast the explorer, the statistics and trainings are on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cosmoloom.cli.endurance import endurance
from cosmoloom.cli.weaving import weaving

if TYPE_CHECKING:
    from cosmoloom.bench.latency import LatencyReport
    from cosmoloom.bench.statistics import StatisticsReport
    from cosmoloom.bench.training import TrainingReport

bench = typer.Typer(
    no_args_is_help=True,
    help="Measure how fast the explorer, the statistics and trainings are on this machine, and what a window bears.",
)


bench.command()(endurance)
bench.command()(weaving)


@bench.command()
def latency(
    model: Annotated[str, typer.Option(help="Name of a bundled model, or a model's folder.")] = "primordial64",
    moves: Annotated[int, typer.Option(min=1, help="How many redshifts to go to.")] = 100,
    device: Annotated[str | None, typer.Option(help="Where to compute; CUDA where there is some.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of each stage; half of the cores.")] = None,
    view: Annotated[
        str, typer.Option(help="What draws: array (a coloured slice), or napari with a display.")
    ] = "array",
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON.")] = None,
) -> None:
    """Time every stage from a move of the redshift slider to the new slice.

    A matrix product is timed after every move; the network's own operations at its rate are the least that
    the network could take.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from cosmoloom.bench.latency import measure_latency
    from cosmoloom.bench.views import open_view
    from cosmoloom.data.atomic import atomic_path, require_writable

    if out is not None:
        require_writable(out)
    with open_view(view) as draw, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("moving the slider", total=moves)
        report = measure_latency(
            model,
            moves=moves,
            draw=draw,
            device=device,
            threads=threads,
            on_move=lambda: progress.advance(task),
        )
    _print(report)
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps({"view": view, **report.as_dict()}, indent=2) + "\n")
        print(f"wrote {out}")


@bench.command()
def statistics(
    n: Annotated[list[int] | None, typer.Option(min=16, help="Voxels per side; may be repeated. [64, 256]")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything takes its turn.")] = 5,
    threads: Annotated[int, typer.Option(min=1, help="Threads of ours and of the peers.")] = 1,
    pylians_python: Annotated[
        str | None, typer.Option(help="A Python with Pylians installed, to compare with it, too.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON.")] = None,
) -> None:
    """Time each statistic on the CPU beside NumPy and SciPy, and beside the machine's own limit.

    All take turns in one run, and ratios are those of the fastest turns: other work on the machine hardly changes them.
    The limit is one transform or one look at each voxel, which the statistic cannot go without.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from cosmoloom.bench.statistics import measure_statistics
    from cosmoloom.data.atomic import atomic_path, require_writable

    if out is not None:
        require_writable(out)
    sizes = n or [64, 256]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("taking turns", total=rounds * len(set(sizes)))
        report = measure_statistics(
            sizes,
            rounds=rounds,
            threads=threads,
            pylians_python=pylians_python,
            on_round=lambda: progress.advance(task),
        )
    _print_statistics(report)
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
        print(f"wrote {out}")


@bench.command()
def training(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PRESET]...", help="Presets, or paths of recipes; all by default.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=2, help="Volumes per iteration; each preset's own by default.")
    ] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Turns that are timed, after as many that are not.")] = 4,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="section.key=value, for every preset; may be repeated.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Where to train; CUDA where there is some.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads on the CPU.")] = 1,
    compiled: Annotated[bool, typer.Option("--compile/--no-compile", help="Compile the networks.")] = False,
    plain: Annotated[bool, typer.Option(help="Whether plain torch plays, too: twice the time.")] = True,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON.")] = None,
) -> None:
    """Time trainings on boxes of noise, beside the machine's own limit and beside plain torch.

    The limit is the rate of a matrix product in the same run.  Plain is the same training in float32, channels first,
    not compiled.  An iteration is one update of the generator with all updates of the critic that belong to it; on one
    thread of a CPU its seconds are those of that thread.
    """
    import json

    import torch
    from rich.console import Console
    from rich.progress import Progress

    from cosmoloom.bench.training import Job, measure_training, trainable_presets
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.atomic import atomic_path, require_writable

    if out is not None:
        require_writable(out)
    where = require_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    changes = (*(settings or ()), *([] if batch is None else [f"updates.batch={batch}"]))
    jobs = [
        Job(
            preset=name,
            settings=changes,
            iterations=iterations,
            device=where,
            threads=threads,
            compiled=compiled,
            plain=plain,
        )
        for name in names or trainable_presets()
    ]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("playing in turns", total=len(jobs))
        report = measure_training(jobs, on_preset=lambda done: progress.update(task, completed=done))
    _print_training(report)
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
        print(f"wrote {out}")
    if report.failed:
        raise typer.Exit(1)


def _print_training(report: TrainingReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("preset")
    for column in ("batch", "s/iteration", "volumes/s", "GFLOP", "x limit", "x plain", "memory [GiB]"):
        table.add_column(column, justify="right")
    for row in report.rows:
        table.add_row(
            row.preset,
            str(row.batch),
            f"{row.seconds:.3g}",
            f"{row.images_per_second:.3g}",
            f"{row.operations / 1e9:.3g}",
            f"{row.share_of_limit:.2f}",
            "" if row.speed_up is None else f"{row.speed_up:.2f}",
            f"{row.peak_memory / 2**30:.2f}",
        )
    console = Console(width=110)
    console.print(table)
    console.print(
        f"{report.device}, threads: {report.threads}, load {report.load:.1f}; fastest turns of one run.  "
        "x limit: share of a matrix product's rate; x plain: how much faster than plain torch",
        highlight=False,
    )
    for name, reason in report.failed.items():
        console.print(f"{name}: {reason}", highlight=False)


def _print(report: LatencyReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("stage")
    for column in ("median [ms]", "95 % below [ms]"):
        table.add_column(column, justify="right")
    for stage, times in report.stages.items():
        style = "bold" if stage == "slice" else None
        table.add_row(stage, f"{times.median:.2f}", f"{times.p95:.2f}", style=style, end_section=stage == "slice")
    console = Console()
    console.print(
        f"{report.model} on {report.processor}, threads: {report.threads}, {report.precision}", highlight=False
    )
    console.print(table)
    rates = ", ".join(f"{name} {rate / 1e9:.0f}" for name, rate in report.matrix_rates.items())
    console.print(
        f"{report.moves} moves; matrix product [GFLOP/s]: {rates}; load {report.load:.1f}\n"
        f"network: {sum(report.operations.values()) / 1e9:.3f} GFLOP, limit {report.limit:.2f} ms, "
        f"median is {report.ratio:.2f} x the limit",
        highlight=False,
    )


def _print_statistics(report: StatisticsReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("voxels")
    table.add_column("statistic")
    for column in ("fastest [ms]", "median [ms]", "x limit"):
        table.add_column(column, justify="right")
    table.add_column("peer")
    for column in ("peer [ms]", "peer / ours"):
        table.add_column(column, justify="right")
    for row, following in zip(report.rows, (*report.rows[1:], None), strict=True):
        cells = [f"{row.n}^3", row.statistic, f"{row.fastest:.2f}", f"{row.median:.2f}"]
        cells.append(f"{row.times_limit:.1f} {row.limit}")
        ends = following is None or following.n != row.n
        peers = [(name, f"{time:.1f}", f"{row.ratios[name]:.1f}") for name, time in row.peers.items()]
        peers = peers or [("", "", "")]
        for number, peer in enumerate(peers):
            before = cells if number == 0 else [""] * len(cells)
            table.add_row(*before, *peer, end_section=ends and number + 1 == len(peers))
    console = Console(width=110)
    console.print(f"{report.processor}, threads: {report.threads}, rounds: {report.rounds}", highlight=False)
    console.print(table)
    for n, limits in report.limits.items():
        known = ", ".join(f"one {name} {time:.2f} ms" for name, time in limits.items())
        console.print(f"limits at {n}^3: {known}", highlight=False)
    console.print(f"load {report.load:.1f}", highlight=False)
