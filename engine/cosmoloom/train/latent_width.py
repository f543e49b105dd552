"""The width of the prior at which samples have the power of simulations, found after training.

References
----------
Feder, Berger & Stein (2020), section III and appendix A: mean power rises with the width of the latents, by percents
of which it is calibrated.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from scipy.optimize import brentq
from torch import Tensor

from cosmoloom.statistics.power_spectrum import spherical_power

REACH = 1.5
"""Widths are sought from the given one over this factor to as much above it [1]."""


def calibrated_width(
    draw: Callable[[float], Tensor], real: Tensor, *, box_size: float, start: float = 1.0, tolerance: float = 1e-3
) -> float:
    """Return the width whose samples have the mean power amplitude of real fields.

    Parameters
    ----------
    draw : callable
        Samples of a width, always of the same seeds: rho / mean, shape (b, n, n, n) or (b, n, n).
    real : Tensor, shape (b, n, n, n) or (b, n, n)
        Real fields, rho / mean [1].
    box_size : float
        Side in [Mpc/h].
    start : float
        Width of the training [1].
    tolerance : float
        Of ln width [1].

    Returns
    -------
    float
        Where the mean over bins of ``ln(P_samples / P_real)`` vanishes; the end of the range where it does not.
    """
    target = _log_power(real, box_size)

    def excess(log_width: float) -> float:
        return float((_log_power(draw(exp(log_width)), box_size) - target).mean())

    low, high = log(start / REACH), log(start * REACH)
    if excess(low) >= 0:
        return exp(low)
    if excess(high) <= 0:
        return exp(high)
    return exp(brentq(excess, low, high, xtol=tolerance))


def _log_power(density: Tensor, box_size: float) -> Tensor:
    """Return ln of the mean power in the lower half of the bins, which fields of a batch measure best."""
    power = spherical_power(density - 1.0, box_size, density.ndim - 1).mean(0)
    return power[: max(1, len(power) // 2)].clamp_min(1e-30).log()
