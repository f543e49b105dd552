"""``cosmoloom ingest``: snapshots of any code, or cubes that it painted, into a simulation store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

if TYPE_CHECKING:
    from cosmoloom.cosmology import Cosmology
    from cosmoloom.data.ingest import Ingestion
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.statistics.mass_assignment import Assignment


def ingest(
    files: Annotated[
        list[str], typer.Argument(help="Snapshots or cubes of one box, one for each redshift; or one list of cubes.")
    ],
    store: Annotated[Path, typer.Option(help="Folder to append to or to make, as in boxes.zarr.")],
    grid: Annotated[
        Optional[int], typer.Option(help="Voxels per side to paint snapshots on; 128 by default. Cubes keep theirs.")
    ] = None,
    assignment: Annotated[
        Optional[str], typer.Option(help="How to share mass among voxels, or how cubes were made: ngp, cic or tsc.")
    ] = None,
    name: Annotated[Optional[str], typer.Option(help="Name in the store; the next number by default.")] = None,
    unit_length: Annotated[
        Optional[float], typer.Option(help="Unit of length [Mpc/h] where a file does not tell, as 0.001 for kpc/h.")
    ] = None,
    box_size: Annotated[Optional[float], typer.Option(help="Side [Mpc/h] of cubes whose files do not tell.")] = None,
    redshift: Annotated[Optional[float], typer.Option(help="Redshift of cubes whose files do not tell.")] = None,
    Omega_m: Annotated[Optional[float], typer.Option("--Omega-m", help="Matter density, over critical.")] = None,
    Omega_b: Annotated[Optional[float], typer.Option("--Omega-b", help="Baryon density, over critical.")] = None,
    h: Annotated[Optional[float], typer.Option("--h", help="Hubble constant [100 km/s/Mpc].")] = None,
    n_s: Annotated[Optional[float], typer.Option("--n-s", help="Spectral index.")] = None,
    sigma_8: Annotated[Optional[float], typer.Option("--sigma-8", help="Linear rms in 8 Mpc/h at z = 0.")] = None,
    device: Annotated[str, typer.Option(help="Where to paint, as in cuda.")] = "cpu",
) -> None:
    """Bring snapshots or painted cubes into STORE, as one simulation.

    Reads GADGET-2, HDF5 of GADGET, AREPO (Quijote, CAMELS) and SWIFT, bigfile (FastPM, MP-Gadget) and Abacus;
    name one file of each snapshot, or its folder.  Cubes are .npy (those of Quijote and CAMELS tell size and redshift
    by their names), .npz, .h5, .zarr and .fits of whole periodic boxes: counts, densities or overdensities.  A file
    of several cubes, named alone, becomes as many simulations.  The same command goes on after an interruption, and
    does nothing where the simulation is complete.
    """
    from cosmoloom.data.ingest import Ingestion, completed_cosmology
    from cosmoloom.data.paint import require_assignment
    from cosmoloom.data.readers.snapshots import is_cube, open_snapshot
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError

    scheme = None if assignment is None else require_assignment(assignment)
    given = {"Omega_m": Omega_m, "Omega_b": Omega_b, "h": h, "n_s": n_s, "sigma_8": sigma_8}
    stated = {key: value for key, value in given.items() if value is not None}
    cubes = [is_cube(file) for file in files]
    if any(cubes):
        if not all(cubes) or grid is not None or unit_length is not None:
            raise InvalidInputError(
                "cubes keep the grid that they have: ingest them without snapshots, --grid and --unit-length"
            )
        cosmology, assumed = completed_cosmology(stated)
        _tell(assumed)
        _run_cubes(
            files, store, box_size=box_size, redshift=redshift, assignment=scheme, cosmology=cosmology, name=name
        )
        return
    if box_size is not None or redshift is not None:
        raise InvalidInputError("snapshots tell their own size and redshift; --box-size and --redshift are for cubes")
    from cosmoloom.cli.device import require_device

    opened = sorted((open_snapshot(path, unit_length=unit_length) for path in files), key=lambda s: -s.redshift)
    cosmology, assumed = completed_cosmology({**opened[0].cosmology, **stated})
    task = Ingestion(snapshots=tuple(opened), grid=grid or 128, assignment=scheme or "cic", cosmology=cosmology)
    require_device(device)
    for snapshot in opened:
        print(
            f"{snapshot.path}: {snapshot.format}, {snapshot.n_particles} particles, "
            f"{snapshot.box_size:g} Mpc/h, z = {snapshot.redshift:.4g}"
        )
    _tell(assumed)
    _run(SimulationStore.create(store), task, name=name, device=device)


def _tell(assumed: list[str]) -> None:
    if assumed:
        print(f"taken from Planck 2018, because no file states it: {', '.join(assumed)}")


def _run(store: SimulationStore, task: Ingestion, *, name: str | None, device: str) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from cosmoloom.data.ingest import ingest_into

    target = _unfinished(store, task.as_plan(), name)
    if target is None:
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
    print(_how_to_open(store, target))


def _run_cubes(
    files: list[str],
    folder: Path,
    *,
    box_size: float | None,
    redshift: float | None,
    assignment: Assignment | None,
    cosmology: Cosmology,
    name: str | None,
) -> None:
    from cosmoloom.data.ingest_cubes import CubeIngestion, cubes_in, describe, ingest_cubes_into
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError

    boxes = [(path,) for path in cubes_in(files[0])] if len(files) == 1 else [tuple(files)]
    if name is not None and len(boxes) > 1:
        raise InvalidInputError(f"{files[0]} holds {len(boxes)} cubes, which are numbered; leave --name out")
    tasks = [
        CubeIngestion(paths=paths, box_size=box_size, redshift=redshift, assignment=assignment, cosmology=cosmology)
        for paths in boxes
    ]
    describe(tasks[0])  # what does not fit is refused before a store is made
    store = SimulationStore.create(folder)
    for task in tasks:
        target = _unfinished(store, task.as_plan(), name)
        if target is not None:
            ingest_cubes_into(store, task, name=target)
            print(_how_to_open(store, target))


def _unfinished(store: SimulationStore, plan: dict[str, Any], name: str | None) -> str | None:
    """Return the name under which to write, or None where all is there."""
    from cosmoloom.errors import InvalidInputError

    target = name or store.name_for(plan)
    if target not in store.names():
        return target
    if store[target].group.attrs["plan"] != plan:
        raise InvalidInputError(f"{store.path} has another simulation {target}; choose another --name")
    print(f"{store.path}::{target} is complete")
    return None


def _how_to_open(store: SimulationStore, name: str) -> str:
    return f"open it with: cosmoloom.open('{store.path}::{name}@{store[name].redshifts[-1]:.4g}')"
