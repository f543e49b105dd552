"""Frechet score of two sets of statistics: the published one, and one that is right for few fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import ArrayLike

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores.floor import FEWEST, Floor, self_distance_floor
from cosmoloom.statistics.scores.vectors import Values, as_pair

DYNAMIC_RANGE = 1e5
"""The logarithm is softened at the largest mean of the reference over this."""


@dataclass(frozen=True, slots=True)
class FrechetScore:
    """Distance of two sets of statistics vectors, with that of simulations from themselves.

    Both depend strongly on the number of fields: compare scores of equal numbers only.

    Attributes
    ----------
    distance : float
        Squared Frechet distance of the log statistics [dex^2]; NaN where the published code stops.
    floor : Floor
        Of the same number of fields of the reference itself [dex^2].
    n_samples, n_reference, n_bins : int
        Size of the sets and of a vector.
    """

    distance: float
    floor: Floor
    n_samples: int
    n_reference: int
    n_bins: int

    @property
    def score(self) -> float:
        """S* = 1 / distance; infinite for sets with the same mean and covariance."""
        return _inverse(self.distance)

    @property
    def floor_score(self) -> float:
        """S* of the reference against itself: no model can be expected to reach more."""
        return _inverse(self.floor.distance)

    @property
    def at_floor(self) -> bool:
        """Whether the distance is one that simulations have among themselves."""
        return bool(self.distance <= self.floor.high)


def frechet_score(samples: ArrayLike, reference: ArrayLike, *, seed: int = 0) -> FrechetScore:
    """Score log statistics by ``d^2 = |m_a - m_b|^2 + Tr(C_a + C_b - 2 (C_a C_b)^(1/2))``.

    Parameters
    ----------
    samples, reference : array, shape (N, m)
        A statistic that is nowhere negative, one row per field, in the same bins.
    seed : int
        Of the floor's splits.

    Returns
    -------
    FrechetScore

    Raises
    ------
    InvalidInputError
        If the sets do not fit together, are too small or hold negative values.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5, eqs. 1 and 2.
    """
    return _score(samples, reference, frechet_distance, seed)


def published_frechet_score(samples: ArrayLike, reference: ArrayLike, *, seed: int = 0) -> FrechetScore:
    """Score as the code released with the paper does, its weaknesses included; as :func:`frechet_score`.

    With fewer fields than bins the covariances are singular, and the matrix square root of their product is
    ill-defined: the distance may come out negative, as may the score.
    """
    return _score(samples, reference, published_frechet_distance, seed)


def frechet_distance(a: Values, b: Values) -> float:
    """Return the squared distance of two Gaussians fitted to rows, never negative.

    The trace of ``(C_a C_b)^(1/2)`` is the sum of the singular values of ``X_a X_b^T`` for centred rows X
    over the root of the degrees of freedom, which needs no inverse or root of a singular matrix.
    """
    centred = [(x - x.mean(0)) / np.sqrt(len(x) - 1) for x in (a, b)]
    shift = a.mean(0) - b.mean(0)
    spread = sum(float((x**2).sum()) for x in centred)
    shared = float(np.linalg.svd(centred[0] @ centred[1].T, compute_uv=False).sum())
    return float(shift @ shift) + max(0.0, spread - 2 * shared)


def published_frechet_distance(a: Values, b: Values) -> float:
    """Return the squared distance by the matrix root of the product, unclamped; NaN where that fails.

    The released code adds 1e-6 to the diagonals if the root is not finite, and stops if the diagonal of the
    root has an imaginary part above 1e-3.
    """
    from scipy.linalg import LinAlgWarning, sqrtm

    covariances = [np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b)]
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore", LinAlgWarning)  # that the root is ill-defined is known, and said above
        root = sqrtm(covariances[0] @ covariances[1])
        if not np.isfinite(root).all():
            offset = 1e-6 * np.eye(a.shape[1])
            root = sqrtm((covariances[0] + offset) @ (covariances[1] + offset))
    if np.iscomplexobj(root):
        if not np.allclose(np.diagonal(root).imag, 0, atol=1e-3):
            return float("nan")
        root = root.real
    shift = a.mean(0) - b.mean(0)
    return float(shift @ shift + sum(np.trace(c) for c in covariances) - 2 * np.trace(root))


def _score(
    samples: ArrayLike, reference: ArrayLike, distance: Callable[[Values, Values], float], seed: int
) -> FrechetScore:
    a, b = as_pair(samples, reference, reference_at_least=FEWEST)
    if min(a.min(), b.min()) < 0:
        raise InvalidInputError("a Frechet score takes logarithms: give a statistic that is nowhere negative")
    softening = b.mean(0).max() / DYNAMIC_RANGE
    if not softening > 0:
        raise InvalidInputError("every bin of the reference is empty; widen its bins")
    a, b = np.log10(a + softening), np.log10(b + softening)
    floor = self_distance_floor(b, len(a), distance, seed=seed)
    return FrechetScore(distance(a, b), floor, len(a), len(b), b.shape[1])


def _inverse(distance: float) -> float:
    return float("inf") if distance == 0 else 1 / distance
