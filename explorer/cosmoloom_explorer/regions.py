"""A part of a field of any shape, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import mass_histogram, peak_counts, peak_positions
from cosmoloom_explorer.peaks import CRITICAL_DENSITY

if TYPE_CHECKING:
    from cosmoloom.cosmology import Cosmology
    from cosmoloom_explorer.frames import Volume

Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionStatistics:
    """What is in a region.

    Attributes
    ----------
    volume : float
        [(Mpc/h)^3].
    mean, scatter, densest : float
        Mean, standard deviation and largest of rho over the cosmic mean [1].
    mass : float
        [Msun/h].
    n_peaks : int
        Density peaks inside, as :func:`cosmoloom.statistics.peak_counts` counts them.
    mass_x, mass_share : array
        Share of the region's voxels per decade, over log10 rho/mean.
    peak_x, peaks : array
        Its peaks per bin, over log10 rho/mean.
    """

    volume: float
    mean: float
    scatter: float
    densest: float
    mass: float
    n_peaks: int
    mass_x: Values
    mass_share: Values
    peak_x: Values
    peaks: Values


def box_mask(n: int, low: Values, high: Values) -> Mask:
    """Return the voxels whose centres lie in a box; corners in voxels, axes (x, y, z), voxel i from i to i + 1."""
    inside = [(np.arange(n) + 0.5 >= a) & (np.arange(n) + 0.5 <= b) for a, b in zip(low, high, strict=True)]
    return np.asarray(inside[0][:, None, None] & inside[1][:, None] & inside[2])


def ellipsoid_mask(n: int, low: Values, high: Values) -> Mask:
    """Return the voxels whose centres lie in the ellipsoid that fits into a box; corners as in :func:`box_mask`."""
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    x, y, z = (((np.arange(n) + 0.5 - m) / h) ** 2 for m, h in zip(middle, half, strict=True))
    return np.asarray(x[:, None, None] + y[:, None] + z <= 1)


def measure_region(density: Volume, mask: Mask, *, box_size: float, universe: Cosmology) -> RegionStatistics:
    """Measure the voxels of a mask.

    Parameters
    ----------
    density : array, shape (n, n, n)
        rho over the cosmic mean [1].
    mask : array of the same shape, bool
        The region.
    box_size : float
        Side [Mpc/h].
    universe : Cosmology
        Whose mean density weighs the voxels.

    Raises
    ------
    InvalidInputError
        If the region is empty, or of another shape than the field.
    """
    if mask.shape != density.shape:
        raise InvalidInputError(
            f"the field has {density.shape} voxels and the region {mask.shape}: draw it on this field"
        )
    inside = density[mask].astype(np.float64)
    if not inside.size:
        raise InvalidInputError("no voxel's centre lies in the region: draw it larger, or within the box")
    field = torch.from_numpy(density)
    mass_edges = np.asarray(mass_histogram(field).edges, dtype=np.float64)
    peak_edges = np.asarray(peak_counts(field).edges, dtype=np.float64)
    found = peak_positions(field, box_size=box_size)
    heights = np.asarray(found.heights, dtype=np.float64)[mask[tuple(np.asarray(found.voxels).T)]]
    voxel = (box_size / len(density)) ** 3
    return RegionStatistics(
        volume=inside.size * voxel,
        mean=float(inside.mean()),
        scatter=float(inside.std()),
        densest=float(inside.max()),
        mass=float(inside.sum() * CRITICAL_DENSITY * universe.Omega_m * voxel),
        n_peaks=len(heights),
        mass_x=_middle(mass_edges),
        mass_share=_counts(inside, mass_edges) / (inside.size * np.diff(mass_edges)),
        peak_x=_middle(peak_edges),
        peaks=_counts(heights, peak_edges),
    )


def _counts(densities: Values, edges: Values) -> Values:
    """Count densities per bin of log10; what lies beyond the edges counts in the outer bins."""
    logarithms = np.log10(np.maximum(densities, 1e-30))
    return np.histogram(np.clip(logarithms, edges[0], edges[-1]), edges)[0].astype(np.float64)


def _middle(edges: Values) -> Values:
    return np.asarray(0.5 * (edges[1:] + edges[:-1]), dtype=np.float64)
