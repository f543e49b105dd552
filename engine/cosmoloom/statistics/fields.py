"""What the statistics accept, a box or bare densities, and what they hand back."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map

Field = Box | Map | Tensor | NDArray[Any]
"""A :class:`Box` or :class:`Map`, or rho / cosmic mean of shape (*batch, n, n, n), of maps (*batch, n, n)."""


@dataclass(frozen=True, slots=True)
class Density:
    """Densities on their device together with their geometry.

    Attributes
    ----------
    values : Tensor, shape (*batch, n, n, n), of maps (*batch, n, n)
        rho / cosmic mean [1], floating point.
    box_size : float or None
        Side in [Mpc/h], None where it was not given.
    periodic : bool
        Whether opposite faces are neighbours.
    """

    values: Tensor
    box_size: float | None
    periodic: bool


def as_density(
    field: Field, *, box_size: float | None = None, periodic: bool = False, dimensions: int = 3
) -> Density:
    """Bring a box, a tensor or an array into one form.

    Parameters
    ----------
    field : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    box_size : float, optional
        Side of bare densities in [Mpc/h].
    periodic : bool
        Whether opposite faces of bare densities are neighbours.
    dimensions : int
        3, or 2 for maps, shape (*batch, n, n).

    Raises
    ------
    InvalidInputError
        If the field has other dimensions, its last axes are no cube or square, or a voxel is NaN or infinite.
    """
    if isinstance(field, Box | Map):
        if field.density.ndim != dimensions:
            raise InvalidInputError(
                "a Box is a volume: make a map or a slice of it with cosmoloom.project(box, thickness=...)"
                if isinstance(field, Box)
                else "a Map is flat and this is a statistic of volumes: pass the Box that it was made of"
            )
        return Density(field.tensor(), field.box_size, field.periodic)
    values = field if isinstance(field, Tensor) else torch.as_tensor(np.asarray(field))
    require_cubes(values, dimensions)
    if not values.dtype.is_floating_point or values.dtype in (torch.float16, torch.bfloat16):
        values = values.float()
    # A sum sees what is not finite in a tenth of the time of isfinite; only one that overflows needs a second look.
    known = values.detach()
    if not bool(torch.isfinite(known.sum())) and not bool(torch.isfinite(known).all()):
        raise InvalidInputError("density holds voxels that are NaN or infinite; mend them first")
    return Density(values, box_size, periodic)


def dimensions_of(field: Field, dimensions: int) -> int:
    """Return 2 for a map, else what was asked for, which must be 2 or 3."""
    if dimensions not in (2, 3):
        raise InvalidInputError(f"a field has 2 or 3 dimensions, got {dimensions}")
    return 2 if isinstance(field, Map) else dimensions


def require_cubes(values: Tensor, dimensions: int = 3) -> None:
    """Raise InvalidInputError unless the last axes are a cube, or square, of at least 2 voxels per side."""
    shape = tuple(values.shape)
    if len(shape) < dimensions or len(set(shape[-dimensions:])) != 1 or shape[-1] < 2 or 0 in shape:
        kind, wanted = ("cubes", "n, n, n") if dimensions == 3 else ("square maps", "n, n")
        raise InvalidInputError(
            f"a statistic needs {kind} of at least 2^{dimensions} voxels, shape (*batch, {wanted}), got {shape}"
        )


def require_box_size(density: Density) -> float:
    """Return the box size, or raise InvalidInputError that tells how to give it."""
    if density.box_size is None:
        raise InvalidInputError("a bare density has no size: pass box_size= in Mpc/h, or a Box")
    if not (np.isfinite(density.box_size) and density.box_size > 0):
        raise InvalidInputError(f"box_size must be positive, in Mpc/h, got {density.box_size}")
    return density.box_size


@dataclass(frozen=True, slots=True)
class Measured:
    """Base of every result: tensors where they were measured, arrays after :meth:`numpy`."""

    def numpy(self) -> Self:
        """Return the same result with NumPy arrays in place of tensors."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(
            self, **{name: v.detach().cpu().numpy() for name, v in values.items() if isinstance(v, Tensor)}
        )
