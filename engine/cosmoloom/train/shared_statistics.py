"""What generated and real volumes must share: the statistics in the generator's loss.

All are positive and averages over a volume, so that their ensemble means can be compared as ratios.  The
square root of the power stands beside the power: where both means agree, so does the scatter from volume to
volume, and unlike the square of the power it is not ruled by the densest volume of a batch.

References
----------
Cavezza et al. (2022), section 3 (statistics in the generator's loss).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from cosmoloom.statistics.power_spectrum import spherical_power

MEAN_WEIGHT = 10.0
"""Weight of a volume's mean against one bin of power: it must be right to a percent, not to ten."""
DENSITY_WEIGHT = 0.3
"""Weight of the power of density, which a few dense voxels rule, against that of the network field."""
SHARE_WEIGHT = 1.0
"""Weight of one bin of the voxels' densities."""
POWER = 2
"""Where the power of the density begins among the statistics."""
FLOOR = 1e-9
"""Keeps square roots differentiable where there is no power [(Mpc/h)^3]."""

LOWEST, HIGHEST, SHARES = 0.02, 200.0, 17
"""Bins of the voxels' density over the cosmic mean, uniform in the logarithm; beyond, the end bins."""
RARE = 0.003
"""Added to every share, so that a bin that holds next to nothing weighs next to nothing [1]."""


def shared_statistics(density: Tensor, x: Tensor, y: Tensor, *, box_size: float) -> Tensor:
    """Measure what the ensembles must share.

    No variance: the corners of Fourier space lie in no bin of power, and a checkerboard there would supply it.

    Parameters
    ----------
    density, x, y : Tensor, shape (b, n, n, n)
        rho / cosmic mean, scaled and network field of the same volumes [1].
    box_size : float
        Side in [Mpc/h].

    Returns
    -------
    Tensor, shape (b, s)
        Positive; :func:`shared_weights` says how much each counts.
    """
    axes = (1, 2, 3)
    means = torch.stack([density.mean(axes), (x + 1.0).mean(axes)], dim=1)
    power, network_power = spherical_power(torch.stack([density - 1.0, y]), box_size=box_size)
    roots = [(p + FLOOR).sqrt() for p in (power, network_power)]
    return torch.cat([means, power, network_power, *roots, voxel_shares(density) + RARE], dim=1)


def shared_weights(n: int, box_size: float, *, k_max: float) -> Tensor:
    """Return the weight of each statistic, shape (s,); power beyond k_max [h/Mpc] has none."""
    k = 2 * math.pi / box_size * torch.arange(1, n // 2 + 1)
    matched = (k <= k_max).float()
    means = torch.tensor([MEAN_WEIGHT, MEAN_WEIGHT])
    powers = [weight * matched for weight in (DENSITY_WEIGHT, 1.0, DENSITY_WEIGHT, 1.0)]
    return torch.cat([means, *powers, torch.full((SHARES,), SHARE_WEIGHT)])


def voxel_shares(density: Tensor) -> Tensor:
    """Return the share of voxels near each density, shape (b, SHARES) [1].

    A voxel is shared linearly in ln rho between the two nearest of SHARES densities, so that the histogram
    has a gradient almost everywhere.
    """
    steps = (SHARES - 1) / math.log(HIGHEST / LOWEST)
    position = ((density.clamp(min=1e-6) / LOWEST).log() * steps).clamp(0.0, SHARES - 1.001)
    low = position.detach().floor()
    upper_share = position - low
    offset = SHARES * torch.arange(len(density), device=density.device)[:, None, None, None]
    index = (low.long() + offset).flatten()
    empty = density.new_zeros(len(density) * SHARES)
    upper_share = upper_share.flatten()
    shares = empty.index_add(0, index, 1.0 - upper_share).index_add(0, index + 1, upper_share)
    return shares.view(len(density), SHARES) / density[0].numel()


def shared_pattern(fields: Tensor, *, box_size: float) -> Tensor:
    """Return how much volumes of different latents have in common: 0 on average if nothing.

    With P the mean power of b volumes and P_m that of their mean, ``ln(b P_m / P)`` averaged over the bins:
    independent volumes cancel to a b-th, a pattern that all repeat does not.

    Parameters
    ----------
    fields : Tensor, shape (b, c, n, n, n)
        Network fields of b latents; the mean over latents is taken for each of c channels.
    box_size : float
        Side in [Mpc/h].
    """
    power = spherical_power(fields, box_size=box_size).mean(0)
    common = spherical_power(fields.mean(0), box_size=box_size)
    return ((len(fields) * common + FLOOR) / (power + FLOOR)).log().mean()
