"""``cosmoloom reference``: the held-out simulations that ship with the package."""

from __future__ import annotations


def reference() -> None:
    """List the bundled held-out simulations; any file argument takes them as reference::NAME@REDSHIFT."""
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.data.reference_set import read_reference, reference_names

    table = Table(title="Bundled reference set: simulations that no training has seen")
    for column in ("name", "voxels", "box [Mpc/h]", "cut from [Mpc/h]", "seed", "redshifts", "density"):
        table.add_column(column)
    for name in reference_names():
        box = read_reference(name)
        particles = f"{box.mean_count:g} particles a voxel"
        table.add_row(
            f"reference::{name}",
            f"{box.n}^3",
            f"{box.box_size:g}",
            "whole" if box.periodic else f"{box.parent_size:g}",
            f"{box.plan['seed']}{', mirrored' if box.plan['mirrored'] else ''}",
            " ".join(f"{z:g}" for z in box.redshifts),
            f"counts, {particles}" if box.clouds is None else f"clouds in cells, {particles}",
        )
    Console(width=120).print(table)
