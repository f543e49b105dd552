"""Test whether two sets of fields can come from one distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cosmoloom.statistics.scores.vectors import as_pair

N_PERMUTATIONS = 999


@dataclass(frozen=True, slots=True)
class TwoSampleTest:
    """Energy distance of two sets, and how often chance gives as much.

    Attributes
    ----------
    distance : float
        Energy distance of the standardised vectors [1]; 0 for equal distributions, in the limit of many.
    p_value : float
        Share of random relabellings at least as far apart: small if the sets differ.
    by_chance : float
        Median distance of random relabellings [1].
    n_samples, n_reference : int
        Size of the sets.
    """

    distance: float
    p_value: float
    by_chance: float
    n_samples: int
    n_reference: int


def two_sample_test(samples: ArrayLike, reference: ArrayLike, *, seed: int = 0) -> TwoSampleTest:
    """Compare by ``2 E|a - b| - E|a - a'| - E|b - b'|`` with a permutation test.

    Every bin is divided by its scatter over both sets, which relabelling leaves alone.  The test takes the
    fields to be independent; parts of one simulation box are not quite, which makes p-values too small.

    Parameters
    ----------
    samples, reference : array, shape (N, m)
        One row per field, in the same bins.
    seed : int
        Of the permutations.

    Returns
    -------
    TwoSampleTest

    Raises
    ------
    InvalidInputError
        If the sets do not fit together or are too small.

    References
    ----------
    Szekely & Rizzo (2013), J. Stat. Plan. Inference 143, 1249.
    """
    a, b = as_pair(samples, reference)
    pooled = np.concatenate([a, b])
    scatter = pooled.std(0)
    rows = pooled[:, scatter > 0] / scatter[scatter > 0]
    gaps = np.sqrt(np.maximum(((rows[:, None] - rows[None]) ** 2).sum(-1), 0))
    # With weights 1 / n_a and -1 / n_b the distance is a quadratic form, so all relabellings are one product.
    weights = np.concatenate([np.full(len(a), 1 / len(a)), np.full(len(b), -1 / len(b))])
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(weights, (N_PERMUTATIONS, 1)), axis=1)
    by_chance = -((shuffled @ gaps) * shuffled).sum(1)
    distance = float(-(weights @ gaps @ weights))
    as_far = int((by_chance >= distance * (1 - 1e-9)).sum())
    return TwoSampleTest(
        distance, (1 + as_far) / (1 + N_PERMUTATIONS), float(np.median(by_chance)), len(a), len(b)
    )
