"""From particles to a mesh: nearest grid point, cloud in cell, triangular-shaped cloud.

Positions are in units of mesh cells, periodic, and mesh point i lies at position i.  A mesh can be handed in
again, so that particles may come in parts of any size and memory is bounded by the mesh.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import cast, get_args

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.mass_assignment import Assignment

PARTICLES_PER_SLICE = 1 << 17  # on a device, indices and weights of this many exist at once

AxisWeights = list[tuple[Tensor, Tensor]]


def paint(
    positions: Tensor,
    n: int,
    assignment: Assignment = "cic",
    *,
    masses: Tensor | None = None,
    onto: Tensor | None = None,
) -> Tensor:
    """Share the mass of every particle among its nearest mesh points.

    Parameters
    ----------
    positions : Tensor, shape (n_particles, 3)
        In cells.
    n : int
        Cells per side.
    assignment : str
        ``"ngp"``, ``"cic"`` or ``"tsc"``: to the nearest 1, 8 or 27 mesh points.
    masses : Tensor, shape (n_particles,), optional
        Of each particle, in any unit; 1 unless given.
    onto : Tensor, shape (n, n, n), float32, optional
        Mesh that earlier particles were painted onto; it is changed.

    Returns
    -------
    Tensor, shape (n, n, n), float32
        Mass at each mesh point; it sums to that of the particles up to float32 rounding.  On a CPU the
        result is the same, bit for bit, with any number of threads.

    References
    ----------
    Hockney & Eastwood (1981), chapter 5.
    """
    require_assignment(assignment)
    mesh = torch.zeros((n, n, n), dtype=torch.float32, device=positions.device) if onto is None else onto
    if positions.device.type == "cpu":
        from cosmoloom.data.paint_compiled import paint_compiled

        weights = None if masses is None else masses.detach().float().numpy()
        paint_compiled(positions.detach().float().numpy(), weights, mesh.numpy(), assignment)
        return mesh
    parts = positions.split(PARTICLES_PER_SLICE)
    shares = [None] * len(parts) if masses is None else masses.split(PARTICLES_PER_SLICE)
    for part, mass in zip(parts, shares, strict=True):
        for flat, weight in neighbours(part, n, assignment):
            mesh.view(-1).scatter_add_(0, flat, weight if mass is None else weight * mass)
    return mesh


def require_assignment(name: str) -> Assignment:
    """Return a scheme by its name.

    Raises
    ------
    InvalidInputError
        Unless it is ngp, cic or tsc.
    """
    for known in get_args(Assignment):
        if name == known:
            return cast("Assignment", name)
    raise InvalidInputError(f"mass assignment must be one of {', '.join(_AXIS_WEIGHTS)}, got {name!r}")


def neighbours(positions: Tensor, n: int, assignment: Assignment) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield flat cell index and weight of each mesh point around every particle [cells]."""
    along = [_AXIS_WEIGHTS[assignment](position) for position in positions.unbind(-1)]
    index = [[(cell.to(torch.int64).remainder_(n), weight) for cell, weight in axis] for axis in along]
    for (i, share_i), (j, share_j) in product(index[0], index[1]):
        column, share = (i * n + j) * n, share_i * share_j
        for k, share_k in index[2]:
            yield column + k, share * share_k


def _nearest(position: Tensor) -> AxisWeights:
    return [(torch.floor(position + 0.5), torch.ones_like(position))]


def _cloud(position: Tensor) -> AxisWeights:
    low = torch.floor(position)
    offset = position - low
    return [(low, 1.0 - offset), (low + 1.0, offset)]


def _triangle(position: Tensor) -> AxisWeights:
    middle = torch.floor(position + 0.5)
    offset = position - middle
    return [
        (middle - 1.0, 0.5 * (0.5 - offset).square()),
        (middle, 0.75 - offset.square()),
        (middle + 1.0, 0.5 * (0.5 + offset).square()),
    ]


_AXIS_WEIGHTS = {"ngp": _nearest, "cic": _cloud, "tsc": _triangle}
