"""Mean density of a part of the universe, which differs from the cosmic mean."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from cosmoloom.statistics.fields import Field, Measured, as_density, dimensions_of


@dataclass(frozen=True, slots=True)
class MeanDensity(Measured):
    """First two moments of the density of each field.

    Attributes
    ----------
    mean : Tensor, shape (*batch,)
        Mean of rho / cosmic mean over the voxels [1].
    scatter : Tensor, shape (*batch,)
        Standard deviation of rho / cosmic mean over the voxels [1].
    """

    mean: Tensor
    scatter: Tensor


def mean_density(field: Field, *, dimensions: int = 3) -> MeanDensity:
    """Average rho / cosmic mean over each cube or map.

    Parameters
    ----------
    field : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    dimensions : int
        3, or 2 where bare densities are maps, shape (*batch, n, n).

    Returns
    -------
    MeanDensity

    Raises
    ------
    InvalidInputError
        If the field is not cubic or square, or holds a voxel that is not finite.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504.
    """
    dimensions = dimensions_of(field, dimensions)
    axes = tuple(range(-dimensions, 0))
    values = as_density(field, dimensions=dimensions).values
    deviation = values - values.mean(axes, keepdim=True)
    return MeanDensity(values.mean(axes), deviation.square_().mean(axes).sqrt())
