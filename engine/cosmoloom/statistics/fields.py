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

Field = Box | Tensor | NDArray[Any]
"""A :class:`Box`, or rho / cosmic mean of shape (*batch, n, n, n)."""


@dataclass(frozen=True, slots=True)
class Density:
    """Densities on their device together with their geometry.

    Attributes
    ----------
    values : Tensor, shape (*batch, n, n, n)
        rho / cosmic mean [1], floating point.
    box_size : float or None
        Side in [Mpc/h], None where it was not given.
    periodic : bool
        Whether opposite faces are neighbours.
    """

    values: Tensor
    box_size: float | None
    periodic: bool


def as_density(field: Field, *, box_size: float | None = None, periodic: bool = False) -> Density:
    """Bring a box, a tensor or an array into one form.

    Raises
    ------
    InvalidInputError
        If the last three axes are no cube, or a voxel is NaN or infinite.
    """
    if isinstance(field, Box):
        return Density(field.tensor(), field.box_size, field.periodic)
    values = field if isinstance(field, Tensor) else torch.as_tensor(np.asarray(field))
    require_cubes(values)
    if not values.dtype.is_floating_point or values.dtype in (torch.float16, torch.bfloat16):
        values = values.float()
    if not bool(torch.isfinite(values.detach().sum(dtype=torch.float64))):
        raise InvalidInputError("density holds voxels that are NaN or infinite; mend them first")
    return Density(values, box_size, periodic)


def require_cubes(values: Tensor) -> None:
    """Raise InvalidInputError unless the last three axes are a cube of at least 2^3 voxels."""
    shape = tuple(values.shape)
    if len(shape) < 3 or len(set(shape[-3:])) != 1 or shape[-1] < 2:
        raise InvalidInputError(
            f"a statistic needs cubes of at least 2^3 voxels, shape (*batch, n, n, n), got {shape}"
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
