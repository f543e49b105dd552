"""Cubes that another code has painted become simulations of the store, as whole periodic boxes.

A whole box holds the cosmic mean, so each cube is divided by its own: counts, densities in any unit and overdensities
need no further word.  Whole numbers are kept as counts, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.readers.boxes import Cube, read_cube, read_stored
from cosmoloom.data.store import SimulationStore, density_array
from cosmoloom.errors import InvalidInputError, SeveralFieldsError
from cosmoloom.statistics.mass_assignment import Assignment

Described = tuple[str, float, int, float]
"""Path, redshift [1], voxels per side and box size [Mpc/h]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeIngestion:
    """All that decides what an ingestion of cubes writes.

    Attributes
    ----------
    paths : tuple of str
        Files, with ``::INDEX`` where one holds several cubes: one box at several redshifts, in any order.
    box_size, redshift : float or None
        Side in [Mpc/h], and redshift [1], where files are silent.
    assignment : str or None
        How the cubes were painted; None takes counts as those of the nearest grid point, densities as clouds in cells.
    cosmology : Cosmology
        Of the run.
    """

    paths: tuple[str, ...]
    box_size: float | None
    redshift: float | None
    assignment: Assignment | None
    cosmology: Cosmology

    def as_plan(self) -> dict[str, Any]:
        """Return what the store remembers, by which an ingestion is recognised."""
        files, _, parts = zip(*(path.partition("::") for path in self.paths), strict=True)
        return {
            "source": [f"{Path(file).resolve()}::{part}" for file, part in zip(files, parts, strict=True)],
            "format": ["cube"],
            "box_size": self.box_size,
            "redshift": self.redshift,
            "assignment": self.assignment,
        }


def ingest_cubes_into(store: SimulationStore, ingestion: CubeIngestion, *, name: str) -> None:
    """Write cubes into a store, under a name, as one simulation that is visible once it is complete.

    Parameters
    ----------
    store : SimulationStore
        Where to.
    ingestion : CubeIngestion
        What.
    name : str
        A name that is free, or that of the same ingestion when it was interrupted.

    Raises
    ------
    InvalidInputError
        If cubes do not belong together, see :func:`describe`, or some hold counts and others none.
    """
    described = describe(ingestion)
    group: Any = None
    for index, (path, redshift, n, box_size) in enumerate(described):
        cube = _read(path, ingestion)
        if group is None:
            counted = cube.counts is not None
            assignment: Assignment = ingestion.assignment or ("ngp" if counted else "cic")
            group = store.append(
                name=name, plan=ingestion.as_plan(), cosmology=ingestion.cosmology, box_size=box_size,
                redshifts=tuple(z for _, z, _, _ in described), n=n, mean_count=cube.mean if counted else None,
                assignment=assignment,
            )  # fmt: skip
        group[density_array(assignment)][index] = cube.box.density
        if counted:
            if cube.counts is None:
                raise InvalidInputError(f"{path} holds no counts at z = {redshift:g}, as the earliest cube does")
            group["ngp"][index] = cube.counts
    group.attrs["complete"] = True


def describe(ingestion: CubeIngestion) -> list[Described]:
    """Look at all cubes and return what they are, from early to late.

    Raises
    ------
    InvalidInputError
        If cubes differ in grid or box, share a redshift, or do not tell it.
    """
    described = []
    for path in ingestion.paths:
        box = _read(path, ingestion).box
        if box.redshift is None:
            raise InvalidInputError(f"{path} does not tell its redshift; add --redshift")
        described.append((path, box.redshift, box.n, box.box_size))
    described.sort(key=lambda known: -known[1])
    shapes = {known[2:] for known in described}
    redshifts = {known[1] for known in described}
    if len(shapes) > 1 or len(redshifts) < len(described):
        found = ", ".join(f"{path} (z = {z:g}, {n}^3, {size:g} Mpc/h)" for path, z, n, size in described)
        raise InvalidInputError(f"cubes of one simulation share their grid and differ in redshift, got {found}")
    return described


def cubes_in(path: str) -> list[str]:
    """Return the path of a single cube, or one path for each cube of a list."""
    try:
        read_stored(path)
    except SeveralFieldsError as several:
        return [f"{path}::{index}" for index in range(several.count)]
    return [path]


def _read(path: str, ingestion: CubeIngestion) -> Cube:
    return read_cube(path, box_size=ingestion.box_size, redshift=ingestion.redshift)
