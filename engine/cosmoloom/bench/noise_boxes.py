"""Boxes of noise: as good as simulations for measuring how fast a training is, and for nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.store import SimulationStore, density_array

if TYPE_CHECKING:
    from cosmoloom.train.recipes.recipe import Recipe

TRAINED, VALIDATION = "0000", "0001"
"""The two boxes: one to train on, one where a recipe asks for validation."""
VOXEL_SIZE = 1.0
"""Side of a voxel [Mpc/h]."""


def write_noise_boxes(path: Path, *, n: int, redshifts: tuple[float, ...]) -> None:
    """Write a store with two boxes of lognormal white noise of mean 1, and with initial conditions of other phases.

    Parameters
    ----------
    path : path
        Where; must not exist.
    n : int
        Voxels per side.
    redshifts : tuple of float
        Snapshots that boxes shall have, all alike but for their scatter [1].
    """
    store = SimulationStore.create(path)
    wanted = tuple(sorted(redshifts, reverse=True))
    for seed, name in enumerate((TRAINED, VALIDATION)):
        group = store.append(
            name=name, plan={"noise": seed, "seed": seed, "n_particles": n, "fixed": False, "mirrored": False},
            cosmology=Cosmology(), box_size=VOXEL_SIZE * n, redshifts=wanted, n=n, mean_count=None,
        )  # fmt: skip
        noise = np.random.default_rng(seed).standard_normal((n, n, n), dtype=np.float32)
        for snapshot, redshift in enumerate(wanted):
            scatter = 1.0 / (1.0 + redshift)
            group[density_array("cic")][snapshot] = np.exp(scatter * noise - 0.5 * scatter**2)
        group.attrs["complete"] = True


def side_needed(recipe: Recipe) -> int:
    """Return the voxels per side of a box from which a recipe can cut what it trains on."""
    data = recipe.data
    fields = 2 if recipe.game == "patches" else 1  # patches come with their neighbours
    side = getattr(recipe, "fine_side", fields * data.n)
    depth = getattr(data, "thickness", None) or 1.0
    voxels = side * max(getattr(data, "scales", (1,)))
    slabs = -(-voxels // round(depth / VOXEL_SIZE)) * round(depth / VOXEL_SIZE)  # whole slabs
    return int(slabs * data.coarsen * getattr(data, "stride", 1))
