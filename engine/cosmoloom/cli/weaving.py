"""``cosmoloom bench weaving``: how long large volumes take, scale by scale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cosmoloom.bench.weaving import WeavingReport


def weaving(
    by: Annotated[list[str], typer.Option(help="Refiner or patch model; once per refinement, from coarse to fine.")],
    start: Annotated[int, typer.Option(min=2, help="Voxels per side of the noise that is refined.")] = 64,
    tile: Annotated[int, typer.Option(min=2, help="Voxels per side of a tile of refiners; even.")] = 64,
    store: Annotated[
        Path | None, typer.Option(help="Write every scale there, a new .zarr, instead of keeping it in memory.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="Where to compute; CUDA where there is some.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads on the CPU.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON.")] = None,
) -> None:
    """Refine a box of noise and tell time, operations and memory of every scale.

    The limit is the rate of a matrix product between the pieces.  On one thread of a CPU the seconds are the
    processor's, which other work on the machine hardly changes.
    """
    import json

    import torch
    from rich.console import Console
    from rich.progress import Progress

    from cosmoloom.bench.weaving import measure_weaving
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.atomic import atomic_path, require_writable

    if out is not None:
        require_writable(out)
    where = require_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        report = measure_weaving(
            by, start, tile=tile, store=store, device=where, threads=threads,
            on_piece=lambda piece: progress.update(task, description=f"{piece.n}^3", completed=piece.share),
        )  # fmt: skip
    _print(report)
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps(report.as_dict(), indent=2) + "\n")
        print(f"wrote {out}")


def _print(report: WeavingReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("scale")
    for column in ("pieces", "s", "ns/voxel", "GFLOP", "x limit", "memory [GiB]"):
        table.add_column(column, justify="right")
    for stage in report.stages:
        table.add_row(
            f"{stage.n}^3", str(stage.pieces), f"{stage.seconds:.3g}", f"{stage.nanoseconds_per_voxel:.3g}",
            f"{stage.operations / 1e9:.3g}", f"{stage.share_of_limit:.2f}", f"{stage.peak_memory / 2**30:.2f}",
        )  # fmt: skip
    console = Console(width=110)
    console.print(table)
    console.print(
        f"{report.device}, threads: {report.threads}, load {report.load:.1f}.  x limit: share of a matrix product's "
        "rate; memory: the most so far, libraries included",
        highlight=False,
    )
