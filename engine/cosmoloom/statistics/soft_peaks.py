"""Soft peaks: the peak counts with gradients, for a loss that compares numbers of haloes."""

from __future__ import annotations

import torch
from torch import Tensor

from cosmoloom.statistics.fields import require_cubes
from cosmoloom.statistics.local_maxima import largest_other, require_reach
from cosmoloom.statistics.log_bins import LogBins
from cosmoloom.statistics.peak_counts import PEAK_BINS
from cosmoloom.statistics.soft_histogram import SoftCounts, log_density, soft_counts


def soft_peak_counts(
    density: Tensor,
    *,
    neighbourhood: int = 2,
    bins: LogBins = PEAK_BINS,
    periodic: bool = False,
    temperature: float = 0.02,
) -> SoftCounts:
    """Count the peaks per bin of log10(rho / cosmic mean), with gradients.

    A voxel counts as a peak by the share ``s((u - v) / T)``, with u = log10 rho, v that of the densest other voxel
    around it, and s the logistic function; it falls into bins as in
    :func:`cosmoloom.statistics.soft_histogram.soft_histogram`.  As T goes to 0 the counts go to those of
    :func:`cosmoloom.statistics.peak_counts.peak_counts`, but that each of two tied voxels keeps counting half.
    Far more voxels than peaks miss being one by little, so counts exceed those unless T is a few 0.01 dex.

    Parameters
    ----------
    density : Tensor, shape (*batch, n, n, n)
        rho / cosmic mean [1]; not checked for values that are not finite.
    neighbourhood : int
        Reach in voxels: 1 compares with 26 neighbours, 2 with 124.
    bins : LogBins
        Bins of the height.
    periodic : bool
        Whether opposite faces are neighbours; if not, voxels closer to one than the reach do not count.
    temperature : float
        T [dex].

    Returns
    -------
    SoftCounts

    Raises
    ------
    InvalidInputError
        If the field is not cubic, too small for the neighbourhood, or the temperature not positive.

    References
    ----------
    The summary loss of Cavezza et al. (2022) compares such histograms.
    """
    require_cubes(density)
    require_reach(neighbourhood, density.shape[-1])
    logarithm = log_density(density, bins, temperature)
    if periodic:
        for axis in (-3, -2, -1):
            n, reach = logarithm.shape[axis], neighbourhood
            before, after = logarithm.narrow(axis, n - reach, reach), logarithm.narrow(axis, 0, reach)
            logarithm = torch.cat([before, logarithm, after], axis)
    height = logarithm[(...,) + (slice(neighbourhood, -neighbourhood),) * 3]
    prominence = height - largest_other(logarithm, neighbourhood)
    peak = (prominence / temperature).sigmoid()
    return SoftCounts(
        bins.edges(density.device), soft_counts(height.flatten(-3), peak.flatten(-3), bins, temperature)
    )
