"""The 48 rotations and reflections of a cube."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

SYMMETRIES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = tuple(
    (order, flips) for order in permutations(range(3)) for flips in product((1, -1), repeat=3)
)
"""Order of the axes, and direction along each: (permutation, signs)."""


def turn(field: NDArray[np.float32], symmetry: int) -> NDArray[np.float32]:
    """Return a view of the cube (last three axes) under one of the 48 symmetries."""
    order, flips = SYMMETRIES[symmetry]
    lead = field.ndim - 3
    axes = (*range(lead), *(lead + axis for axis in order))
    x, y, z = (slice(None, None, flip) for flip in flips)
    return field.transpose(axes)[..., x, y, z]
