"""Cross-power of two fields and how strongly they are correlated at each scale."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, Measured, as_density, require_box_size
from cosmoloom.statistics.spherical_bins import spherical_bins


@dataclass(frozen=True, slots=True)
class CrossPower(Measured):
    """Spherically averaged cross-power spectrum of two fields.

    Attributes
    ----------
    k : Tensor, shape (n_bins,)
        Mean wavenumber of the modes of each shell in [h/Mpc].
    power : Tensor, shape (*batch, n_bins)
        Cross-power in [(Mpc/h)^3]; negative where the fields are anticorrelated.
    correlation : Tensor, shape (*batch, n_bins)
        Correlation coefficient r(k) in [-1, 1]; NaN where a field has no power.
    n_modes : Tensor, shape (n_bins,)
        Modes per shell, k and -k counted both [1].
    """

    k: Tensor
    power: Tensor
    correlation: Tensor
    n_modes: Tensor


def cross_power(a: Field, b: Field, *, box_size: float | None = None) -> CrossPower:
    """Measure cross-power and correlation of two fields on the same cube.

    ``P_ab(k) = L^3 < Re(a_k conj(b_k)) >`` and ``r(k) = P_ab / sqrt(P_aa P_bb)``, in the shells and units of
    :func:`cosmoloom.statistics.power_spectrum.power_spectrum`.

    Parameters
    ----------
    a, b : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1]; batches broadcast.
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.

    Returns
    -------
    CrossPower

    Raises
    ------
    InvalidInputError
        If a field is unfit, or the two differ in size.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504.
    """
    first, second = as_density(a, box_size=box_size), as_density(b, box_size=box_size)
    size, other = require_box_size(first), require_box_size(second)
    n = first.values.shape[-1]
    if n != second.values.shape[-1] or abs(size - other) > 1e-6 * size:
        raise InvalidInputError(
            f"cross-power needs two fields on the same cube, got {n}^3 voxels of {size:g} Mpc/h "
            f"and {second.values.shape[-1]}^3 of {other:g} Mpc/h"
        )
    bins = spherical_bins(n, first.values.device)
    one = torch.fft.rfftn(first.values - 1.0, dim=(-3, -2, -1), norm="forward")
    two = torch.fft.rfftn(second.values - 1.0, dim=(-3, -2, -1), norm="forward")
    cross = bins.mean(one.real * two.real + one.imag * two.imag)
    power_one = bins.mean(one.real.square() + one.imag.square())
    power_two = bins.mean(two.real.square() + two.imag.square())
    dtype = first.values.dtype
    return CrossPower(
        k=bins.radius * (2 * torch.pi / size),
        power=(cross * size**3).to(dtype),
        correlation=(cross / (power_one * power_two).sqrt()).to(dtype),
        n_modes=bins.n_modes,
    )
