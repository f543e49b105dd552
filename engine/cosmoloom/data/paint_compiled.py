"""Painting on a processor: particles are sorted into slabs of the mesh, and slabs are painted in parallel.

A slab is thick enough that its particles reach no further than the next slab.  So all even slabs can be
painted at once and then all odd ones, without locks; and since each slab takes its particles in their order,
the result does not depend on the number of threads.  Sorted particles also find their slab in the cache.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.statistics.compiled import compiled
from cosmoloom.statistics.mass_assignment import Assignment

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

PARTICLES_PER_ROUND = 1 << 20
"""How many particles are sorted at once: their copies take 20 MB."""

SLAB = 4
"""Least thickness of a slab in cells; the widest cloud reaches 1 cell beyond its slab on either side."""

_ORDER = {"ngp": 1, "cic": 2, "tsc": 3}


def paint_compiled(positions: Floats, masses: Floats | None, mesh: Floats, assignment: Assignment) -> None:
    """Add particles to a mesh; see :func:`cosmoloom.data.paint.paint`."""
    n_slabs = max(1, len(mesh) // (2 * SLAB) * 2)
    threads = max(1, min(torch.get_num_threads(), n_slabs // 2))
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(positions), PARTICLES_PER_ROUND):
            part = slice(start, start + PARTICLES_PER_ROUND)
            weights = None if masses is None else masses[part]
            _paint_round(pool, threads, n_slabs, positions[part], weights, mesh, _ORDER[assignment])


def _paint_round(
    pool: ThreadPoolExecutor, threads: int, n_slabs: int, positions: Floats, masses: Floats | None, mesh: Floats,
    order: int,
) -> None:
    edges = [len(positions) * t // threads for t in range(threads + 1)]
    slabs = np.empty(len(positions), dtype=np.int16)
    counts = np.zeros((threads, n_slabs), dtype=np.int64)
    _all(pool, lambda t: _find_slabs(positions, edges[t], edges[t + 1], len(mesh), order, slabs, counts[t]), threads)
    begins = np.concatenate(([0], np.cumsum(counts.T.ravel()))).astype(np.int64)
    firsts = begins[:-1].reshape(n_slabs, threads).T.copy()
    ordered = np.empty((len(positions), 3 if masses is None else 4), dtype=np.float32)
    weights = np.empty(0, dtype=np.float32) if masses is None else masses
    _all(pool, lambda t: _sort(positions, weights, edges[t], edges[t + 1], slabs, firsts[t], ordered), threads)
    bounds = begins[::threads]
    for parity in (0, 1):
        _all(
            pool,
            lambda slab: _LOOPS[order](ordered[bounds[slab] : bounds[slab + 1]], mesh),
            range(parity, n_slabs, 2),
        )


def _all(pool: ThreadPoolExecutor, task: Any, arguments: int | range) -> None:
    for _ in pool.map(task, range(arguments) if isinstance(arguments, int) else arguments):
        pass


@compiled
def wrap(cell: int, n: int) -> int:
    """Return cell modulo n; a division takes longer than all else that is done to a particle."""
    return cell if 0 <= cell < n else cell % n


@compiled
def _find_slabs(
    positions: Floats, start: int, stop: int, n: int, order: int, slabs: NDArray[np.int16], counts: Integers
) -> None:
    """Note the slab of the middle or lower mesh point of every particle, and count them."""
    shift = np.float32(0.0 if order == 2 else 0.5)
    slab_of = np.arange(n) * len(counts) // n
    for p in range(start, stop):
        slab = slab_of[wrap(int(np.floor(positions[p, 0] + shift)), n)]
        slabs[p] = slab
        counts[slab] += 1


@compiled
def _sort(
    positions: Floats, masses: Floats, start: int, stop: int, slabs: NDArray[np.int16], firsts: Integers,
    ordered: Floats,
) -> None:
    """Copy particles, slab by slab, each in its former order."""
    weighted = len(masses) > 0
    for p in range(start, stop):
        to = firsts[slabs[p]]
        firsts[slabs[p]] += 1
        ordered[to, 0] = positions[p, 0]
        ordered[to, 1] = positions[p, 1]
        ordered[to, 2] = positions[p, 2]
        if weighted:
            ordered[to, 3] = masses[p]


@compiled
def _paint_nearest(particles: Floats, mesh: Floats) -> None:
    n = len(mesh)
    half, one = np.float32(0.5), np.float32(1.0)
    weighted = particles.shape[1] == 4
    for p in range(len(particles)):
        i = wrap(int(np.floor(particles[p, 0] + half)), n)
        j = wrap(int(np.floor(particles[p, 1] + half)), n)
        k = wrap(int(np.floor(particles[p, 2] + half)), n)
        mesh[i, j, k] += particles[p, 3] if weighted else one


@compiled
def _paint_cloud(particles: Floats, mesh: Floats) -> None:
    n = len(mesh)
    one = np.float32(1.0)
    weighted = particles.shape[1] == 4
    for p in range(len(particles)):
        x, y, z = particles[p, 0], particles[p, 1], particles[p, 2]
        floor_x, floor_y, floor_z = np.floor(x), np.floor(y), np.floor(z)
        i, j, k = wrap(int(floor_x), n), wrap(int(floor_y), n), wrap(int(floor_z), n)
        u, v, w = x - floor_x, y - floor_y, z - floor_z
        i1 = i + 1 if i + 1 < n else 0
        j1 = j + 1 if j + 1 < n else 0
        k1 = k + 1 if k + 1 < n else 0
        mass = particles[p, 3] if weighted else one
        near, far = (one - u) * mass, u * mass
        a, b, c, d = near * (one - v), near * v, far * (one - v), far * v
        rest = one - w
        mesh[i, j, k] += a * rest
        mesh[i, j, k1] += a * w
        mesh[i, j1, k] += b * rest
        mesh[i, j1, k1] += b * w
        mesh[i1, j, k] += c * rest
        mesh[i1, j, k1] += c * w
        mesh[i1, j1, k] += d * rest
        mesh[i1, j1, k1] += d * w


@compiled
def _paint_triangle(particles: Floats, mesh: Floats) -> None:
    n = len(mesh)
    half, one, most = np.float32(0.5), np.float32(1.0), np.float32(0.75)
    weighted = particles.shape[1] == 4
    weights = np.empty((3, 3), dtype=np.float32)
    cells = np.empty((3, 3), dtype=np.int64)
    for p in range(len(particles)):
        for axis in range(3):
            middle = np.floor(particles[p, axis] + half)
            offset = particles[p, axis] - middle
            cell = wrap(int(middle), n)
            cells[axis, 0] = cell - 1 if cell > 0 else n - 1
            cells[axis, 1] = cell
            cells[axis, 2] = cell + 1 if cell + 1 < n else 0
            weights[axis, 0] = half * (half - offset) * (half - offset)
            weights[axis, 1] = most - offset * offset
            weights[axis, 2] = half * (half + offset) * (half + offset)
        mass = particles[p, 3] if weighted else one
        for a in range(3):
            for b in range(3):
                share = weights[0, a] * weights[1, b] * mass
                for c in range(3):
                    mesh[cells[0, a], cells[1, b], cells[2, c]] += share * weights[2, c]


_LOOPS: dict[int, Any] = {1: _paint_nearest, 2: _paint_cloud, 3: _paint_triangle}
