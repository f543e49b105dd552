"""Disjoint sub-volumes of the whole boxes of a simulation store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError


def sub_volumes(density: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Cut a box into all disjoint cubes of n^3 voxels that fit, x slowest.

    Parameters
    ----------
    density : array, shape (m, m, m)
        rho / cosmic mean [1].
    n : int
        Voxels per side of a cube.

    Returns
    -------
    array, shape ((m // n)^3, n, n, n)
    """
    parts = density.shape[0] // n
    if parts < 1:
        raise InvalidInputError(f"a box of {density.shape[0]}^3 voxels holds no sub-volume of {n}^3")
    corners = product(range(0, parts * n, n), repeat=3)
    return np.stack([density[x : x + n, y : y + n, z : z + n] for x, y, z in corners])


def stored_sub_volumes(
    simulation: StoredSimulation, redshift: float, n: int, *, coarsen: int = 1
) -> torch.Tensor:
    """Return the sub-volumes of one snapshot.

    Parameters
    ----------
    simulation : StoredSimulation
        Where they are cut from.
    redshift : float
        Of a snapshot [1].
    n : int
        Voxels per side of a sub-volume.
    coarsen : int
        Voxels of the simulation per side of a voxel, whose densities are averaged.

    Returns
    -------
    Tensor, shape (parts^3, n, n, n)
        rho / cosmic mean [1].
    """
    return torch.from_numpy(sub_volumes(block_mean(simulation.density(redshift), coarsen), n))


def select(
    store: SimulationStore, names: Sequence[str], n: int, *, coarsen: int = 1
) -> list[StoredSimulation]:
    """Return simulations that can be measured together.

    Raises
    ------
    InvalidInputError
        If there are none, one is named twice, they differ in voxel size, redshifts or cosmology, or they
        hold no sub-volume of this size.
    """
    if not names:
        raise InvalidInputError("name at least one simulation of the store to compare with")
    if len(set(names)) < len(names):
        raise InvalidInputError(f"each simulation counts once, got {', '.join(names)}")
    simulations = [store[name] for name in names]
    kinds = {(s.box_size / s.n, s.redshifts, s.cosmology) for s in simulations}
    if len(kinds) > 1:
        raise InvalidInputError(
            f"simulations {', '.join(names)} differ in voxel size, redshifts or cosmology; "
            "name ones that agree"
        )
    if coarsen < 1 or min(s.n // coarsen for s in simulations) < n:
        raise InvalidInputError(
            f"simulations of {simulations[0].n}^3 voxels hold no sub-volume of {n}^3 voxels, "
            f"each {coarsen} of theirs wide"
        )
    return simulations
