"""Statistics of many fields as the rows of an array, which is what scores compare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.errors import InvalidInputError

Values = NDArray[np.float64]


def as_vectors(values: ArrayLike, *, name: str, at_least: int = 2) -> Values:
    """Return finite rows, one per field, shape (N, m).

    Parameters
    ----------
    values : array, shape (N, m)
        One statistics vector per field.
    name : str
        What to call them in an error.
    at_least : int
        Fields that are needed.

    Raises
    ------
    InvalidInputError
        If they have another shape, are not finite or too few.
    """
    vectors: NDArray[Any] = np.asarray(values, dtype=np.float64)
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise InvalidInputError(f"{name} must have shape (fields, bins), got {vectors.shape}")
    if len(vectors) < at_least:
        raise InvalidInputError(
            f"{name} hold {len(vectors)} fields, but at least {at_least} are needed; draw or cut more"
        )
    if not np.isfinite(vectors).all():
        raise InvalidInputError(f"{name} hold numbers that are NaN or infinite; leave such bins out")
    return vectors


def as_pair(
    samples: ArrayLike, reference: ArrayLike, *, at_least: int = 2, reference_at_least: int | None = None
) -> tuple[Values, Values]:
    """Return two sets of vectors of the same bins; raises as :func:`as_vectors` does."""
    a = as_vectors(samples, name="samples", at_least=at_least)
    b = as_vectors(reference, name="reference", at_least=reference_at_least or at_least)
    if a.shape[1] != b.shape[1]:
        raise InvalidInputError(
            f"samples have {a.shape[1]} bins and the reference {b.shape[1]}; measure both alike"
        )
    return a, b
