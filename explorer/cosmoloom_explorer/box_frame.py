"""Ticks around a box: at which edges they stand for a line of sight, and at which values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom_explorer.slices import AXES

Values = NDArray[np.float64]
OUTWARDS = 0.07
"""Way from an edge to its labels, as a share of the box's side."""
FURTHER = 1.9
"""Way to the axis's name, in ways to the labels."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the unit cube along one axis.

    Attributes
    ----------
    axis : int
        0, 1 or 2 for x, y or z.
    start : tuple of three float
        The corner where the axis is 0.
    """

    axis: int
    start: tuple[float, float, float]


def tick_edges(sight: ArrayLike, up: ArrayLike) -> tuple[Edge, Edge, Edge]:
    """Return the outline's edges for the ticks of x, y and z.

    Of the two edges of an axis that are part of the box's outline on screen, x and z take the lower, y the left one.

    Parameters
    ----------
    sight : array, shape (3,)
        Direction in which the camera looks, (x, y, z).
    up : array, shape (3,)
        Direction that is upwards on screen.
    """
    view, above = np.asarray(sight, dtype=float), np.asarray(up, dtype=float)
    right = np.cross(view, above)
    edges = [_edge(axis, view, right if axis == 1 else above) for axis in range(3)]
    return edges[0], edges[1], edges[2]


def flat_edges() -> tuple[Edge, Edge]:
    """Return the lower edge for x and the left one for y, for a slice seen along z."""
    return Edge(0, (0.0, 0.0, 0.0)), Edge(1, (0.0, 0.0, 0.0))


def nice_ticks(box_size: float) -> Values:
    """Return three to six round values from 0 to the side of a box [Mpc/h]."""
    decade = 10.0 ** np.floor(np.log10(box_size))
    step = next(share * decade for share in (0.2, 0.5, 1.0, 2.0) if box_size < 5.0 * share * decade)
    return np.arange(0.0, box_size * (1 + 1e-9), step)


def labels(edge: Edge, box_size: float, *, flat: bool = False) -> tuple[Values, list[str]]:
    """Return where to write what at an edge: its ticks' values, and the axis's name in the middle.

    Returns
    -------
    positions : array, shape (m, 3)
        [Mpc/h], axes (x, y, z).
    texts : list of str, length m
        "0", "20", ... and "x".
    """
    ticks = nice_ticks(box_size)
    along = np.eye(3)[edge.axis]
    away = np.asarray(edge.start) + 0.5 * along - (0.5, 0.5, 0.0 if flat else 0.5)
    out = OUTWARDS * away / np.linalg.norm(away)
    corner = np.asarray(edge.start) * box_size
    values = corner + ticks[:, None] * along + out * box_size
    name = corner + (0.5 * along + FURTHER * out) * box_size
    return np.vstack([values, name]), [*(f"{tick:g}" for tick in ticks), AXES[edge.axis]]


def _edge(axis: int, view: Values, towards: Values) -> Edge:
    others = [other for other in range(3) if other != axis]
    outline = []
    for ends in product((0.0, 1.0), repeat=2):
        # The face at 1 is seen by a camera that looks against its axis, the one at 0 by one that looks along it.
        seen = [(view[other] < 0) == (end == 1.0) for other, end in zip(others, ends, strict=True)]
        if seen[0] != seen[1]:
            start = np.zeros(3)
            start[others] = ends
            height = float((start - 0.5) @ towards)
            outline.append((height, (float(start[0]), float(start[1]), float(start[2]))))
    return Edge(axis, min(outline)[1])
