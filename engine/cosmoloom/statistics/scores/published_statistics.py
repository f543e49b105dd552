"""The three statistics that the published Frechet score compares, measured as its released code does.

Kept for comparison with published numbers, faults included; the statistics of this package measure the same
things without them.  What is odd: the half of the modes that a real transform keeps enters without weights;
wavenumbers are the middles of bins, for a box of 350 Mpc/h times n / 256 whatever the field's true size; any
voxel that equals the largest within its 5^3 neighbours is a peak, ties and voxels at the faces included, with
the field mirrored there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.statistics.fields import Field, as_density
from cosmoloom.statistics.scores.vectors import Values

MEAN_COUNT = 64.0
"""Particles per voxel on average in the published data."""

PUBLISHED_VOXEL = 350 / 256
"""Side of a voxel of the published data [Mpc/h]."""

MASS_RANGE = (np.log10(2), np.log10(250_884 / 3))
PEAK_RANGE = (1.5, 13.0)
N_COUNT_BINS = 20
N_POWER_EDGES = 50


@dataclass(frozen=True, slots=True)
class PublishedStatistics:
    """One row per field.

    Attributes
    ----------
    k : array, shape (n_k,)
        Middles of the logarithmic bins, as published: true only for voxels of 350 / 256 Mpc/h [h/Mpc].
    power : array, shape (N, n_k)
        Power of the density relative to the field's own mean [(Mpc/h)^3], for that voxel size.
    mass : array, shape (N, 20)
        Voxels per bin of log10(count + 1).
    peaks : array, shape (N, 20)
        Peaks per bin of ln(count + e).
    """

    k: Values
    power: Values
    mass: Values
    peaks: Values


def published_statistics(field: Field, *, mean_count: float = MEAN_COUNT) -> PublishedStatistics:
    """Measure power, mass histogram and peak histogram of fields as counts.

    Parameters
    ----------
    field : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1].
    mean_count : float
        Particles per voxel that the mean density stands for; the published bins suit 64.

    Returns
    -------
    PublishedStatistics

    Raises
    ------
    InvalidInputError
        If the field is not cubic or holds a voxel that is not finite.

    References
    ----------
    Perraudin et al. (2019), Comput. Astrophys. Cosmol. 6, 5, sec. 2.3, and the code released with it.
    """
    values = as_density(field).values.detach().cpu()
    counts = values.reshape(-1, *values.shape[-3:]).double().numpy() * mean_count
    k, power = _power(counts)
    mass = np.stack([_count(np.log10(one + 1), MASS_RANGE) for one in counts])
    peaks = np.stack([_count(np.log(_peaks(one) + math.e), PEAK_RANGE) for one in counts])
    return PublishedStatistics(k, power, mass, peaks)


def _power(counts: NDArray[np.float64]) -> tuple[Values, Values]:
    n = counts.shape[-1]
    size = n * PUBLISHED_VOXEL
    full = np.fft.fftfreq(n, size / n) * 2 * np.pi
    half = np.abs(full[: n // 2 + 1])
    k = np.sqrt(full[:, None, None] ** 2 + full[:, None] ** 2 + half**2)
    lowest, highest = np.log10([k.ravel()[1:].min(), k.max()])
    # Rounded outwards in the 15th digit, so that both ends fall inside.
    edges = np.logspace(np.floor(lowest * 1e15) / 1e15, np.ceil(highest * 1e15) / 1e15, N_POWER_EDGES)
    bins = np.digitize(k.ravel(), edges)
    n_modes = np.bincount(bins, minlength=N_POWER_EDGES + 1)[1:N_POWER_EDGES]
    rows = []
    for one in counts:
        amplitude = torch.fft.rfftn(torch.from_numpy(one / one.mean() - 1)).numpy() * (size / n) ** 3
        squared = (amplitude.real**2 + amplitude.imag**2).ravel() / size**3
        rows.append(np.bincount(bins, squared, N_POWER_EDGES + 1)[1:N_POWER_EDGES])
    known = n_modes > 0
    return ((edges[1:] + edges[:-1]) / 2)[known], np.array(rows)[:, known] / n_modes[known]


def _peaks(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.ndimage import maximum_filter, minimum_filter

    highest = maximum_filter(counts, 5)  # mirrors at the faces unless told otherwise
    return np.asarray(counts[(counts == highest) & (highest > minimum_filter(counts, 5))])


def _count(values: NDArray[np.float64], limits: tuple[float, float]) -> Values:
    """Count in 20 equal bins, of which the outer two take what lies beyond."""
    counts, _ = np.histogram(np.clip(values, *limits), bins=N_COUNT_BINS, range=limits)
    return counts.astype(np.float64)
