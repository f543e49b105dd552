"""Interpolation from a mesh to particles on a processor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.paint_compiled import wrap
from cosmoloom.statistics.compiled import compiled

Floats = NDArray[np.float32]


@compiled
def read(mesh: Floats, positions: Floats, out: Floats, start: int, stop: int) -> None:
    """Write the field at some of the particles; see :func:`cosmoloom.simulate.mesh.read_cloud_in_cell`."""
    n = len(mesh)
    one = np.float32(1.0)
    for p in range(start, stop):
        x, y, z = positions[p, 0], positions[p, 1], positions[p, 2]
        floor_x, floor_y, floor_z = np.floor(x), np.floor(y), np.floor(z)
        i, j, k = wrap(int(floor_x), n), wrap(int(floor_y), n), wrap(int(floor_z), n)
        i1 = i + 1 if i + 1 < n else 0
        j1 = j + 1 if j + 1 < n else 0
        k1 = k + 1 if k + 1 < n else 0
        u, v, w = x - floor_x, y - floor_y, z - floor_z
        rest = one - w
        near = (one - v) * (mesh[i, j, k] * rest + mesh[i, j, k1] * w)
        near += v * (mesh[i, j1, k] * rest + mesh[i, j1, k1] * w)
        far = (one - v) * (mesh[i1, j, k] * rest + mesh[i1, j, k1] * w)
        far += v * (mesh[i1, j1, k] * rest + mesh[i1, j1, k1] * w)
        out[p] = (one - u) * near + u * far
