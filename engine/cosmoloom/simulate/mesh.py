"""From a mesh to particles: the inverse of painting them.

Positions are in units of mesh cells, periodic.  On a device, work runs in slices of particles, so that memory is
bounded by the mesh and not by the number of particles.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from cosmoloom.data.paint import PARTICLES_PER_SLICE, neighbours


def read_cloud_in_cell(field: Tensor, positions: Tensor, out: Tensor) -> None:
    """Interpolate a field from the mesh to the particles.

    Parameters
    ----------
    field : Tensor, shape (n, n, n), float32
        Values at the mesh points.
    positions : Tensor, shape (n_particles, 3), float32
        In cells.
    out : Tensor, shape (n_particles,), float32
        Receives the values, with the weights of cloud-in-cell painting, so that no particle pulls on itself; the
        same, bit for bit, with any number of threads.
    """
    if positions.device.type == "cpu":
        _read_compiled(field, positions, out)
        return
    n, flat_field = field.shape[0], field.reshape(-1)
    for target, part in zip(out.split(PARTICLES_PER_SLICE), positions.split(PARTICLES_PER_SLICE), strict=True):
        target.zero_()
        for flat, weight in neighbours(part, n, "cic"):
            target.addcmul_(flat_field.index_select(0, flat), weight)


def _read_compiled(field: Tensor, positions: Tensor, out: Tensor) -> None:
    from cosmoloom.simulate.mesh_compiled import read

    mesh, where, target = field.contiguous().numpy(), positions.numpy(), out.numpy()
    threads = max(1, torch.get_num_threads())
    edges = [len(where) * t // threads for t in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(read, mesh, where, target, edges[t], edges[t + 1]) for t in range(threads)]
        for part in parts:
            part.result()
