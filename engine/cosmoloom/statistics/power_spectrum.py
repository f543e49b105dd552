"""Power spectrum: how much structure there is at each scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import (
    Field,
    Measured,
    as_density,
    dimensions_of,
    require_box_size,
    require_cubes,
)
from cosmoloom.statistics.mass_assignment import Assignment, assignment_window, discreteness
from cosmoloom.statistics.spherical_bins import spherical_bins


@dataclass(frozen=True, slots=True)
class PowerSpectrum(Measured):
    """Spherically averaged power spectrum.

    Attributes
    ----------
    k : Tensor, shape (n_bins,)
        Mean wavenumber of the modes of each shell in [h/Mpc].
    power : Tensor, shape (*batch, n_bins)
        Power in [(Mpc/h)^3], of maps in [(Mpc/h)^2], shot noise taken off where it was asked for.
    n_modes : Tensor, shape (n_bins,)
        Modes per shell, k and -k counted both [1].
    shot_noise : Tensor, shape (n_bins,)
        What was taken off the power, in its unit.
    """

    k: Tensor
    power: Tensor
    n_modes: Tensor
    shot_noise: Tensor

    @property
    def error(self) -> Tensor:
        """Scatter of the power among Gaussian fields in its unit, shape (*batch, n_bins).

        ``sqrt(2 / N_modes)`` of the power with its shot noise, as k and -k are one measurement
        (Feldman, Kaiser & Peacock 1994, ApJ 426, 23).  Nonlinear structure scatters more.
        """
        return (self.power + self.shot_noise) * (2 / self.n_modes) ** 0.5


def power_spectrum(
    field: Field,
    *,
    box_size: float | None = None,
    n_particles: float | None = None,
    assignment: Assignment | None = None,
    dimensions: int = 3,
) -> PowerSpectrum:
    """Measure the power spectrum of the overdensity relative to the cosmic mean.

    ``P(k) = L^3 < |delta_k|^2 >`` over the modes of a shell, with ``delta = rho / rho_mean - 1`` and
    ``delta_k = n^-3 sum_x delta(x) exp(-i k x)``.  Shells are k_f = 2 pi / L wide and end at the Nyquist
    wavenumber.  Unless asked for, neither a mass-assignment window nor shot noise is removed.  A sub-volume is
    treated as if it were periodic; compare with fields that were measured alike.  Maps have
    ``P(k) = L^2 < |delta_k|^2 >`` over rings.

    Parameters
    ----------
    field : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.
    n_particles : float, optional
        Particles that a box or slab of this size holds at the mean density, of which the Poisson shot noise
        ``L^3 / n_particles`` (of maps, L^2) is taken off.  Wrong for particles that still lie close to a lattice.
    assignment : {"ngp", "cic", "tsc"}, optional
        How the particles were painted, whose window is divided out; aliased power is not removed.
    dimensions : int
        3, or 2 where bare densities are maps, shape (*batch, n, n).

    Returns
    -------
    PowerSpectrum

    Raises
    ------
    InvalidInputError
        If the field is not cubic or square, holds a voxel that is not finite, or has no size, or an option is unfit.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504; Jing (2005), ApJ 620, 559 (window, shot noise).
    """
    dimensions = dimensions_of(field, dimensions)
    density = as_density(field, box_size=box_size, dimensions=dimensions)
    size = require_box_size(density)
    n, device = density.values.shape[-1], density.values.device
    if n_particles is not None and not n_particles > 0:
        raise InvalidInputError(f"n_particles must be positive, got {n_particles}; leave it out to keep shot noise")
    bins = spherical_bins(n, device, dimensions)
    if assignment is None:
        power = spherical_power(density.values - 1.0, size, dimensions)
    else:
        amplitudes = torch.fft.rfftn(density.values - 1.0, dim=_last_axes(dimensions), norm="forward")
        amplitudes = amplitudes / assignment_window(assignment, n, device, dimensions)
        mean = bins.total_product(amplitudes, amplitudes) / bins.n_modes
        power = (mean * size**dimensions).to(density.values.dtype)
    shot_noise = torch.zeros_like(bins.radius)
    if n_particles is not None:
        shot_noise = torch.full_like(bins.radius, size**dimensions / n_particles)
        if assignment is not None:
            shot_noise = shot_noise * discreteness(assignment, n, device, dimensions)
        power = power - shot_noise.to(power.dtype)
    return PowerSpectrum(
        k=bins.radius * (2 * torch.pi / size),
        power=power,
        n_modes=bins.n_modes,
        shot_noise=shot_noise,
    )


def spherical_power(overdensity: Tensor, box_size: float, dimensions: int = 3) -> Tensor:
    """Return the power per shell, differentiable and without checks of the values.

    Parameters
    ----------
    overdensity : Tensor, shape (*batch, n, n, n), of maps (*batch, n, n)
        rho / cosmic mean - 1 [1]; half precision is transformed in single.
    box_size : float
        Side in [Mpc/h].
    dimensions : int
        3, or 2 for maps.

    Returns
    -------
    Tensor, shape (*batch, n // 2), in the dtype of the input
        Power in [(Mpc/h)^3], of maps in [(Mpc/h)^2].
    """
    require_cubes(overdensity, dimensions)
    field = overdensity if overdensity.dtype in (torch.float32, torch.float64) else overdensity.float()
    power: Tensor = _SphericalPower.apply(field, dimensions)  # type: ignore[no-untyped-call]
    return (power * box_size**dimensions).to(overdensity.dtype)


class _SphericalPower(torch.autograd.Function):
    """Mean squared amplitude per shell [1], with a backward pass of one inverse transform.

    The derivative of ``sum_k w_k |F_k|^2`` is ``2 n^-3 irfftn(w F)``, of maps with n^-2; autograd's own would be
    a full complex transform and takes twice as long.
    """

    @staticmethod
    def forward(ctx: Any, field: Tensor, dimensions: int) -> Tensor:
        amplitudes = torch.fft.rfftn(field, dim=_last_axes(dimensions), norm="forward")
        ctx.save_for_backward(field, amplitudes)
        ctx.dimensions = dimensions
        bins = spherical_bins(field.shape[-1], field.device, dimensions)
        return bins.total_product(amplitudes, amplitudes) / bins.n_modes

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        field, amplitudes = ctx.saved_tensors
        axes, n = _last_axes(ctx.dimensions), field.shape[-1]
        if torch.is_grad_enabled():  # differentiated twice: the amplitudes must depend on the field again
            amplitudes = torch.fft.rfftn(field, dim=axes, norm="forward")
        bins = spherical_bins(n, field.device, ctx.dimensions)
        weight = bins.spread((gradients[0] * (2 / n**ctx.dimensions) / bins.n_modes).to(field.dtype), n)
        # norm="forward" leaves the inverse unscaled, as the derivative asks for.
        gradient = torch.fft.irfftn(amplitudes * weight, s=(n,) * len(axes), dim=axes, norm="forward")
        return gradient, None


def _last_axes(dimensions: int) -> tuple[int, ...]:
    return tuple(range(-dimensions, 0))
