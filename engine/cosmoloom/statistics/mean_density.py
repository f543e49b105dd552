"""Mean density of a part of the universe, which differs from the cosmic mean."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from cosmoloom.statistics.fields import Field, Measured, as_density


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


def mean_density(field: Field) -> MeanDensity:
    """Average rho / cosmic mean over each cube.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].

    Returns
    -------
    MeanDensity

    Raises
    ------
    InvalidInputError
        If the field is not cubic or holds a voxel that is not finite.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504.
    """
    values = as_density(field).values
    mean = values.mean((-3, -2, -1))
    deviation = values - mean[..., None, None, None]
    return MeanDensity(mean, deviation.square_().mean((-3, -2, -1)).sqrt())
