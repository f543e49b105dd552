"""The summary loss of cavezza2022: distances between the mean statistics of a batch, real and generated.

Power spectrum, mass histogram and peak histogram of every volume have gradients; how far apart their means are
is a Wasserstein distance, in which bins count more the less they scatter from volume to volume.

References
----------
Cavezza (2022), section V and table 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.statistics.soft_histogram import soft_histogram
from cosmoloom.statistics.soft_peaks import soft_peak_counts
from cosmoloom.train.recipes.section import PACE, Section

SMALLEST_SCATTER = 0.05
"""Added to the relative scatters of a bin [1], so that one where both are 0 has a bounded weight; not told."""


class SummarySection(Section):
    """Weights of the statistics in the generator's loss, and until when."""

    weight: Annotated[float, PACE] = Field(default=0.3, ge=0)
    """Of the whole."""
    power: Annotated[float, PACE] = Field(default=2.0, ge=0)
    mass: Annotated[float, PACE] = Field(default=2.0, ge=0)
    peaks: Annotated[float, PACE] = Field(default=1.0, ge=0)
    until: Annotated[int, PACE] = Field(ge=0)
    """Updates of the generator after which the loss is left out."""

    def distance(self, real: Mapping[str, Tensor], fake: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted sum of the distances between statistics of a whole batch, without the weight of it all.

        Parameters
        ----------
        real, fake : mapping of Tensor, shape (b, bins)
            As :func:`summaries` returns them.
        """
        shares = {"power": self.power, "mass": self.mass, "peaks": self.peaks}
        total = sum(share * weighted_distance(real[name], fake[name]) for name, share in shares.items())
        return torch.as_tensor(total)


def summaries(density: Tensor, *, box_size: float) -> dict[str, Tensor]:
    """Measure every volume, with gradients.

    Parameters
    ----------
    density : Tensor, shape (b, n, n, n)
        rho / cosmic mean [1].
    box_size : float
        Side in [Mpc/h].

    Returns
    -------
    dict of Tensor, shape (b, bins)
        "power" in [(Mpc/h)^3], "mass" and "peaks" in voxels.
    """
    return {
        "power": spherical_power(density - 1.0, box_size),
        "mass": soft_histogram(density).counts,
        "peaks": soft_peak_counts(density).counts,
    }


def weighted_distance(real: Tensor, fake: Tensor) -> Tensor:
    """Return the Wasserstein-1 distance between mean statistics, weighted per bin by the inverse of their scatter.

    With cumulative sums C of the means over the sum of the real ones,
    ``mean over bins of e |C_fake - C_real|`` and ``e = 1 / (s_f / m_f + s_r / m_r + eps)`` from means m and
    scatters s over the batch.  The weights have no gradient: scattering more shall not pay.

    Parameters
    ----------
    real, fake : Tensor, shape (b, bins)
        Statistics of each volume, not negative.

    Returns
    -------
    Tensor, shape ()
    """
    total = real.mean(0).sum().clamp(min=torch.finfo(real.dtype).tiny)
    with torch.no_grad():
        weight = 1.0 / (_relative_scatter(real) + _relative_scatter(fake) + SMALLEST_SCATTER)
    distance = ((fake.mean(0) - real.mean(0)) / total).cumsum(0).abs()
    return (weight * distance).mean()


def _relative_scatter(values: Tensor) -> Tensor:
    """Return scatter over mean of each bin, 0 where a bin is empty in all volumes [1]."""
    mean = values.mean(0)
    return values.std(0, correction=0) / (mean + 1e-6 * mean.max() + torch.finfo(mean.dtype).tiny)
