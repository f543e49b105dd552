"""Between particles and meshes: nearest-grid-point and cloud-in-cell assignment, and their inverse.

Positions are in units of mesh cells, periodic; meshes hold particle counts.  Work runs in slices of
particles, so that memory is bounded by the mesh and not by the number of particles.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import torch
from torch import Tensor

PARTICLES_PER_SLICE = 1 << 17  # indices and weights of one slice stay in a core's cache


def nearest_grid_point(positions: Tensor, n: int) -> Tensor:
    """Count the particles in every cell.

    Parameters
    ----------
    positions : Tensor, shape (n_particles, 3)
        In cells; cell i covers [i - 1/2, i + 1/2), so a particle on a mesh point counts there.
    n : int
        Cells per side.

    Returns
    -------
    Tensor, shape (n, n, n), int32
        Particle counts.
    """
    counts = torch.zeros(n**3, dtype=torch.int32, device=positions.device)
    for part in positions.split(PARTICLES_PER_SLICE):
        cell = torch.floor(part + 0.5).to(torch.int64).remainder_(n)
        flat = (cell[:, 0] * n + cell[:, 1]) * n + cell[:, 2]
        counts += torch.bincount(flat, minlength=n**3).to(torch.int32)
    return counts.view(n, n, n)


def cloud_in_cell(positions: Tensor, n: int) -> Tensor:
    """Share every particle among its eight nearest mesh points.

    Parameters
    ----------
    positions : Tensor, shape (n_particles, 3)
        In cells.
    n : int
        Cells per side.

    Returns
    -------
    Tensor, shape (n, n, n), float32
        Particle counts; they sum to the number of particles up to float32 rounding.

    References
    ----------
    Hockney & Eastwood (1981), chapter 5.
    """
    mesh = torch.zeros(n**3, dtype=torch.float32, device=positions.device)
    for part in positions.split(PARTICLES_PER_SLICE):
        for flat, weight in _corners(part, n):
            mesh.scatter_add_(0, flat, weight)
    return mesh.view(n, n, n)


def read_cloud_in_cell(vectors: Tensor, positions: Tensor) -> Tensor:
    """Interpolate a vector field from the mesh to the particles.

    Parameters
    ----------
    vectors : Tensor, shape (n, n, n, 3)
        Field on the mesh, components last so that one look-up fetches all three.
    positions : Tensor, shape (n_particles, 3)
        In cells.

    Returns
    -------
    Tensor, shape (n_particles, 3)
        With the weights of :func:`cloud_in_cell`, so that no particle pulls on itself.
    """
    n = vectors.shape[0]
    rows = vectors.reshape(n**3, 3)
    values = torch.empty_like(positions)
    for target, part in zip(
        values.split(PARTICLES_PER_SLICE), positions.split(PARTICLES_PER_SLICE), strict=True
    ):
        target.zero_()
        for flat, weight in _corners(part, n):
            target.addcmul_(rows.index_select(0, flat), weight[:, None])
    return values


def _corners(positions: Tensor, n: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield flat cell index and weight of each of the eight corners around every particle."""
    floor = torch.floor(positions)
    offset = (positions - floor).unbind(-1)
    low = floor.to(torch.int64).remainder_(n).unbind(-1)
    index = [(cell, (cell + 1).remainder_(n)) for cell in low]
    weight = [(1.0 - part, part) for part in offset]
    for i, j in product((0, 1), repeat=2):
        column = (index[0][i] * n + index[1][j]) * n
        share = weight[0][i] * weight[1][j]
        for k in (0, 1):
            yield column + index[2][k], share * weight[2][k]
