"""Mass histogram: how many voxels are how dense."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.statistics.fields import Field, Measured, as_density
from cosmoloom.statistics.log_bins import LogBins

MASS_BINS = LogBins(-2.5, 3.5, 60)
"""Bins of 0.1 dex from 0.003 to 3000 times the cosmic mean."""


@dataclass(frozen=True, slots=True)
class MassHistogram(Measured):
    """Voxels per bin of density.

    Attributes
    ----------
    edges : Tensor, shape (n_bins + 1,)
        Edges of the bins, log10(rho / cosmic mean) [1]; the end bins also hold what lies beyond.
    counts : Tensor, shape (*batch, n_bins)
        Voxels per bin; they add up to n^3.
    """

    edges: Tensor
    counts: Tensor


def mass_histogram(field: Field, *, bins: LogBins = MASS_BINS) -> MassHistogram:
    """Count the voxels in bins of log10(rho / cosmic mean).

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    bins : LogBins
        What to count in; voxels outside, empty ones among them, count in the first or last bin.

    Returns
    -------
    MassHistogram

    Raises
    ------
    InvalidInputError
        If the field is not cubic or holds a voxel that is not finite.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5.
    """
    values = as_density(field).values.detach()
    batch = values.shape[:-3]
    flat = values.reshape(-1, values.shape[-1] ** 3)
    owner = None
    if len(flat) > 1:
        owner = torch.arange(len(flat), dtype=torch.int32, device=flat.device)
        owner = owner.repeat_interleave(flat.shape[1])
    counts = bins.count(flat.reshape(-1), owner, n_owners=len(flat))
    return MassHistogram(bins.edges(values.device), counts.reshape(*batch, bins.n_bins))
