"""Two-point correlation function: how much likelier than chance matter is to be found near matter."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.statistics.fields import Field, Measured, as_density, require_box_size
from cosmoloom.statistics.spherical_bins import spherical_bins

_AXES = (-3, -2, -1)


@dataclass(frozen=True, slots=True)
class CorrelationFunction(Measured):
    """Spherically averaged two-point correlation function.

    Attributes
    ----------
    r : Tensor, shape (n_bins,)
        Mean separation of the pairs of each shell in [Mpc/h].
    xi : Tensor, shape (*batch, n_bins)
        Mean product of the overdensities of a pair of voxels [1].
    n_pairs : Tensor, shape (n_bins,)
        Pairs of voxels per shell, each counted from both ends [1].
    """

    r: Tensor
    xi: Tensor
    n_pairs: Tensor


def correlation_function(
    field: Field, *, box_size: float | None = None, periodic: bool = False
) -> CorrelationFunction:
    """Measure the correlation of the overdensity relative to the cosmic mean.

    ``xi(r) = < delta(x) delta(x + r) >`` over all pairs of voxels whose separation falls into a shell; shells
    are a voxel wide and end at half the side.  All pairs are summed by Fourier transforms.  Without periodic
    borders the field is padded with zeros to twice its side and only pairs with both ends inside count, so
    borders cause no bias; nor does the sub-volume's own mean, as delta is relative to the cosmic one.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.
    periodic : bool
        Whether opposite faces of bare densities are neighbours; a :class:`Box` knows.

    Returns
    -------
    CorrelationFunction
        Gradients flow through ``xi``.

    Raises
    ------
    InvalidInputError
        If the field is not cubic, holds a voxel that is not finite, or has no size.

    References
    ----------
    Landy & Szalay (1993), ApJ 412, 64, eq. 6: on a grid the density at random points is known, so the
    estimator is the mean product of overdensities.
    """
    density = as_density(field, box_size=box_size, periodic=periodic)
    size = require_box_size(density)
    n, device = density.values.shape[-1], density.values.device
    mesh = n if density.periodic else 2 * n
    # The lags of a mesh lie like the modes of one: what sums modes over shells also sums separations.
    amplitudes = torch.fft.rfftn(density.values - 1.0, s=(mesh,) * 3, dim=_AXES)
    squared = amplitudes.real.square() + amplitudes.imag.square()
    products = torch.fft.irfftn(squared, s=(mesh,) * 3, dim=_AXES)
    bins = spherical_bins(mesh, device)
    lag = torch.arange(mesh // 2 + 1, dtype=torch.float64, device=device)
    complete = torch.full_like(lag, n) if density.periodic else n - lag  # pairs along one axis
    pairs = complete[:, None, None] * complete[:, None] * complete
    radius = (lag[:, None, None].square() + lag[:, None].square() + lag.square()).sqrt()
    n_pairs = bins.total_symmetric(pairs)
    inner = slice(0, n // 2)
    return CorrelationFunction(
        r=(bins.total_symmetric(pairs * radius) / n_pairs)[inner] * (size / n),
        xi=(bins.total(products[..., : mesh // 2 + 1]) / n_pairs)[..., inner].to(density.values.dtype),
        n_pairs=n_pairs[inner],
    )
