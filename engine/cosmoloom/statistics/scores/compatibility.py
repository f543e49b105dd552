"""Compatibility of two sets of fields, bin by bin: how far their means lie apart in units of their scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cosmoloom.statistics.scores.floor import FEWEST, self_distance_floor
from cosmoloom.statistics.scores.vectors import Values, as_pair


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Difference of means over the joint scatter of single fields.

    Attributes
    ----------
    values : array, shape (m,)
        Per bin [1]; 0 where neither set varies and both agree, infinite where they do not.
    floor : float
        Median over bins, of as many simulations against simulations [1].
    """

    values: Values
    floor: float

    @property
    def median(self) -> float:
        """Median over bins [1]."""
        return float(np.median(self.values))


def compatibility(samples: ArrayLike, reference: ArrayLike, *, seed: int = 0) -> Compatibility:
    """Return ``|mu_a - mu_b| / sqrt(sigma_a^2 + sigma_b^2)`` per bin.

    Below 1, the means differ by less than single fields do.  It falls as the scatter of the samples grows:
    read it beside the scatter.

    Parameters
    ----------
    samples, reference : array, shape (N, m)
        One row per field, in the same bins.
    seed : int
        Of the floor's splits.

    Returns
    -------
    Compatibility

    Raises
    ------
    InvalidInputError
        If the sets do not fit together or are too small.

    References
    ----------
    Cavezza et al. (2022), sec. VI.
    """
    a, b = as_pair(samples, reference, reference_at_least=FEWEST)
    floor = self_distance_floor(b, len(a), lambda x, y: float(np.median(_per_bin(x, y))), seed=seed)
    return Compatibility(_per_bin(a, b), floor.distance)


def _per_bin(a: Values, b: Values) -> Values:
    difference = np.abs(a.mean(0) - b.mean(0))
    scatter = np.sqrt(a.var(0, ddof=1) + b.var(0, ddof=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / scatter)
