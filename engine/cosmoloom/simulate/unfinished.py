"""Particles of simulations that are not complete, beside their finished snapshots: where a run goes on.

``store/unfinished/0007.safetensors`` is written after the fields of a snapshot and renamed into place, and removed
once the simulation is complete.  So whatever ends a run, its store holds all that the last finished snapshot needs.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from cosmoloom.data.atomic import atomic_path
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import BrokenFileError
from cosmoloom.simulate.particle_mesh import Snapshot
from cosmoloom.simulate.plan import SimulationPlan

FOLDER = "unfinished"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Where one simulation of a store keeps its particles until it is complete.

    Attributes
    ----------
    folder : Path
        Of all such files of the store.
    name : str
        Of the simulation.
    """

    folder: Path
    name: str

    @classmethod
    def of(cls, store: SimulationStore, name: str) -> Unfinished:
        """Return the place for a simulation of a store."""
        return cls(store.path / FOLDER, name)

    @property
    def path(self) -> Path:
        """The file, which may not exist."""
        return self.folder / f"{self.name}.safetensors"

    def write(self, snapshot: Snapshot, plan: SimulationPlan, *, grid: int) -> None:
        """Keep the particles of a snapshot whose fields are on disk; the former ones go."""
        from safetensors.torch import save_file

        self.folder.mkdir(exist_ok=True)
        label = {**_label(plan, grid), "redshift": json.dumps(snapshot.redshift)}
        tensors = {"positions": snapshot.positions.cpu(), "momenta": snapshot.momenta.cpu()}
        with atomic_path(self.path) as draft:
            save_file(tensors, draft, metadata=label)

    def belongs_to(self, plan: SimulationPlan, *, grid: int) -> bool:
        """Tell whether these are the particles of a plan and a grid."""
        return self._read_label().items() >= _label(plan, grid).items()

    def redshift(self) -> float:
        """Return the redshift of the last finished snapshot [1]."""
        return float(json.loads(self._read_label()["redshift"]))

    def read(self) -> Snapshot:
        """Return the particles, on the CPU."""
        from safetensors.torch import load_file

        tensors = load_file(self.path)
        return Snapshot(redshift=self.redshift(), positions=tensors["positions"], momenta=tensors["momenta"])

    def remove(self) -> None:
        """Forget the particles, and leave no trace."""
        self.path.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _read_label(self) -> dict[str, str]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, framework="pt") as file:
                return dict(file.metadata() or {})
        except (SafetensorError, OSError) as error:
            raise BrokenFileError(f"cannot read {self.path} ({error}); remove it to start that box again") from error


def all_unfinished(store: SimulationStore) -> list[Unfinished]:
    """Return what the store keeps of simulations that can go on, by name."""
    folder = store.path / FOLDER
    return [Unfinished(folder, path.stem) for path in sorted(folder.glob("*.safetensors"))]


def tidy(store: SimulationStore) -> None:
    """Remove what killed writers left behind: drafts, particles of complete simulations, folders without a header."""
    for path in [*store.path.rglob("*.partial")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in (store.path / "simulations").iterdir():
        if folder.is_dir() and not (folder / "zarr.json").is_file():
            shutil.rmtree(folder)
    complete = store.names()
    for kept in all_unfinished(store):
        if kept.name in complete:
            kept.remove()
    if (store.path / FOLDER).is_dir() and not any((store.path / FOLDER).iterdir()):
        (store.path / FOLDER).rmdir()


def _label(plan: SimulationPlan, grid: int) -> dict[str, str]:
    return {"plan": json.dumps(plan.as_dict(), sort_keys=True), "grid": str(grid)}
