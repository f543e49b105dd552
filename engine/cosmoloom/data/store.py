"""Simulations on disk: an appendable Zarr store with cosmology, seed and units.

``store/simulations/0007/cic`` holds rho / mean and ``.../ngp`` particle counts, both of shape
(redshift, x, y, z), one chunk per snapshot, every chunk with a checksum.  What was painted otherwise than
by clouds in cells has its density under another name, see :func:`density_array`.  A simulation is visible to
readers once it is complete; what an interrupted run left behind is replaced by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError, UnwritableError
from cosmoloom.statistics.mass_assignment import Assignment

FORMAT = "cosmoloom-simulations"
UNITS = {
    "box_size": "Mpc/h, comoving",
    "cic": "rho / cosmic mean, cloud in cell",
    "ngp": "particles per cell, nearest grid point",
    "ngp_density": "rho / cosmic mean, nearest grid point",
    "tsc": "rho / cosmic mean, triangular-shaped cloud",
}


def density_array(assignment: Assignment) -> str:
    """Return the name under which a simulation keeps its density; ``ngp`` is taken by the counts."""
    return "ngp_density" if assignment == "ngp" else assignment


@dataclass(frozen=True, slots=True)
class StoredSimulation:
    """One complete simulation of a store; fields are read when they are asked for."""

    group: Any
    name: str

    @property
    def box_size(self) -> float:
        """Side in [Mpc/h]."""
        return float(self.group.attrs["box_size"])

    @property
    def redshifts(self) -> tuple[float, ...]:
        """Snapshots, from early to late [1]."""
        return tuple(float(z) for z in self.group.attrs["redshifts"])

    @property
    def seed(self) -> int | None:
        """Seed of the initial phases; a mirrored partner shares it, and an ingested run has none."""
        seed = self.group.attrs["plan"].get("seed")
        return None if seed is None else int(seed)

    @property
    def cosmology(self) -> Cosmology:
        """Cosmology of the run."""
        return Cosmology(**self.group.attrs["cosmology"])

    @property
    def mean_count(self) -> float | None:
        """Mean particles per cell [1]; None for an ingested cube of densities, which has no counts."""
        mean = self.group.attrs["mean_count"]
        return None if mean is None else float(mean)

    @property
    def n(self) -> int:
        """Cells per side."""
        return int(self.group["ngp"].shape[-1])

    @property
    def assignment(self) -> Assignment:
        """How its particles were painted."""
        return self.group.attrs.get("assignment", "cic")

    def density(self, redshift: float) -> NDArray[np.float32]:
        """Return rho / mean, shape (n, n, n).

        Raises
        ------
        InvalidInputError
            If there is no snapshot at this redshift.
        BrokenFileError
            If the chunk is missing or fails its checksum.
        """
        values = self._read(density_array(self.assignment), redshift)
        if not np.isfinite(values).all():
            raise BrokenFileError(f"simulation {self.name} lacks its field at z = {redshift}; simulate it again")
        return np.asarray(values, dtype=np.float32)

    def counts(self, redshift: float) -> NDArray[np.int32]:
        """Return particle counts, shape (n, n, n); raises as :meth:`density` does, and where there are none."""
        if self.mean_count is None:
            raise InvalidInputError(f"simulation {self.name} came as a cube of densities and has no counts")
        values = self._read("ngp", redshift)
        if (values < 0).any():
            raise BrokenFileError(f"simulation {self.name} lacks its counts at z = {redshift}; simulate it again")
        return np.asarray(values, dtype=np.int32)

    def box(self, redshift: float) -> Box:
        """Return the whole periodic box at one redshift."""
        return Box(
            density=self.density(redshift),
            box_size=self.box_size,
            redshift=redshift,
            periodic=True,
            label=f"simulation {self.name}",
        )

    def _read(self, array: str, redshift: float) -> NDArray[Any]:
        matches = [i for i, z in enumerate(self.redshifts) if abs(z - redshift) < 1e-6]
        if not matches:
            known = ", ".join(f"{z:g}" for z in self.redshifts)
            raise InvalidInputError(f"simulation {self.name} has snapshots at z = {known}, not at {redshift:g}")
        try:
            return np.asarray(self.group[array][matches[0]])
        except Exception as error:
            raise BrokenFileError(
                f"simulation {self.name} is damaged at z = {redshift:g} ({error}); simulate it again"
            ) from error


class SimulationStore:
    """A folder of simulations; see the module's description for its layout."""

    def __init__(self, group: Any, path: Path) -> None:
        self._group = group
        self.path = path

    @classmethod
    def create(cls, path: str | Path) -> SimulationStore:
        """Open a store for appending, and make it if there is none.

        Raises
        ------
        UnwritableError
            If the folder cannot be written or holds something else.
        """
        import zarr

        path = Path(path)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            return cls.open(path, mode="r+")
        try:
            group = zarr.open_group(path, mode="a")
            group.attrs.update({"format": FORMAT, "version": 1, "units": UNITS})
            group.require_group("simulations")
        except OSError as error:
            raise UnwritableError(f"cannot write a store at {path}: {error.strerror or error}") from error
        return cls(group, path)

    @classmethod
    def open(cls, path: str | Path, *, mode: str = "r") -> SimulationStore:
        """Open an existing store.

        Raises
        ------
        MissingFileError
            If there is no such folder.
        BrokenFileError
            If the folder is no simulation store.
        """
        import zarr

        path = Path(path)
        if not path.exists():
            raise MissingFileError(f"no simulation store at {path}; make one with: cosmoloom simulate {path}")
        try:
            group = zarr.open_group(path, mode="r+" if mode == "r+" else "r")
            known = group.attrs.get("format") == FORMAT and "simulations" in group
        except Exception as error:
            raise BrokenFileError(f"{path} is no readable Zarr store: {error}") from error
        if not known:
            raise BrokenFileError(f"{path} is a Zarr store, but not one written by cosmoloom simulate")
        return cls(group, path)

    def __len__(self) -> int:
        return len(self.names())

    def __iter__(self) -> Iterator[StoredSimulation]:
        return (self[name] for name in self.names())

    def __getitem__(self, name: str) -> StoredSimulation:
        group = self._group["simulations"].get(name)
        if group is None or not group.attrs.get("complete", False):
            known = ", ".join(self.names()) or "none yet"
            raise InvalidInputError(f"store {self.path} has no complete simulation {name!r}; it has: {known}")
        return StoredSimulation(group, name)

    def names(self) -> list[str]:
        """Return the names of all complete simulations, in order."""
        return sorted(name for name, group in self._groups().items() if group.attrs.get("complete", False))

    def name_for(self, plan: dict[str, Any]) -> str:
        """Return the name of the simulation with this plan, complete or not; else the next free number."""
        groups = self._groups()
        same = [name for name, group in groups.items() if group.attrs.get("plan") == plan]
        if same:
            return min(same)
        return f"{max((int(name) for name in groups if name.isdecimal()), default=-1) + 1:04d}"

    def _groups(self) -> dict[str, Any]:
        """Return the groups of all simulations: not the files that a write leaves beside them for a moment."""
        simulations = self._group["simulations"]
        folders = (entry.name for entry in (self.path / "simulations").iterdir() if entry.is_dir())
        found = {name: simulations.get(name) for name in folders}
        return {name: group for name, group in found.items() if group is not None}

    def interrupted(self, name: str, plan: dict[str, Any]) -> Any | None:
        """Return the group of a simulation that was begun by this plan and is not complete."""
        group = self._group["simulations"].get(name)
        if group is None or group.attrs.get("complete", False) or group.attrs.get("plan") != plan:
            return None
        return group

    def append(
        self, *, name: str, plan: dict[str, Any], cosmology: Cosmology, box_size: float,
        redshifts: tuple[float, ...], n: int, mean_count: float | None, assignment: Assignment = "cic",
    ) -> Any:
        """Begin a simulation, replacing what an interrupted run may have left under this name."""
        from zarr.codecs import Crc32cCodec, ZstdCodec

        try:
            group = self._group["simulations"].create_group(name, overwrite=True)
            group.attrs.update(
                {
                    "complete": False, "plan": plan, "cosmology": cosmology.as_dict(), "box_size": box_size,
                    "redshifts": list(redshifts), "mean_count": mean_count, "assignment": assignment,
                }
            )
            layout: dict[str, Any] = {
                "shape": (len(redshifts), n, n, n), "chunks": (1, n, n, n),
                "compressors": [ZstdCodec(level=3), Crc32cCodec()], "dimension_names": ("redshift", "x", "y", "z"),
            }
            group.create_array(density_array(assignment), dtype="float32", fill_value=float("nan"), **layout)
            group.create_array("ngp", dtype="int32", fill_value=-1, **layout)
        except OSError as error:
            raise UnwritableError(f"cannot write to {self.path}: {error.strerror or error}") from error
        return group
