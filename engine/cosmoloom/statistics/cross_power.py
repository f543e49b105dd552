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
    pair = measure_pair(a, b, box_size=box_size)
    return CrossPower(k=pair.k, power=pair.cross, correlation=pair.correlation, n_modes=pair.n_modes)


@dataclass(frozen=True, slots=True)
class SpectraOfPair:
    """Auto- and cross-power of two fields, shape (*batch, n_bins) in [(Mpc/h)^3], in double precision."""

    k: Tensor
    auto_a: Tensor
    auto_b: Tensor
    cross: Tensor
    n_modes: Tensor

    @property
    def correlation(self) -> Tensor:
        """Correlation coefficient r(k) [1]."""
        return self.cross / (self.auto_a * self.auto_b).sqrt()


def measure_pair(a: Field, b: Field, *, box_size: float | None = None) -> SpectraOfPair:
    """Measure all spectra of two fields at once; arguments and errors as for :func:`cross_power`."""
    first, second = as_density(a, box_size=box_size), as_density(b, box_size=box_size)
    size, other = require_box_size(first), require_box_size(second)
    n = first.values.shape[-1]
    if n != second.values.shape[-1] or abs(size - other) > 1e-6 * size:
        raise InvalidInputError(
            f"two fields are compared on the same cube, got {n}^3 voxels of {size:g} Mpc/h "
            f"and {second.values.shape[-1]}^3 of {other:g} Mpc/h"
        )
    bins = spherical_bins(n, first.values.device)
    one = torch.fft.rfftn(first.values - 1.0, dim=(-3, -2, -1), norm="forward")
    two = torch.fft.rfftn(second.values - 1.0, dim=(-3, -2, -1), norm="forward")
    volume_per_mode = size**3 / bins.n_modes
    return SpectraOfPair(
        k=bins.radius * (2 * torch.pi / size),
        auto_a=bins.total_product(one, one) * volume_per_mode,
        auto_b=bins.total_product(two, two) * volume_per_mode,
        cross=bins.total_product(one, two) * volume_per_mode,
        n_modes=bins.n_modes,
    )
