"""What a file or folder that is dropped onto the window holds."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from cosmoloom.box import Box
from cosmoloom.data.readers.fields import open_field
from cosmoloom.data.readers.snapshots import is_cube, open_snapshot
from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom.models.folder import CARD
from cosmoloom_explorer.saved_session import SUFFIX
from cosmoloom_explorer.training import is_training

Kind = Literal["session", "model", "training", "field"]


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


def readable(path: str | Path) -> bool:
    """Tell, from its head alone where that is possible, whether a path holds one field of known size."""
    if kind_of(path) != "field":
        return False
    try:
        if is_cube(path):
            open_field(path)
        else:
            open_snapshot(path)
    except (CosmoloomError, OSError):
        return False
    return True


def lacks_its_size(path: str | Path) -> bool:
    """Tell whether a path holds a field, and only does not say how large its box is."""
    if readable(path):
        return False
    try:
        open_field(path, box_size=1.0)
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
