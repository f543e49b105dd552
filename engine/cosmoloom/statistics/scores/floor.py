"""What a distance between two sets amounts to when both hold fields of the same kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cosmoloom.statistics.scores.vectors import Values, as_vectors

N_REPEATS = 60
FEWEST = 4
"""Fields that can be split into halves with a covariance each."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Distance of simulations from simulations, for as many fields as were scored.

    Attributes
    ----------
    distance : float
        Median over repeats, in the unit of the distance.
    low, high : float
        16th and 84th percentile.
    """

    distance: float
    low: float
    high: float


def self_distance_floor(
    reference: Values, n_samples: int, distance: Callable[[Values, Values], float], *, seed: int = 0
) -> Floor:
    """Measure the distance between disjoint halves of one set.

    The reference is split at random into two halves; from one are drawn, with replacement, as many fields as
    there are samples, and from the other as many as the reference holds.  Halves know less of their
    distribution than the whole, so the floor errs towards larger distances.

    Parameters
    ----------
    reference : array, shape (N, m)
        Statistics of fields known to be of one kind.
    n_samples : int
        Fields in the set that is scored.
    distance : callable
        Of two arrays of shape (fields, m), samples first.
    seed : int
        Of the splits.

    Returns
    -------
    Floor

    Raises
    ------
    InvalidInputError
        If the reference holds fewer than 4 fields.
    """
    whole = as_vectors(reference, name="reference", at_least=FEWEST)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(N_REPEATS):
        order = rng.permutation(len(whole))
        first, second = whole[order[: len(whole) // 2]], whole[order[len(whole) // 2 :]]
        drawn = first[rng.integers(len(first), size=n_samples)]
        found.append(distance(drawn, second[rng.integers(len(second), size=len(whole))]))
    low, median, high = np.nanpercentile(found, (16, 50, 84)) if np.isfinite(found).any() else [np.nan] * 3
    return Floor(float(median), float(low), float(high))
