"""The 48 rotations and reflections of a cube, and the 8 of a square."""

from __future__ import annotations

from itertools import permutations, product

Symmetry = tuple[tuple[int, ...], tuple[int, ...]]
"""Order of the axes, and direction along each: (permutation, signs)."""


def _symmetries(dimensions: int) -> tuple[Symmetry, ...]:
    orders = permutations(range(dimensions))
    return tuple((order, signs) for order in orders for signs in product((1, -1), repeat=dimensions))


SYMMETRIES: dict[int, tuple[Symmetry, ...]] = {2: _symmetries(2), 3: _symmetries(3)}
"""By the number of dimensions: 8 and 48."""
