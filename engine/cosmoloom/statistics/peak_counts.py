"""Peak counts: local maxima of the density, the seats of haloes, by height."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.binning import count_owned, count_rows
from cosmoloom.statistics.fields import Field, Measured, as_density, dimensions_of
from cosmoloom.statistics.local_maxima import local_maxima, require_reach
from cosmoloom.statistics.log_bins import LogBins

PEAK_BINS = LogBins(-1.0, 3.4, 22)
"""Bins of 0.2 dex from 0.1 to 2500 times the cosmic mean."""


@dataclass(frozen=True, slots=True)
class PeakCounts(Measured):
    """Peaks per bin of height.

    Attributes
    ----------
    edges : Tensor, shape (n_bins + 1,)
        Edges of the bins, log10(rho / cosmic mean) at the peak [1]; the end bins also hold what lies beyond.
    counts : Tensor, shape (*batch, n_bins)
        Peaks per bin.
    below, above : Tensor, shape (*batch,)
        How many of those in the first and last bin lie beyond the outer edges.
    n_searched : int
        Voxels per field whose whole neighbourhood is known, that is, that could be peaks.
    dimensions : int
        3 for volumes, 2 for maps.
    """

    edges: Tensor
    counts: Tensor
    below: Tensor
    above: Tensor
    n_searched: int
    dimensions: int = 3

    def mass_function(self, voxel_size: float) -> Tensor:
        """Return the peaks per volume and decade of height.

        Parameters
        ----------
        voxel_size : float
            Side of a voxel in [Mpc/h].

        Returns
        -------
        Tensor, shape (*batch, n_bins)
            dn / dlog10(rho) of the volume searched in [(h/Mpc)^3], of maps per area in [(h/Mpc)^2].
        """
        if not voxel_size > 0:
            raise InvalidInputError(f"voxel_size must be positive, in Mpc/h, got {voxel_size}")
        volume = self.n_searched * voxel_size**self.dimensions
        return self.counts / volume / (self.edges[1:] - self.edges[:-1])


def peak_counts(
    field: Field,
    *,
    neighbourhood: int = 2,
    bins: LogBins = PEAK_BINS,
    periodic: bool = False,
    dimensions: int = 3,
) -> PeakCounts:
    """Count voxels that are strictly denser than all others within a cube around them.

    Parameters
    ----------
    field : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    neighbourhood : int
        Reach of the cube in voxels: 1 compares with 26 neighbours as ullmo2021, 2 with 124 as perraudin2019.
    bins : LogBins
        Bins of the height.
    periodic : bool
        Whether opposite faces of bare densities are neighbours; a :class:`Box` or map knows.  If not, voxels closer
        to a face than ``neighbourhood`` are not searched.
    dimensions : int
        2 searches bare densities that are maps, shape (*batch, n, n), as a :class:`Map`, with 8 or 24 neighbours.

    Returns
    -------
    PeakCounts

    Raises
    ------
    InvalidInputError
        If the field is unfit or too small for the neighbourhood.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5; Ullmo, Decelle & Aghanim (2021), A&A 651, A46,
    sect. 4.1.2.
    """
    dimensions = dimensions_of(field, dimensions)
    density = as_density(field, periodic=periodic, dimensions=dimensions)
    values = density.values.detach()
    n = values.shape[-1]
    require_reach(neighbourhood, n)
    batch = values.shape[:-dimensions]
    stack = values.reshape(-1, *values.shape[-dimensions:]).contiguous()
    index = local_maxima(stack, neighbourhood, periodic=density.periodic)
    heights = stack.reshape(-1)[index]
    if len(stack) == 1:
        counted = count_rows(heights[None], bins.densities())
    else:
        counted = count_owned(heights, bins.densities(), index // n**dimensions, len(stack))
    return PeakCounts(
        bins.edges(values.device),
        counted.inside.reshape(*batch, bins.n_bins),
        counted.below.reshape(batch),
        counted.above.reshape(batch),
        (n if density.periodic else n - 2 * neighbourhood) ** dimensions,
        dimensions,
    )
