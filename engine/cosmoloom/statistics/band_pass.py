"""The waves of a density within a band of wavenumbers: where the power of a part of P(k) lies in space."""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, as_density, require_box_size

_AXES = (-3, -2, -1)


def band_pass(field: Field, *, k_low: float, k_high: float, box_size: float | None = None) -> Tensor:
    """Keep the waves of ``rho / mean - 1`` with ``k_low <= k < k_high``.

    All else is set to zero in Fourier space.  A sub-volume is treated as if it were periodic, as in its power
    spectrum: the mean square of the result over k of disjoint bands adds up to that of the overdensity.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    k_low, k_high : float
        Ends of the band [h/Mpc].
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.

    Returns
    -------
    Tensor, shape (*batch, n, n, n)
        Overdensity of these waves [1], zero where no wave of the grid lies in the band.

    Raises
    ------
    InvalidInputError
        If the field is unfit, or the band has no width.
    """
    if not 0 <= k_low < k_high:
        raise InvalidInputError(f"a band needs 0 <= k_low < k_high [h/Mpc], got {k_low} and {k_high}")
    density = as_density(field, box_size=box_size)
    size = require_box_size(density)
    values = density.values - 1.0
    n = values.shape[-1]
    whole = torch.fft.fftfreq(n, 1 / n, device=values.device)
    half = torch.arange(n // 2 + 1, device=values.device)
    k = (whole[:, None, None] ** 2 + whole[:, None] ** 2 + half**2).sqrt() * (2 * pi / size)
    modes = torch.fft.rfftn(values, dim=_AXES) * ((k >= k_low) & (k < k_high))
    return torch.fft.irfftn(modes, s=values.shape[-3:], dim=_AXES)
