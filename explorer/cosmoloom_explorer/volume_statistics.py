"""Statistics of a large volume and of what it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom_explorer.frames import Volume
    from cosmoloom_explorer.landing import Landing

LARGEST_MEASURED = 256
"""Voxels per side of the largest scale whose statistics are taken."""
Curve = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]
"""Positions and values."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """Statistics of one scale.

    Attributes
    ----------
    n : int
        Voxels per side.
    power : (array, array)
        k [h/Mpc] and P(k) [(Mpc/h)^3].
    histogram : (array, array)
        Density over the cosmic mean and share of the voxels per decade of it [1].
    """

    n: int
    power: Curve
    histogram: Curve


def measure(landing: Landing, start: Box) -> tuple[Measured, ...]:
    """Return statistics of the start, and of the finest scale that is not too large for it."""
    scale = max((scale for scale, n in enumerate(landing.sides) if n <= LARGEST_MEASURED), default=0)
    fields: list[Volume] = [start.density]
    if scale:
        fields.append(np.asarray(landing.stage(scale)[...]))
    return tuple(_measured(density, landing.box_size) for density in fields)


def _measured(density: Volume, box_size: float) -> Measured:
    from cosmoloom.statistics import mass_histogram, power_spectrum

    power, mass = power_spectrum(density, box_size=box_size), mass_histogram(density)
    edges = np.asarray(mass.edges)
    middles = 10.0 ** (0.5 * (edges[1:] + edges[:-1]))
    return Measured(
        n=len(density), power=(np.asarray(power.k), np.asarray(power.power)), histogram=(middles, np.asarray(mass.pdf))
    )
