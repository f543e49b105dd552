"""Error bars by resampling fields with replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from cosmoloom.evaluate.samples import Values

N_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured curve with its error.

    Attributes
    ----------
    value : array, shape (m,)
        From all fields.
    low, high : array, shape (m,)
        16th and 84th percentile over resampled fields.
    """

    value: Values
    low: Values
    high: Values

    @classmethod
    def of(cls, value: Values, resampled: Values) -> Self:
        """Take the error from resampled values, shape (N_RESAMPLES, m)."""
        low, high = np.percentile(resampled, (16, 84), axis=0)
        return cls(value, low, high)


def resampling_weights(n_fields: int, rng: np.random.Generator) -> Values:
    """Return how often each field counts in each resampling, over n_fields: shape (N_RESAMPLES, n_fields)."""
    drawn = rng.multinomial(n_fields, np.full(n_fields, 1 / n_fields), size=N_RESAMPLES)
    return np.asarray(drawn / n_fields, dtype=np.float64)


def ratio_of_means(a: Values, b: Values, *, seed: int = 0) -> Estimate:
    """Estimate mean(a) / mean(b) with both sets resampled.

    Parameters
    ----------
    a, b : array, shape (n_a, m) and (n_b, m)
        One curve per field; the sets are independent of one another.
    seed : int
        Of the resampling.

    Returns
    -------
    Estimate
        NaN where the mean of ``b`` is 0.
    """
    rng = np.random.default_rng(seed)
    mean_a = resampling_weights(len(a), rng) @ a
    mean_b = resampling_weights(len(b), rng) @ b
    return Estimate.of(_divide(a.mean(0), b.mean(0)), _divide(mean_a, mean_b))


def paired_ratio_of_means(a: Values, b: Values, *, seed: int = 0) -> Estimate:
    """Estimate mean(a) / mean(b) where row i of both belongs to one field; as :func:`ratio_of_means`."""
    weights = resampling_weights(len(a), np.random.default_rng(seed))
    return Estimate.of(_divide(a.mean(0), b.mean(0)), _divide(weights @ a, weights @ b))


def ratio_of_scatters(a: Values, b: Values, *, seed: int = 0) -> Estimate:
    """Estimate std(a) / std(b) with both sets resampled; arguments as :func:`ratio_of_means`."""
    rng = np.random.default_rng(seed)
    resampled = _divide(_resampled_scatter(a, rng), _resampled_scatter(b, rng))
    return Estimate.of(_divide(a.std(0, ddof=1), b.std(0, ddof=1)), resampled)


def _resampled_scatter(values: Values, rng: np.random.Generator) -> Values:
    weights = resampling_weights(len(values), rng)
    centred = values - values.mean(0)
    variance = weights @ centred**2 - (weights @ centred) ** 2
    return np.sqrt(np.maximum(variance, 0) * len(values) / (len(values) - 1))


def _divide(a: Values, b: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b == 0, np.nan, a / b)
