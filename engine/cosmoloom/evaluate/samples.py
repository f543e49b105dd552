"""The statistics of many fields of one kind, field by field, and what they scatter like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.statistics import mass_histogram, mean_density, peak_counts, power_spectrum

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """What is typical of many curves, point by point.

    Attributes
    ----------
    median, p16, p84, mean : array, shape (m,)
        Median, 16th and 84th percentile, and mean over the fields, in the unit of the curves.
    """

    median: Values
    p16: Values
    p84: Values
    mean: Values

    @classmethod
    def of(cls, curves: Values) -> Self:
        """Summarise curves of shape (n_fields, m)."""
        p16, median, p84 = np.percentile(curves, (16, 50, 84), axis=0)
        return cls(median, p16, p84, curves.mean(0))


@dataclass(frozen=True, slots=True)
class SampleStatistics:
    """Statistics of each of N fields of one size at one redshift.

    Attributes
    ----------
    k : array, shape (m,)
        Mean wavenumber of each shell [h/Mpc].
    n_modes : array, shape (m,)
        Modes per shell [1].
    power : array, shape (N, m)
        Power of the overdensity relative to the cosmic mean [(Mpc/h)^3].
    mass_edges, peak_edges : array
        Edges of the bins, log10(rho / cosmic mean) [1].
    mass : array, shape (N, n_bins)
        Voxels per bin.
    peaks : array, shape (N, n_bins)
        Peaks per bin of height: strict maxima within 2 voxels, at least 2 voxels inside the field.
    mean_density : array, shape (N,)
        Mean rho / cosmic mean [1].
    """

    k: Values
    n_modes: Values
    power: Values
    mass_edges: Values
    mass: Values
    peak_edges: Values
    peaks: Values
    mean_density: Values

    def __len__(self) -> int:
        return len(self.power)


_PER_FIELD = ("power", "mass", "peaks", "mean_density")


def measure(densities: torch.Tensor, *, box_size: float, dimensions: int = 3) -> SampleStatistics:
    """Measure a batch of fields that are parts of a larger universe.

    Parameters
    ----------
    densities : Tensor, shape (N, n, n, n), or (N, n, n) of maps
        rho / cosmic mean [1].
    box_size : float
        Side in [Mpc/h].
    dimensions : int
        3, or 2 for maps.
    """
    power = power_spectrum(densities, box_size=box_size, dimensions=dimensions).numpy()
    mass = mass_histogram(densities, dimensions=dimensions).numpy()
    peaks = peak_counts(densities, dimensions=dimensions).numpy()
    values = {
        "k": power.k,
        "n_modes": power.n_modes,
        "power": power.power,
        "mass_edges": mass.edges,
        "mass": mass.counts,
        "peak_edges": peaks.edges,
        "peaks": peaks.counts,
        "mean_density": mean_density(densities, dimensions=dimensions).numpy().mean,
    }
    return SampleStatistics(**{name: np.asarray(value, dtype=np.float64) for name, value in values.items()})


def concatenate(parts: Iterable[SampleStatistics]) -> SampleStatistics:
    """Join the statistics of several batches of fields of the same size."""
    known = list(parts)
    return SampleStatistics(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in known])
            if field.name in _PER_FIELD
            else getattr(known[0], field.name)
            for field in fields(SampleStatistics)
        }
    )


def between(early: SampleStatistics, late: SampleStatistics, weight: float) -> SampleStatistics:
    """Interpolate the same fields between two times, field by field.

    Power is interpolated in its logarithm, all else linearly.

    Parameters
    ----------
    early, late : SampleStatistics
        Of the same fields in the same order.
    weight : float
        0 at ``early``, 1 at ``late``.
    """

    def mix(a: Values, b: Values) -> Values:
        return (1 - weight) * a + weight * b

    return SampleStatistics(
        k=late.k,
        n_modes=late.n_modes,
        power=np.exp(mix(np.log(early.power), np.log(late.power))),
        mass_edges=late.mass_edges,
        mass=mix(early.mass, late.mass),
        peak_edges=late.peak_edges,
        peaks=mix(early.peaks, late.peaks),
        mean_density=mix(early.mean_density, late.mean_density),
    )
