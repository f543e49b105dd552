"""From a mesh to particles: the inverse of painting them.

Positions are in units of mesh cells, periodic.  Work runs in slices of particles, so that memory is bounded
by the mesh and not by the number of particles.
"""

from __future__ import annotations

import torch
from torch import Tensor

from cosmoloom.data.paint import PARTICLES_PER_SLICE, neighbours


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
        With the weights of cloud-in-cell painting, so that no particle pulls on itself.
    """
    n = vectors.shape[0]
    rows = vectors.reshape(n**3, 3)
    values = torch.empty_like(positions)
    for target, part in zip(
        values.split(PARTICLES_PER_SLICE), positions.split(PARTICLES_PER_SLICE), strict=True
    ):
        target.zero_()
        for flat, weight in neighbours(part, n, "cic"):
            target.addcmul_(rows.index_select(0, flat), weight[:, None])
    return values
