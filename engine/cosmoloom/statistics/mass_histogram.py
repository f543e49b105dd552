"""Mass histogram: how many voxels are how dense."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.binning import count_rows
from cosmoloom.statistics.fields import Field, Measured, as_density, dimensions_of
from cosmoloom.statistics.log_bins import CountBins, LogBins, ScaledBins

MASS_BINS = LogBins(-2.5, 3.5, 60)
"""Bins of 0.1 dex from 0.003 to 3000 times the cosmic mean."""

PARTICLE_BINS = CountBins()


@dataclass(frozen=True, slots=True)
class MassHistogram(Measured):
    """Voxels per bin of density.

    Attributes
    ----------
    edges : Tensor, shape (n_bins + 1,)
        Edges of the bins in the scale of the bins: log10(rho / cosmic mean), x, or particles per voxel [1];
        a bin holds its lower edge, and the end bins also hold what lies beyond.
    counts : Tensor, shape (*batch, n_bins)
        Voxels per bin; they add up to n^3, of maps to n^2.
    below, above : Tensor, shape (*batch,)
        How many of those in the first and last bin lie beyond the outer edges: voids, and the densest haloes.
    """

    edges: Tensor
    counts: Tensor
    below: Tensor
    above: Tensor

    @property
    def pdf(self) -> Tensor:
        """Share of all voxels per unit of the scale, shape (*batch, n_bins), without what lies beyond the edges."""
        inside = self.counts * 1  # a copy, of a tensor as of an array
        inside[..., 0] -= self.below
        inside[..., -1] -= self.above
        return inside / self.counts.sum(-1)[..., None] / (self.edges[1:] - self.edges[:-1])


def mass_histogram(
    field: Field, *, bins: LogBins | ScaledBins = MASS_BINS, dimensions: int = 3
) -> MassHistogram:
    """Count the voxels in bins of density.

    Parameters
    ----------
    field : Box or Map, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    bins : LogBins or ScaledBins
        What to count in: log10(rho / cosmic mean), or the scaled density of feder2020.
    dimensions : int
        3, or 2 where bare densities are maps, shape (*batch, n, n).

    Returns
    -------
    MassHistogram

    Raises
    ------
    InvalidInputError
        If the field is not cubic or square, or holds a voxel that is not finite.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5; in both scales, Feder, Berger & Stein (2020),
    Phys. Rev. D 102, 103504, fig. 5.
    """
    dimensions = dimensions_of(field, dimensions)
    values = as_density(field, dimensions=dimensions).values.detach()
    return _count(values, bins.densities(), bins.edges(values.device), dimensions)


def particle_histogram(field: Field, *, mean_count: float, bins: CountBins = PARTICLE_BINS) -> MassHistogram:
    """Count the voxels in bins of their number of particles.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1], each particle assigned to one voxel (NGP).
    mean_count : float
        Cosmic mean number of particles per voxel.
    bins : CountBins
        What to count in.

    Returns
    -------
    MassHistogram

    Raises
    ------
    InvalidInputError
        If the field is unfit or its voxels do not hold whole numbers of particles.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5, sect. 3.
    """
    if not mean_count > 0:
        raise InvalidInputError(f"mean_count must be positive, got {mean_count}")
    particles = as_density(field).values.detach() * mean_count
    whole = particles.round()
    if bool(((particles - whole).abs() > 1e-3 + 1e-6 * whole.abs()).any()):
        raise InvalidInputError(
            f"voxels hold no whole numbers of particles of {1 / mean_count:g} of the mean density: give the "
            "mean_count of this field, one assigned to the nearest grid points (NGP), or take mass_histogram"
        )
    return _count(whole, bins.edges(), bins.edges(whole.device))


def _count(values: Tensor, limits: Tensor, edges: Tensor, dimensions: int = 3) -> MassHistogram:
    """Count voxels between limits, which the edges stand for."""
    batch = values.shape[:-dimensions]
    counted = count_rows(values.reshape(-1, values.shape[-1] ** dimensions), limits)
    return MassHistogram(
        edges, counted.inside.reshape(*batch, -1), counted.below.reshape(batch), counted.above.reshape(batch)
    )
