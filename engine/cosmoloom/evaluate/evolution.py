"""One universe growing: how fields of one latent, or of one simulation, are related in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cosmoloom.evaluate.bootstrap import Estimate, paired_ratio_of_means
from cosmoloom.evaluate.samples import Band, SampleStatistics, Values

LARGE_SCALE = 0.3
"""Growth is measured on the shells below this wavenumber [h/Mpc]."""

GROWTH_REDSHIFTS = (1.0, 0.0)
"""Early and late time between which growth is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Correlation r(k) of the density at two redshifts.

    Attributes
    ----------
    early, late : float
        The redshifts [1].
    k : array, shape (m,)
        Mean wavenumber of each shell [h/Mpc].
    model, simulation : Band
        r(k) of single latents, and of single held-out sub-volumes [1].
    """

    early: float
    late: float
    k: Values
    model: Band
    simulation: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Dice score of the densest voxels at two redshifts, for the densest 5, 10 ... 95 %.

    Attributes
    ----------
    early, late : float
        The redshifts [1].
    model, simulation : Band
        Of single latents, and of single held-out sub-volumes [1].
    """

    early: float
    late: float
    model: Band
    simulation: Band

    @property
    def top_percent(self) -> Values:
        """Share of voxels above the threshold [%], which is also 100 times the score of unrelated fields."""
        return np.arange(5.0, 100.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Growth of large-scale power between two redshifts: mean power late over mean power early.

    Attributes
    ----------
    early, late : float
        The redshifts [1].
    model, simulation : Estimate
        On the shells below LARGE_SCALE, each mode alike; of samples of the same latents, and of the same
        held-out sub-volumes [1].
    linear : float
        D(late)^2 / D(early)^2 of linear theory [1].
    """

    early: float
    late: float
    model: Estimate
    simulation: Estimate
    linear: float


def large_scale_power(samples: SampleStatistics) -> Values:
    """Return the mean power of the modes below LARGE_SCALE, one per field, shape (N, 1) [(Mpc/h)^3].

    The first shell always counts, also in a box that holds no other.
    """
    weight = np.where((samples.k < LARGE_SCALE) | (samples.k == samples.k[0]), samples.n_modes, 0.0)
    return (samples.power @ (weight / weight.sum()))[:, None]


def growth_of_power(late: SampleStatistics, early: SampleStatistics) -> Estimate:
    """Return mean large-scale power late over early, of the same fields in the same order."""
    return paired_ratio_of_means(large_scale_power(late), large_scale_power(early))
