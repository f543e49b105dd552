"""What a file or folder that is dropped onto the window holds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import torch

from cosmoloom.box import Box
from cosmoloom.data.paint import paint
from cosmoloom.data.readers.boxes import open_box
from cosmoloom.data.readers.snapshots import is_cube, open_snapshot
from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom.models.folder import CARD
from cosmoloom_explorer.saved_session import SUFFIX
from cosmoloom_explorer.training import is_training

Kind = Literal["session", "model", "training", "field"]
MOST_CELLS = 256
"""Per side of the mesh that a snapshot is painted onto."""


def kind_of(path: str | Path) -> Kind:
    """Tell what a path holds: a session, a model, a training, or a field (a cube, or a snapshot of particles)."""
    path = Path(path)
    if path.suffix.lower() == SUFFIX and path.is_file():
        return "session"
    if path.is_dir():
        if (path / CARD).is_file():
            return "model"
        if is_training(path):
            return "training"
    return "field"


def read_field(path: str | Path) -> Box:
    """Read a cube, or paint a snapshot's particles onto a mesh of about as many cells.

    A snapshot's box is periodic; a cube is if its file says so.

    Raises
    ------
    CosmoloomError
        If it holds neither, or does not say how large its box is.
    """
    if is_cube(path):
        return open_box(path)
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
        redshift=max(0.0, snapshot.redshift),
        periodic=True,
        label=Path(path).name,
    )


def readable(path: str | Path) -> bool:
    """Tell, from its head alone where that is possible, whether a path holds one field of known size."""
    if kind_of(path) != "field":
        return False
    try:
        if is_cube(path):
            read_field(path)
        else:
            open_snapshot(path)
    except (CosmoloomError, OSError):
        return False
    return True


def rolled(box: Box, voxel: tuple[int, int, int]) -> Box:
    """Return a periodic box turned so that a voxel comes to its middle.

    Raises
    ------
    InvalidInputError
        If opposite faces of the box are no neighbours: what left on one side would come in at the other.
    """
    if not box.periodic:
        raise InvalidInputError(
            f"{box.label or 'this box'} is part of a larger one: its opposite faces are no neighbours, so it cannot "
            "be rolled; whole simulations can"
        )
    shifts = [box.n // 2 - at for at in voxel]
    return Box(
        density=np.ascontiguousarray(np.roll(box.density, shifts, axis=(0, 1, 2))),
        box_size=box.box_size,
        redshift=box.redshift,
        periodic=True,
        label=box.label,
    )
