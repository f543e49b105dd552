"""Minkowski functionals of a Gaussian random field, the prediction that nonlinear structure departs from."""

from __future__ import annotations

import torch
from torch import Tensor

from cosmoloom.statistics.fields import Density, Field, as_density, require_box_size
from cosmoloom.statistics.minkowski_functionals import (
    MinkowskiFunctionals,
    Unit,
    as_thresholds,
)


def minkowski_gaussian(
    field: Field,
    *,
    thresholds: Tensor | list[float] | tuple[float, ...] | None = None,
    unit: Unit = "sigma",
    box_size: float | None = None,
    periodic: bool = False,
) -> MinkowskiFunctionals:
    """Predict the Minkowski functionals of a Gaussian field with the scatter and gradients of the given one.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        Whose mean, scatter and mean squared gradient are measured.
    thresholds, unit, box_size, periodic
        As for :func:`cosmoloom.statistics.minkowski_functionals.minkowski_functionals`.

    Returns
    -------
    MinkowskiFunctionals
        NaN for a field that does not vary.

    Raises
    ------
    InvalidInputError
        If the field is unfit or the thresholds do not ascend.

    References
    ----------
    Tomita (1986), Prog. Theor. Phys. 76, 952; Schmalzing & Buchert (1997), ApJ 482, L1, eqs. 7 to 10.
    """
    density = as_density(field, box_size=box_size, periodic=periodic)
    sigma_0, sigma_1 = field_moments(density)
    levels = as_thresholds(thresholds, unit, density.values)
    nu = levels.double()
    if unit == "mean":
        mean = density.values.mean((-3, -2, -1), dtype=torch.float64)
        nu = (nu - mean[..., None]) / sigma_0[..., None]
    return gaussian_functionals(nu, sigma_0[..., None], sigma_1[..., None], threshold=levels.double())


def field_moments(density: Density) -> tuple[Tensor, Tensor]:
    """Return sigma_0 and sigma_1: the scatter of a field and the root of its mean squared gradient.

    Gradients are differences of neighbours, as these decide which lattice edges cross a threshold.

    Returns
    -------
    (Tensor, Tensor), each of shape (*batch,), float64
        sigma_0 in the unit of the field and sigma_1 in the same per [Mpc/h].
    """
    voxel = require_box_size(density) / density.values.shape[-1]
    values = density.values.double()
    sigma_0 = values.var((-3, -2, -1), correction=0).sqrt()
    squared_gradient = torch.zeros_like(sigma_0)
    for axis in (-3, -2, -1):
        after = values.roll(-1, axis)
        difference = (after - values).narrow(axis, 0, values.shape[axis] - (not density.periodic))
        squared_gradient = squared_gradient + difference.square().mean((-3, -2, -1))
    return sigma_0, squared_gradient.sqrt() / voxel


def gaussian_functionals(nu: Tensor, sigma_0: Tensor, sigma_1: Tensor, *, threshold: Tensor) -> MinkowskiFunctionals:
    """Return the functionals at nu = (threshold - mean) / sigma_0.

    With ``lambda = sigma_1 / (sqrt(6 pi) sigma_0)``: ``v0 = erfc(nu / sqrt 2) / 2`` and
    ``v_j = c_j lambda^j H_{j-1}(nu) exp(-nu^2 / 2) / sqrt(2 pi)`` with ``c = 2/3, 2/3, 1`` and Hermite
    polynomials 1, nu, nu^2 - 1.

    Parameters
    ----------
    nu : Tensor, shape (*batch, n_thresholds)
        Thresholds in units of sigma_0 [1].
    sigma_0, sigma_1 : Tensor, broadcasting with ``nu``
        As from :func:`field_moments`.
    threshold : Tensor, shape (n_thresholds,)
        The thresholds to be told in the result.
    """
    scale = sigma_1 / sigma_0 / (6 * torch.pi) ** 0.5
    normal = (-nu.square() / 2).exp() / (2 * torch.pi) ** 0.5
    return MinkowskiFunctionals(
        threshold=threshold,
        v0=(torch.erfc(nu / 2**0.5) / 2).expand((scale * nu).shape),
        v1=2 / 3 * scale * normal,
        v2=2 / 3 * scale**2 * nu * normal,
        v3=scale**3 * (nu.square() - 1) * normal,
    )
