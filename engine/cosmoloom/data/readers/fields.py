"""Open one field from whatever holds it: a painted cube, or a snapshot whose particles are painted now."""

from __future__ import annotations

from pathlib import Path

import torch

from cosmoloom.box import Box
from cosmoloom.data.paint import paint
from cosmoloom.data.readers.boxes import open_box
from cosmoloom.data.readers.snapshots import is_cube, open_snapshot
from cosmoloom.errors import InvalidInputError

MOST_CELLS = 256
"""Per side of the mesh that a snapshot is painted onto."""


def open_field(path: str | Path, *, box_size: float | None = None, redshift: float | None = None) -> Box:
    """Read a cube, or paint a snapshot's particles onto a mesh of about as many cells.

    A snapshot's box is periodic; a cube is if its file says so.

    Parameters
    ----------
    path : str or Path
        As for :func:`cosmoloom.data.readers.boxes.open_box`, or a snapshot.
    box_size : float, optional
        Side of a cube in [Mpc/h]; stronger than the file.  Snapshots know theirs.
    redshift : float, optional
        Redshift [1]; stronger than the file.

    Raises
    ------
    CosmoloomError
        If it holds neither, or does not say how large its box is.
    """
    if is_cube(path):
        return open_box(path, box_size=box_size, redshift=redshift)
    snapshot = open_snapshot(path)
    n = min(MOST_CELLS, max(4, round(snapshot.n_particles ** (1 / 3))))
    mesh = torch.zeros((n, n, n), dtype=torch.float32)
    for positions, masses in snapshot.parts():
        weights = None if masses is None else torch.from_numpy(masses)
        paint(torch.from_numpy(positions) * (n / snapshot.box_size), n, "cic", masses=weights, onto=mesh)
    mean = float(mesh.double().mean())
    if not mean > 0:
        raise InvalidInputError(f"{path} holds no mass")
    return Box(
        density=(mesh / mean).numpy(),
        box_size=snapshot.box_size,
        redshift=max(0.0, snapshot.redshift) if redshift is None else redshift,
        periodic=True,
        label=Path(path).name,
    )
