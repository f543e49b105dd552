"""``cosmoloom statistics``: measure a density field, alone or beside another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def statistics(
    file: Annotated[
        str, typer.Argument(help="A .npy, .npz, .h5 or .zarr; STORE::0010@0.5 for a simulation.")
    ],
    reference: Annotated[
        str | None, typer.Option(help="A second field of the same size to compare with.")
    ] = None,
    box_size: Annotated[float | None, typer.Option(help="Side [Mpc/h], where the file does not say.")] = None,
    redshift: Annotated[
        float | None, typer.Option(help="Redshift; selects the snapshot of a simulation.")
    ] = None,
    neighbourhood: Annotated[int, typer.Option(min=1, help="Reach of a peak in voxels.")] = 2,
    out: Annotated[Path | None, typer.Option(help="Write all numbers to this JSON file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write a picture to this file, as in out.png.")] = None,
) -> None:
    """Measure power spectrum, mass histogram, peaks and mean density of FILE.

    With --reference also cross-correlation and Dice score of the two.
    """
    import json

    from rich.console import Console

    from cosmoloom.data.atomic import atomic_path, require_writable
    from cosmoloom.data.readers import open_box
    from cosmoloom.evaluate.field_report import field_document, field_figure, field_table, measure_fields

    for target in (out, plot):
        if target is not None:
            require_writable(target)
    box = open_box(file, box_size=box_size, redshift=redshift)
    other = None if reference is None else open_box(reference, box_size=box_size, redshift=redshift)
    report = measure_fields(box, other, neighbourhood=neighbourhood)
    Console(width=110).print(field_table(report))
    if out is not None:
        with atomic_path(out) as draft:
            draft.write_text(json.dumps(field_document(report), indent=1, allow_nan=False) + "\n")
        print(out)
    if plot is not None:
        with atomic_path(plot) as draft:
            field_figure(report).savefig(draft, dpi=150)
        print(plot)
