"""Numbers that say what a field is like, with gradients: what directions of a latent space can be asked to change.

Each is a smooth stand-in for a statistic that is measured elsewhere, of order one and without units, so that their
gradients compare.  Smooth matters: the power of rho itself, or a sharp count of peaks, hangs on a few voxels, and its
gradient leads nowhere after a tenth of a standard deviation.  They are few, and of different kinds: what two ask for in
common is taken from both once their directions stand at right angles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from types import MappingProxyType

import torch
from torch import Tensor

from cosmoloom.scaling.rational import scale
from cosmoloom.statistics.log_bins import LogBins
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.statistics.soft_peaks import soft_peak_counts

SMALL_SCALES = 0.5
"""Waves beyond this share of the Nyquist wavenumber count as small scales."""
BRIGHT = 11.5
"""kappa of the scaling whose power counts [cosmic mean]: of what a person sees, and no single halo rules it."""
VOID = 0.3
"""A voxel thinner than this belongs to a void, over the cosmic mean [1]."""
SOFT = 0.3
"""Width of the threshold of voids in ln(rho), and of a peak's lead over its neighbours in log10(rho)."""
PEAKS = LogBins(0.0, 3.4, 1)
"""Peaks above the cosmic mean."""
CENTRE = 1 / 8
"""Standard deviation of the Gaussian around the centre, over the side of the box."""
THIN = 1e-3
"""Density below which no logarithm follows, over the cosmic mean [1]."""

Statistic = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a direction is asked to raise.

    Attributes
    ----------
    measure : callable
        Of densities over the cosmic mean, shape (n, n, n), one number that grows with it.
    what : str
        What that number is, with its unit.
    """

    measure: Statistic
    what: str


def _small_scale_power(density: Tensor) -> Tensor:
    scaled = scale(density, BRIGHT)
    power = spherical_power(scaled - scaled.mean(), 1.0)
    return power[int(SMALL_SCALES * len(power)) :].log().mean()


def _peaks(density: Tensor) -> Tensor:
    return soft_peak_counts(density[None], bins=PEAKS, temperature=SOFT).counts.sum().log()


def _voids(density: Tensor) -> Tensor:
    return torch.sigmoid((log(VOID) - density.clamp(min=THIN).log()) / SOFT).mean().log()


def centre_weight(n: int) -> Tensor:
    """Return a Gaussian around the centre, shape (n, n, n), that adds up to 1."""
    x = (torch.arange(n) + 0.5) / n - 0.5
    along = torch.exp(-0.5 * (x / CENTRE) ** 2)
    weight = along[:, None, None] * along[:, None] * along
    return weight / weight.sum()


def _centre(density: Tensor) -> Tensor:
    return (density * centre_weight(density.shape[-1]).to(density)).sum().log()


ASKED: MappingProxyType[str, Asked] = MappingProxyType(
    {
        "power": Asked(_small_scale_power, "mean ln P(k) of the scaled density beyond half of the Nyquist wavenumber"),
        "peaks": Asked(_peaks, "ln of the number of peaks above the mean density, softly counted"),
        "voids": Asked(_voids, f"ln of the share of voxels below {VOID:g} of the mean density"),
        "centre": Asked(_centre, "ln of the density around the centre"),
    }
)
"""What directions are found for, by name; :mod:`cosmoloom.pipeline.direction_names` has the titles."""
