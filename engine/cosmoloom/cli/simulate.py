"""``cosmoloom simulate``: particle-mesh runs into a store, and their check against theory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from cosmoloom.data.store import SimulationStore


def simulate(
    store: Annotated[Path, typer.Argument(help="Folder to append to or to make, as in boxes.zarr.")],
    preset: Annotated[
        str, typer.Option(help="What to begin from: standard, laptop, feder2020 or perraudin2019; options change it.")
    ] = "standard",
    boxes: Annotated[Optional[int], typer.Option(min=0, help="How many boxes this command stands for.")] = None,
    box_size: Annotated[Optional[float], typer.Option(help="Side of the periodic box [Mpc/h].")] = None,
    particles: Annotated[Optional[int], typer.Option(help="Particles per side.")] = None,
    mesh: Annotated[Optional[int], typer.Option(help="Force mesh cells per particle and side, 1 to 4.")] = None,
    grid: Annotated[Optional[int], typer.Option(help="Voxels per side; as many particles in each by default.")] = None,
    redshifts: Annotated[Optional[str], typer.Option(help="Snapshots, as in 3,1.5,0.")] = None,
    steps: Annotated[Optional[int], typer.Option(help="Time steps down to z = 0.")] = None,
    start_redshift: Annotated[Optional[float], typer.Option(help="Where the mesh takes over.")] = None,
    seed: Annotated[Optional[int], typer.Option(min=0, help="Of the first box; the next ones count up.")] = None,
    fixed: Annotated[
        Optional[bool], typer.Option("--fixed/--free", help="Whether every mode has its expected amplitude.")
    ] = None,
    pair: Annotated[bool, typer.Option("--pair", help="Follow each box with its mirrored partner.")] = False,
    Omega_m: Annotated[Optional[float], typer.Option("--Omega-m", help="Matter density, over critical.")] = None,
    Omega_b: Annotated[Optional[float], typer.Option("--Omega-b", help="Baryon density, over critical.")] = None,
    h: Annotated[Optional[float], typer.Option("--h", help="Hubble constant [100 km/s/Mpc].")] = None,
    n_s: Annotated[Optional[float], typer.Option("--n-s", help="Spectral index.")] = None,
    sigma_8: Annotated[Optional[float], typer.Option("--sigma-8", help="Linear rms in 8 Mpc/h at z = 0.")] = None,
    device: Annotated[str, typer.Option(help="Where to run, as in cuda.")] = "cpu",
    estimate: Annotated[bool, typer.Option("--estimate", help="State the cost and end.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare P(k) of the store with theory.")] = False,
) -> None:
    """Simulate boxes of dark matter into STORE.

    Memory, disk and time are stated first, the time from a trial of one step.  Boxes that the store already holds
    are skipped, and an interrupted one goes on after its last finished snapshot, so the same command resumes, and
    adds to a store when --boxes grows or --seed changes.  One process at a time may write to a store.  With
    --check, a table and STORE/theory.png compare its power spectra with linear theory and HMcode;
    --boxes 0 --check does nothing else.
    """
    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.lists import numbers
    from cosmoloom.cli.simulation_run import run, state_cost
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.simulate.preset import simulation_set

    wanted = simulation_set(
        preset, boxes=boxes, grid=grid, pair=pair or None, box_size=box_size, n_particles=particles, mesh_factor=mesh,
        redshifts=None if redshifts is None else numbers(redshifts, option="--redshifts"), n_steps=steps,
        start_redshift=start_redshift, seed=seed, fixed=fixed, Omega_m=Omega_m, Omega_b=Omega_b, h=h, n_s=n_s,
        sigma_8=sigma_8,
    )  # fmt: skip
    require_device(device)
    if estimate:
        state_cost(wanted, store, boxes=wanted.boxes, device=device)
    elif wanted.boxes:
        run(wanted, store, device=device)
    if check:
        _check(SimulationStore.open(store))


def _check(store: SimulationStore) -> None:
    """Print and draw measured over predicted power."""
    from rich.console import Console
    from rich.table import Table

    from cosmoloom.data.atomic import atomic_path
    from cosmoloom.simulate.theory import compare_with_theory
    from cosmoloom.simulate.theory_figure import theory_figure
    from cosmoloom.simulate.trusted import trust_sentence

    comparisons = compare_with_theory(store)
    low, *_, high = comparisons[0].k
    scales = [low, *(k for k in (0.1, 0.2, 0.5, 1.0, 2.0) if 1.2 * low < k <= high)]
    table = Table(title=f"P(k) over theory, mean of {comparisons[0].n_boxes} boxes (linear | HMcode 2020)")
    table.add_column("z")
    for k in scales:
        table.add_column(f"k = {k:.2g} h/Mpc", justify="right")
    table.add_column(f"worst, k < {0.3 * high:.2g}", justify="right")
    for row in comparisons:
        linear, nonlinear = row.ratio_at(scales)
        cells = [f"{a:.3f} | {b:.3f}" for a, b in zip(linear, nonlinear, strict=True)]
        table.add_row(f"{row.redshift:g}", *cells, f"{row.worst(0.3):.1%}")
    Console(width=120).print(table)
    print(f"worst: largest deviation from HMcode below 0.3 of the voxels' Nyquist wavenumber, {high:.2g} h/Mpc")
    if trust := trust_sentence({row.redshift: row.trusted for row in comparisons}):
        print(trust)
    picture = store.path / "theory.png"
    with atomic_path(picture) as draft:
        theory_figure(comparisons).savefig(draft, dpi=120)
    print(picture)
