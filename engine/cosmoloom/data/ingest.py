"""Snapshots of any code become a simulation of the store.

Particles pass through in parts, so memory is bounded by the grid.  Each snapshot is marked when its fields are
on disk; an interrupted ingestion goes on after the last one, and the simulation is visible once all are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.paint import paint
from cosmoloom.data.readers.snapshot import ParticleSnapshot
from cosmoloom.data.store import SimulationStore, density_array
from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.statistics.mass_assignment import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingestion:
    """All that decides what an ingestion writes.

    Attributes
    ----------
    snapshots : tuple of ParticleSnapshot
        Of one box, from early to late.
    grid : int
        Cells per side.
    assignment : str
        ``"ngp"``, ``"cic"`` or ``"tsc"``.
    cosmology : Cosmology
        Of the run.
    """

    snapshots: tuple[ParticleSnapshot, ...]
    grid: int
    assignment: Assignment
    cosmology: Cosmology

    def __post_init__(self) -> None:
        if not 4 <= self.grid <= 4096:
            raise InvalidInputError(f"grid must have 4 to 4096 cells per side, got {self.grid}")
        first, redshifts = self.snapshots[0], [snapshot.redshift for snapshot in self.snapshots]
        if any(late >= early - 1e-6 for early, late in itertools.pairwise(redshifts)):
            raise InvalidInputError(f"snapshots of one simulation differ in redshift, got z = {redshifts}")
        for other in self.snapshots[1:]:
            if abs(other.box_size / first.box_size - 1) > 1e-5 or other.n_particles != first.n_particles:
                raise InvalidInputError(
                    f"{other.path} has {other.n_particles} particles in {other.box_size:g} Mpc/h, "
                    f"{first.path} {first.n_particles} in {first.box_size:g}: ingest them under two names"
                )

    def as_plan(self) -> dict[str, Any]:
        """Return what the store remembers, by which an interrupted ingestion is recognised."""
        return {
            "source": [str(snapshot.path.resolve()) for snapshot in self.snapshots],
            "format": sorted({snapshot.format for snapshot in self.snapshots}),
            "n_particles": self.snapshots[0].n_particles,
            "assignment": self.assignment,
            "grid": self.grid,
        }


def completed_cosmology(stated: Mapping[str, float]) -> tuple[Cosmology, list[str]]:
    """Return the cosmology of a run, and the names of what nobody stated and Planck 2018 filled in."""
    assumed = [name for name in Cosmology().as_dict() if name not in stated]
    return Cosmology(**stated), assumed


def ingest_into(
    store: SimulationStore,
    ingestion: Ingestion,
    *,
    name: str,
    device: str = "cpu",
    on_particles: Callable[[int], None] | None = None,
) -> None:
    """Paint snapshots into a store, under a name.

    Parameters
    ----------
    store : SimulationStore
        Where to.
    ingestion : Ingestion
        What.
    name : str
        A name that is free, or that of the same ingestion when it was interrupted.
    device : str
        Where to paint.
    on_particles : callable, optional
        Called with the number of particles that were painted, or found painted, since the last call.
    """
    n, plan = ingestion.grid, ingestion.as_plan()
    snapshots = ingestion.snapshots
    group = store.interrupted(name, plan)
    if group is None:
        group = store.append(
            name=name, plan=plan, cosmology=ingestion.cosmology, box_size=snapshots[0].box_size,
            redshifts=tuple(max(0.0, snapshot.redshift) for snapshot in snapshots), n=n,
            mean_count=snapshots[0].n_particles / n**3, assignment=ingestion.assignment,
        )
    for index, snapshot in enumerate(snapshots):
        if index < int(group.attrs.get("done", 0)):
            if on_particles is not None:
                on_particles(snapshot.n_particles)
            continue
        density, counts = _fields(snapshot, ingestion, device=device, on_particles=on_particles)
        group[density_array(ingestion.assignment)][index] = density
        group["ngp"][index] = counts
        group.attrs["done"] = index + 1
    group.attrs["complete"] = True


def _fields(
    snapshot: ParticleSnapshot, ingestion: Ingestion, *, device: str, on_particles: Callable[[int], None] | None
) -> tuple[Any, Any]:
    """Return rho / mean and the counts of one snapshot."""
    n = ingestion.grid
    mass, counts = (torch.zeros((n, n, n), dtype=torch.float32, device=device) for _ in range(2))
    painted = 0
    for positions, masses in snapshot.parts():
        cells = torch.from_numpy(positions).to(device) * (n / snapshot.box_size)
        weights = None if masses is None else torch.from_numpy(masses).to(device)
        paint(cells, n, ingestion.assignment, masses=weights, onto=mass)
        paint(cells, n, "ngp", onto=counts)
        painted += len(positions)
        if on_particles is not None:
            on_particles(len(positions))
    mean = float(mass.double().mean())
    if painted != snapshot.n_particles or not mean > 0:
        raise BrokenFileError(f"{snapshot.path} promised {snapshot.n_particles} particles and gave {painted}")
    return (mass / mean).cpu().numpy(), counts.cpu().numpy().astype(np.int32)
