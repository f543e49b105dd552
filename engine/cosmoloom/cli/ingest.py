"""``cosmoloom ingest``: snapshots of any code into a simulation store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from cosmoloom.data.ingest import Ingestion
    from cosmoloom.data.store import SimulationStore


def ingest(
    snapshots: Annotated[list[Path], typer.Argument(help="Snapshots of one box, one for each redshift.")],
    store: Annotated[Path, typer.Option(help="Folder to append to or to make, as in boxes.zarr.")],
    grid: Annotated[int, typer.Option(help="Voxels per side.")] = 128,
    assignment: Annotated[str, typer.Option(help="How to share mass among voxels: ngp, cic or tsc.")] = "cic",
    name: Annotated[Optional[str], typer.Option(help="Name in the store; the next number by default.")] = None,
    unit_length: Annotated[
        Optional[float], typer.Option(help="Unit of length [Mpc/h] where a file does not tell, as 0.001 for kpc/h.")
    ] = None,
    Omega_m: Annotated[Optional[float], typer.Option("--Omega-m", help="Matter density, over critical.")] = None,
    Omega_b: Annotated[Optional[float], typer.Option("--Omega-b", help="Baryon density, over critical.")] = None,
    h: Annotated[Optional[float], typer.Option("--h", help="Hubble constant [100 km/s/Mpc].")] = None,
    n_s: Annotated[Optional[float], typer.Option("--n-s", help="Spectral index.")] = None,
    sigma_8: Annotated[Optional[float], typer.Option("--sigma-8", help="Linear rms in 8 Mpc/h at z = 0.")] = None,
    device: Annotated[str, typer.Option(help="Where to paint, as in cuda.")] = "cpu",
) -> None:
    """Paint snapshots into STORE, as one simulation.

    Reads GADGET-2, HDF5 of GADGET, AREPO (Quijote, CAMELS) and SWIFT, bigfile (FastPM, MP-Gadget) and Abacus;
    name one file of each snapshot, or its folder.  The same command goes on after an interruption, and does
    nothing where the simulation is complete.
    """
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.ingest import Ingestion, merged_cosmology
    from cosmoloom.data.paint import require_assignment
    from cosmoloom.data.readers.snapshots import open_snapshot
    from cosmoloom.data.store import SimulationStore

    scheme = require_assignment(assignment)
    opened = sorted((open_snapshot(path, unit_length=unit_length) for path in snapshots), key=lambda s: -s.redshift)
    given = {"Omega_m": Omega_m, "Omega_b": Omega_b, "h": h, "n_s": n_s, "sigma_8": sigma_8}
    stated = {key: value for key, value in given.items() if value is not None}
    cosmology, assumed = merged_cosmology(opened, stated)
    task = Ingestion(snapshots=tuple(opened), grid=grid, assignment=scheme, cosmology=cosmology)
    require_device(device)
    for snapshot in opened:
        print(
            f"{snapshot.path}: {snapshot.format}, {snapshot.n_particles} particles, "
            f"{snapshot.box_size:g} Mpc/h, z = {snapshot.redshift:.4g}"
        )
    if assumed:
        print(f"taken from Planck 2018, because no file states it: {', '.join(assumed)}")
    _run(SimulationStore.create(store), task, name=name, device=device)


def _run(store: SimulationStore, task: Ingestion, *, name: str | None, device: str) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from cosmoloom.data.ingest import ingest_into
    from cosmoloom.errors import InvalidInputError

    plan = task.as_plan()
    target = name or store.name_for(plan)
    if target in store.names():
        if store[target].group.attrs["plan"] != plan:
            raise InvalidInputError(f"{store.path} has another simulation {target}; choose another --name")
        print(f"{store.path}::{target} is complete")
        return
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            bar = progress.add_task("particles", total=sum(s.n_particles for s in task.snapshots))
            ingest_into(store, task, name=target, device=device, on_particles=lambda n: progress.advance(bar, n))
    except KeyboardInterrupt:
        print(f"{store.path} keeps the snapshots that were finished; the same command goes on from there")
        raise
    last = task.snapshots[-1].redshift
    print(f"open it with: cosmoloom.open('{store.path}::{target}@{max(0.0, last):.4g}')")
