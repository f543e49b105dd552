"""Bispectrum and Minkowski functionals of simulations that no training has seen, at any redshift."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.reference_set import read_curves, write_reference
from cosmoloom.data.store import SimulationStore
from cosmoloom.evaluate.bundled import GRIDS
from cosmoloom.evaluate.further import Curves, join_further, measure_regions, measure_triangles
from cosmoloom.evaluate.reference import HeldOut
from cosmoloom.evaluate.samples import Band
from cosmoloom.evaluate.sub_volumes import select, stored_sub_volumes

KEPT = ("reduced_bispectrum", *(f"minkowski_{order}" for order in range(4)))


@dataclass(frozen=True, slots=True)
class FurtherReference:
    """Curves of the same held-out sub-volumes at every snapshot.

    Attributes
    ----------
    snapshots : mapping
        From redshift, descending, to curves by name.
    cosmology : Cosmology
        Its growth factor is what redshifts are interpolated in.
    """

    snapshots: Mapping[float, Mapping[str, Curves]]
    cosmology: Cosmology

    def at(self, redshift: float) -> dict[str, Band]:
        """Return median and band of each curve; nothing outside of the snapshots' redshifts."""
        known = tuple(self.snapshots)
        if not known[-1] <= redshift <= known[0]:
            return {}
        later = min(max(bisect_left(known, -redshift, key=lambda z: -z), 1), len(known) - 1)
        early, late = known[later - 1], known[later]
        growth = self.cosmology.growth_factor([early, redshift, late])
        weight = float((growth[1] - growth[0]) / (growth[2] - growth[0]))
        pairs = {name: (self.snapshots[early][name], self.snapshots[late][name]) for name in self.snapshots[late]}
        return {name: Band.of((1 - weight) * a.values + weight * b.values) for name, (a, b) in pairs.items()}


def further_for(held_out: HeldOut, path: Path | None = None) -> FurtherReference | None:
    """Return what the bundled file keeps for fields like these; None for a grid that it has no curves of."""
    return _read(_key(held_out.densities.shape[-1], held_out.box_size), path)


def write_further(path: Path, store: SimulationStore, names: Sequence[str]) -> None:
    """Measure all sub-volumes of held-out simulations on every grid that curves are kept of, and write them.

    Parameters
    ----------
    path : Path
        A name ending in .zarr.zip.
    store : SimulationStore
        Where the simulations lie.
    names : sequence of str
        Simulations that no training has used.
    """
    kept = {}
    for n, coarsen in GRIDS:
        simulations = select(store, names, n, coarsen=coarsen)
        first = simulations[0]
        box_size = first.box_size / first.n * coarsen * n
        snapshots = []
        for redshift in first.redshifts:
            parts = []
            for simulation in simulations:
                fields = stored_sub_volumes(simulation, redshift, n, coarsen=coarsen)
                parts.append(measure_triangles(fields, box_size=box_size) | measure_regions(fields, box_size=box_size))
            snapshots.append(join_further(parts))
        arrays = {name: np.stack([curves[name].values for curves in snapshots]) for name in KEPT}
        arrays |= {f"{name}_x": snapshots[0][name].x for name in KEPT}
        facts = {"redshifts": list(first.redshifts), "cosmology": first.cosmology.as_dict()}
        kept[_key(n, box_size)] = ({name: values.astype(np.float32) for name, values in arrays.items()}, facts)
    write_reference(path, [], kept)


@lru_cache(maxsize=4)
def _read(key: str, path: Path | None) -> FurtherReference | None:
    kept = read_curves(key, path or Path(str(files("cosmoloom.data"))) / "further.zarr.zip")
    if kept is None:
        return None
    arrays, facts = kept
    snapshots = {
        float(redshift): {
            name: Curves(arrays[f"{name}_x"].astype(np.float64), arrays[name][i].astype(np.float64)) for name in KEPT
        }
        for i, redshift in enumerate(facts["redshifts"])
    }
    return FurtherReference(snapshots, Cosmology(**facts["cosmology"]))


def _key(n: int, box_size: float) -> str:
    return f"{n} voxels in {box_size:g}"
