"""Bispectrum: how much of the structure comes in triangles, which a Gaussian field has none of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import acos, pi

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Density, Field, Measured, as_density, require_box_size
from cosmoloom.statistics.low_modes import low_modes, onto_mesh
from cosmoloom.statistics.triangle_counts import Shell, sum_between, triangle_mesh

_AXES = (-3, -2, -1)


@dataclass(frozen=True, slots=True)
class Bispectrum(Measured):
    """Bispectrum of a set of triangles ``k1 + k2 - k3 = 0``.

    Attributes
    ----------
    k1, k2 : Tensor, shape (n_triangles,)
        Two of the sides in [h/Mpc].
    theta : Tensor, shape (n_triangles,)
        Angle between the vectors k1 and k2 in [rad]: 0 where they are parallel.
    k3 : Tensor, shape (n_triangles,)
        Third side ``abs(k1 + k2)`` in [h/Mpc].
    bispectrum : Tensor, shape (*batch, n_triangles)
        B in [(Mpc/h)^6]; NaN where no triangle closes.
    reduced : Tensor, shape (*batch, n_triangles)
        ``Q = B / (P1 P2 + P2 P3 + P3 P1)`` with the powers of the same shells [1].
    n_closed : Tensor, shape (n_triangles,)
        Triangles of modes that were averaged, each mirror image counted, too [1].
    """

    k1: Tensor
    k2: Tensor
    theta: Tensor
    k3: Tensor
    bispectrum: Tensor
    reduced: Tensor
    n_closed: Tensor


def bispectrum(field: Field, *, k1: float, k2: float, theta: ArrayLike, box_size: float | None = None) -> Bispectrum:
    """Measure the bispectrum of triangles with two given sides and any angles between them.

    ``B = L^6 < Re(delta_k1 delta_k2 conj(delta_k3)) >`` over all closed triangles between three shells, each
    reaching k_f = 2 pi / L to either side.  The first two shells are multiplied in real space, and one transform
    of the product gives the third side of every angle.  A sub-volume is treated as if it were periodic.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    k1, k2 : float
        Sides in [h/Mpc], at least k_f.
    theta : array, shape (n_triangles,)
        Angles between the vectors in [rad], 0 to pi.
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.

    Returns
    -------
    Bispectrum

    Raises
    ------
    InvalidInputError
        If the field is unfit, or a side lies below k_f or less than k_f below the Nyquist wavenumber.

    References
    ----------
    Scoccimarro (2015), Phys. Rev. D 92, 083532 (estimator); Feder, Berger & Stein (2020), Phys. Rev. D 102,
    103504 (angle between vectors).
    """
    density = as_density(field, box_size=box_size)
    return _measure(density, float(k1), float(k2), np.atleast_1d(np.asarray(theta, dtype=np.float64)))


def equilateral_bispectrum(field: Field, *, k: Sequence[float], box_size: float | None = None) -> Bispectrum:
    """Measure triangles of three equal sides k in [h/Mpc]; otherwise as :func:`bispectrum`."""
    density = as_density(field, box_size=box_size)
    angle = np.array([2 * pi / 3])
    return _join([_measure(density, float(side), float(side), angle) for side in k])


def squeezed_bispectrum(
    field: Field, *, k_long: float, k: Sequence[float], box_size: float | None = None
) -> Bispectrum:
    """Measure triangles of two equal sides k and a much shorter third.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    k_long : float
        Wavenumber of the long wave, the third side, in [h/Mpc].
    k : sequence of float
        Wavenumbers of the short waves in [h/Mpc], at least k_long.
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.

    Returns
    -------
    Bispectrum

    Raises
    ------
    InvalidInputError
        As :func:`bispectrum`, or if a short wave is longer than the long one.
    """
    density = as_density(field, box_size=box_size)
    parts = []
    for side in map(float, k):
        if not 0 < k_long <= side:
            raise InvalidInputError(
                f"the short waves of a squeezed triangle need k >= k_long > 0, got k = {side} and k_long = {k_long}"
            )
        angle = acos(k_long**2 / (2 * side**2) - 1)
        parts.append(_measure(density, side, side, np.array([angle])))
    return _join(parts)


def _measure(density: Density, k1: float, k2: float, theta: NDArray[np.float64]) -> Bispectrum:
    size = require_box_size(density)
    values = density.values - 1.0
    n, fundamental = values.shape[-1], 2 * pi / size
    if theta.ndim != 1 or not (theta.size and np.all((theta >= 0) & (theta <= pi))):
        raise InvalidInputError(f"theta must be angles in 0 to pi rad, one or a list of them, got {theta}")
    # abs(k1 + k2) without the loss of digits of the law of cosines close to theta = pi
    k3 = np.hypot(k1 - k2, 2 * np.sqrt(abs(k1 * k2)) * np.cos(theta / 2))
    _require_within_grid([k1, k2, *k3], n=n, fundamental=fundamental)
    if min(k1, k2) < fundamental * (1 - 1e-9):
        raise InvalidInputError(
            f"k1 and k2 must be at least k_f = 2 pi / box_size = {fundamental:.4g} h/Mpc, got {k1:.4g} and {k2:.4g}"
        )

    first, second = Shell.around(k1 / fundamental), Shell.around(k2 / fundamental)
    thirds = [Shell.around(side / fundamental) for side in k3]
    limit = max(shell.limit for shell in (first, second, *thirds))
    mesh = triangle_mesh(first, second, limit=limit, device=str(values.device))
    modes = onto_mesh(low_modes(values, mesh.reach), mesh.n)
    shape = (mesh.n,) * 3
    one = torch.fft.irfftn(modes * mesh.first, s=shape, dim=_AXES, norm="forward")
    two = one if first == second else torch.fft.irfftn(modes * mesh.second, s=shape, dim=_AXES, norm="forward")
    product = torch.fft.rfftn(one * two, dim=_AXES, norm="forward")
    closed = mesh.sum_below(product.real * modes.real + product.imag * modes.imag)
    squared = mesh.sum_below(modes.real.square() + modes.imag.square())

    n_closed = sum_between(mesh.triangles_below, thirds)
    B = sum_between(closed, thirds) / n_closed * size**6
    shells = [first, second, *thirds]
    power = sum_between(squared, shells) / sum_between(mesh.modes_below, shells) * size**3
    P1, P2, P3 = power[..., :1], power[..., 1:2], power[..., 2:]

    def on_device(numbers: NDArray[np.float64]) -> Tensor:
        return torch.as_tensor(numbers, device=values.device)

    return Bispectrum(
        k1=on_device(np.full_like(theta, k1)),
        k2=on_device(np.full_like(theta, k2)),
        theta=on_device(theta),
        k3=on_device(k3),
        bispectrum=B.to(values.dtype),
        reduced=(B / (P1 * P2 + P2 * P3 + P3 * P1)).to(values.dtype),
        n_closed=n_closed,
    )


def _require_within_grid(sides: Sequence[float], *, n: int, fundamental: float) -> None:
    largest = max(sides)
    highest = (n / 2 - 1) * fundamental
    if not largest <= highest * (1 + 1e-9):
        raise InvalidInputError(
            f"a triangle has a side of {largest:.4g} h/Mpc, but shells fit into this grid up to {highest:.4g} h/Mpc, "
            "one fundamental wavenumber below Nyquist: choose smaller k or larger angles"
        )


def _join(parts: Sequence[Bispectrum]) -> Bispectrum:
    if not parts:
        raise InvalidInputError("no wavenumber was given: pass k= as a list in [h/Mpc]")
    names = Bispectrum.__slots__
    return Bispectrum(**{name: torch.cat([getattr(part, name) for part in parts], -1) for name in names})
