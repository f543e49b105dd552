"""How well an observer tells two kinds apart, whatever he is inclined to say: d' of signal detection theory."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import Self

from scipy.special import ndtri

from cosmoloom.errors import InvalidInputError

LEVEL = 0.95
"""Probability that the interval covers the true d'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """d' of a yes-no task with its interval.

    Attributes
    ----------
    d_prime : float
        Distance between the two kinds in standard deviations of what the observer sees [1]: 0 for guessing.
    low, high : float
        Ends of the interval that covers the true value with a probability of :data:`LEVEL`.
    bias : float
        Criterion c [1]: positive for an observer who says "simulated" too seldom.
    """

    d_prime: float
    low: float
    high: float
    bias: float

    @classmethod
    def of_counts(cls, *, hits: int, n_real: int, false_alarms: int, n_generated: int) -> Self:
        """Estimate d' from counts.

        ``d' = z(H) - z(F)`` with the inverse z of the normal distribution and, so that nobody who made no mistake is
        infinitely good, the log-linear rule ``H = (hits + 1/2) / (n_real + 1)``, likewise F.  The interval is
        ``d' +- z(0.975) s`` with ``s^2 = H (1 - H) / (n_real phi(z(H))^2) + F (1 - F) / (n_generated phi(z(F))^2)``
        and the normal density phi.

        Parameters
        ----------
        hits : int
            Simulated slices that were called simulated.
        n_real : int
            Simulated slices.
        false_alarms : int
            Generated slices that were called simulated.
        n_generated : int
            Generated slices.

        Raises
        ------
        InvalidInputError
            If one kind was not shown, or more were called simulated than shown.

        References
        ----------
        Macmillan & Creelman (2005), Detection Theory, 2nd ed., eqs. 1.5, 2.1 and 13.4; Hautus (1995), Behav. Res.
        Methods 27, 46 (log-linear rule); Gourevitch & Galanter (1967), Psychometrika 32, 25 (variance).
        """
        if not (0 <= hits <= n_real and 0 <= false_alarms <= n_generated and n_real and n_generated):
            raise InvalidInputError(
                f"d' needs slices of both kinds, of which some were called simulated; got {hits} of {n_real} "
                f"simulated and {false_alarms} of {n_generated} generated ones: answer some of each"
            )
        z_hit, hit_variance = _z_and_variance(hits, n_real)
        z_false, false_variance = _z_and_variance(false_alarms, n_generated)
        d_prime, half = z_hit - z_false, float(ndtri(0.5 + LEVEL / 2)) * sqrt(hit_variance + false_variance)
        return cls(d_prime=d_prime, low=d_prime - half, high=d_prime + half, bias=-(z_hit + z_false) / 2)


def _z_and_variance(count: int, total: int) -> tuple[float, float]:
    """Return z of the corrected rate and the variance of z."""
    rate = (count + 0.5) / (total + 1)
    z = float(ndtri(rate))
    density = exp(-(z**2) / 2) / sqrt(2 * pi)
    return z, rate * (1 - rate) / (total * density**2)
