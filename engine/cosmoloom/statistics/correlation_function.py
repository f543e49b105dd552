"""Two-point correlation function: how much likelier than chance matter is to be found near matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from scipy.fft import next_fast_len
from torch import Tensor

from cosmoloom.statistics.fields import Field, Measured, as_density, require_box_size
from cosmoloom.statistics.mode_folding import fold_product, plane_weight
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
    are a voxel wide and end at half the side.  All pairs are summed by a Fourier transform: modes that differ in
    signs only are added up, and a cosine transform of that octant leads back to lags.  Without periodic borders
    the field is padded with zeros, so that none of the lags asked for meets itself across a border, and only
    pairs with both ends inside count: borders cause no bias.  Nor does the sub-volume's own mean, as delta is
    relative to the cosmic one.

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
    geometry = _geometry(n, density.periodic, str(device))
    modes = torch.fft.rfftn(density.values - 1.0, s=(geometry.mesh,) * 3, dim=_AXES)
    products = fold_product(modes, modes).double()
    for _ in _AXES:  # each turn transforms the last axis and puts it first
        products = (products @ geometry.cosines).movedim(-1, -3)
    xi = spherical_bins(n, device).total_octant(products) / geometry.n_pairs
    return CorrelationFunction(
        r=geometry.radius * (size / n), xi=xi.to(density.values.dtype), n_pairs=geometry.n_pairs
    )


@dataclass(frozen=True, slots=True)
class _Geometry:
    """What the pairs of a grid owe to its geometry alone.

    Attributes
    ----------
    mesh : int
        Voxels per side of the field, padded.
    cosines : Tensor, shape (mesh // 2 + 1, n // 2 + 1), float64
        Takes wavenumbers of an axis, plus and minus added up, to lags, plus and minus added up.
    radius : Tensor, shape (n // 2,), float64
        Mean separation of the pairs of each shell [voxels].
    n_pairs : Tensor, shape (n // 2,), float64
        Pairs per shell.
    """

    mesh: int
    cosines: Tensor
    radius: Tensor
    n_pairs: Tensor


@lru_cache(maxsize=8)
def _geometry(n: int, periodic: bool, device: str) -> _Geometry:
    # A lag and the one that wraps around to it differ by the mesh; one of n or more joins no two voxels.
    mesh = n if periodic else next_fast_len(n + n // 2, real=True)
    lag = torch.arange(n // 2 + 1)
    signs = plane_weight(n if periodic else mesh)[: n // 2 + 1]
    turns = torch.arange(mesh // 2 + 1)[:, None] * lag % mesh
    cosines = torch.cos(turns.double() * (2 * torch.pi / mesh)) * (signs / mesh)
    along_axis = signs * (n if periodic else n - lag)
    pairs = along_axis[:, None, None] * along_axis[:, None] * along_axis
    radius = (lag[:, None, None].square() + lag[:, None].square() + lag.square()).double().sqrt()
    bins = spherical_bins(n)
    n_pairs = bins.total_octant(pairs)
    mean_radius = bins.total_octant(pairs * radius) / n_pairs
    return _Geometry(mesh, *(part.to(device) for part in (cosines, mean_radius, n_pairs)))
