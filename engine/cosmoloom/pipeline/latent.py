"""The prior of the latent: independent Student-t or normal components, drawn from a seed.

Heavy tails let a generator make rare dense haloes without stretching the bulk of its latent space.
Draws come from a counter-based generator on the CPU and the inverse of the distribution function, so
they are the same on every device, in every batch size and from one library version to the next.

References
----------
Feder, Berger & Stein (2020), section 3.2.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError

LARGEST_SEED = 2**63 - 1


def draw_latent(seed: int, count: int = 1, *, size: int, nu: float | None, width: float = 1.0) -> Tensor:
    """Draw latents from the prior; row i is the one that ``seed + i`` draws alone.

    Parameters
    ----------
    seed : int
        Seed of the first row, 0 or above.
    count : int
        Rows to draw.
    size : int
        Components of a latent.
    nu : float, optional
        Degrees of freedom of the Student-t distribution, above 2; None draws from a normal distribution.
    width : float
        Factor on every component.

    Returns
    -------
    Tensor, shape (count, size), float32, on the CPU
        Independent components of variance ``width**2 * nu / (nu - 2)``, or ``width**2``.
    """
    from scipy.special import ndtri, stdtrit

    if not 0 <= seed <= LARGEST_SEED - count:
        raise InvalidInputError(f"a seed is a whole number from 0 to {LARGEST_SEED - count}, got {seed}")
    if count < 1:
        raise InvalidInputError(f"count must be 1 or more, got {count}")
    rows = [np.random.Generator(np.random.Philox(key=seed + i)).random(size) for i in range(count)]
    # random() may return exactly 0, whose quantile is -infinity; half a step of its 2^-53 grid avoids it.
    uniform = np.stack(rows) + 2.0**-54
    quantile = ndtri(uniform) if nu is None else stdtrit(nu, uniform)
    return torch.from_numpy((width * quantile).astype(np.float32))


def prior_sigma(nu: float | None, width: float = 1.0) -> float:
    """Return the standard deviation of one component of the prior [1]."""
    return float(width if nu is None else width * np.sqrt(nu / (nu - 2.0)))
