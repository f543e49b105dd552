"""Held-out simulations for any model, from the bundled reference set; and how that set is made.

The scatter of eight sub-volumes of each box is kept as curves for the grids of bundled models.  For others, the
fields of the set are cut and measured when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.reference_set import (
    ReferenceBox,
    read_curves,
    read_reference,
    reference_names,
    write_reference,
)
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.reference import HeldOut, ReferenceStatistics, Source
from cosmoloom.evaluate.samples import SampleStatistics, concatenate, measure
from cosmoloom.evaluate.sub_volumes import select, stored_sub_volumes, sub_volumes

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard

MEASURED = 32
"""Sub-volumes of a field that are measured where no curves are kept."""
GRIDS = ((64, 1), (32, 2))
"""Voxels per side, and voxels of the simulations per side of one, of which curves are kept."""
_SHARED = ("k", "n_modes", "mass_edges", "peak_edges")
_PER_SNAPSHOT = ("power", "mass", "peaks", "mean_density")


def references_for(card: ModelCard, path: Path | None = None) -> HeldOut | None:
    """Return held-out simulations to compare a model with, from the bundled set or a file of its kind.

    Models of the same grid and cosmology share one answer, read once.

    Returns
    -------
    HeldOut or None
        None where the set has no box of this cosmology whose voxels make those of the model, or for maps.

    Raises
    ------
    MissingFileError, BrokenFileError
        If the file is missing or damaged.
    """
    return None if card.dimensions == 2 else _references(card.n, round(card.voxel_size, 6), card.universe, path)


@lru_cache(maxsize=4)
def _references(n: int, voxel_size: float, cosmology: Cosmology, path: Path | None) -> HeldOut | None:
    everything = (read_reference(name, path) for name in reference_names(path))
    boxes = [box for box in everything if box.clouds is not None and box.cosmology == cosmology]
    if not boxes:
        return None
    own = boxes[0].box_size / boxes[0].n
    coarsen = round(voxel_size / own)
    if coarsen < 1 or abs(coarsen * own - voxel_size) > 1e-4 * own or boxes[0].n % coarsen:
        return None
    if n * coarsen > boxes[0].n:
        return None
    cubes = [_cubes(box, n, coarsen) for box in boxes]
    kept = read_curves(_key(n, coarsen), path)
    statistics = _from_curves(*kept) if kept is not None else _measured(boxes, cubes, n * voxel_size)
    return HeldOut(
        statistics=statistics,
        densities=np.stack([cube[:, 0] for cube in cubes]),
        box_size=n * voxel_size,
        sources=tuple(_source(box) for box in boxes),
    )


def write_bundled(
    path: Path, store: SimulationStore, names: Sequence[str], *, large: StoredSimulation, n: int = 64
) -> None:
    """Make a reference set.

    Parameters
    ----------
    path : Path
        A name ending in .zarr.zip.
    store : SimulationStore
        Where held-out simulations lie; the first n^3 voxels of each are kept at all its redshifts.
    names : sequence of str
        Which.
    large : StoredSimulation
        A whole simulation, of which the counts at the last redshift are kept under the name "large".
    n : int
        Voxels per side.
    """
    boxes = [_part(simulation, n) for simulation in select(store, names, n)]
    latest = large.redshifts[-1:]
    whole = _part(large, large.n, redshifts=latest)
    curves = {
        _key(size, coarsen): _as_curves(measure_store(store, names, size, coarsen=coarsen))
        for size, coarsen in GRIDS
        if size * coarsen <= n
    }
    write_reference(path, [*boxes, replace(whole, name="large", clouds=None)], curves)


def measure_store(
    store: SimulationStore, names: Sequence[str], n: int, *, coarsen: int = 1
) -> ReferenceStatistics:
    """Measure all sub-volumes of simulations of a store.

    Parameters
    ----------
    store : SimulationStore
        Where they are.
    names : sequence of str
        Simulations that no training has used.
    n : int
        Voxels per side of a sub-volume: those of the model that shall be compared.
    coarsen : int
        Voxels of the simulations per side of a voxel, whose densities are averaged.
    """
    simulations = select(store, names, n, coarsen=coarsen)
    first = simulations[0]
    box_size = first.box_size / first.n * coarsen * n
    return ReferenceStatistics(
        snapshots={
            z: concatenate(
                measure(stored_sub_volumes(s, z, n, coarsen=coarsen), box_size=box_size) for s in simulations
            )
            for z in first.redshifts
        },
        cosmology=first.cosmology,
        n_boxes=len(simulations),
    )


def _cubes(box: ReferenceBox, n: int, coarsen: int) -> NDArray[np.float32]:
    """Return some sub-volumes of a box at all redshifts, shape (n_redshifts, N, n, n, n)."""
    assert box.clouds is not None
    cubes = np.stack([sub_volumes(field, n) for field in block_mean(box.clouds, coarsen)])
    return cubes[:, :: -(-cubes.shape[1] // MEASURED)]


def _measured(
    boxes: Sequence[ReferenceBox], cubes: Sequence[NDArray[np.float32]], box_size: float
) -> ReferenceStatistics:
    snapshots = {
        z: measure(torch.from_numpy(np.concatenate([cube[i] for cube in cubes])), box_size=box_size)
        for i, z in enumerate(boxes[0].redshifts)
    }
    return ReferenceStatistics(snapshots, boxes[0].cosmology, len(boxes))


def _source(box: ReferenceBox) -> Source:
    x, y, z = (corner * box.box_size / box.n for corner in box.corner)
    return Source(
        name=box.name, seed=int(box.plan["seed"]), mirrored=bool(box.plan["mirrored"]), code="particle-mesh",
        parent_size=box.parent_size, corner=(x, y, z), plan=box.plan,
    )  # fmt: skip


def _part(simulation: StoredSimulation, n: int, redshifts: Sequence[float] | None = None) -> ReferenceBox:
    """Return the first n^3 voxels of a simulation."""
    if simulation.mean_count is None:
        raise InvalidInputError(f"simulation {simulation.name} has no counts; take one of cosmoloom simulate")
    chosen = simulation.redshifts if redshifts is None else tuple(redshifts)
    corner = (slice(n),) * 3
    return ReferenceBox(
        name=simulation.name,
        counts=np.stack([simulation.counts(z)[corner] for z in chosen]).astype(np.uint16),
        mean_count=simulation.mean_count,
        clouds=np.stack([simulation.density(z)[corner] for z in chosen]),
        redshifts=chosen,
        box_size=simulation.box_size / simulation.n * n,
        parent_size=simulation.box_size,
        corner=(0, 0, 0),
        plan=dict(simulation.group.attrs["plan"]),
        cosmology=simulation.cosmology,
    )


def _key(n: int, coarsen: int) -> str:
    return f"{n}x{coarsen}"


def _as_curves(statistics: ReferenceStatistics) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    snapshots = list(statistics.snapshots.values())
    arrays: dict[str, NDArray[Any]] = {name: getattr(snapshots[0], name) for name in _SHARED}
    arrays |= {
        name: np.stack([getattr(snapshot, name) for snapshot in snapshots]).astype(np.float32)
        for name in _PER_SNAPSHOT
    }
    facts = {
        "redshifts": list(statistics.redshifts), "n_boxes": statistics.n_boxes,
        "cosmology": statistics.cosmology.as_dict(),
        "units": {"k": "h/Mpc", "power": "(Mpc/h)^3", "edges": "log10(rho / mean)"},
    }  # fmt: skip
    return arrays, facts


def _from_curves(arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> ReferenceStatistics:
    shared = {name: arrays[name] for name in _SHARED}
    snapshots = {
        float(redshift): SampleStatistics(
            **shared, **{name: arrays[name][i].astype(np.float64) for name in _PER_SNAPSHOT}
        )
        for i, redshift in enumerate(facts["redshifts"])
    }
    return ReferenceStatistics(snapshots, Cosmology(**facts["cosmology"]), int(facts["n_boxes"]))
