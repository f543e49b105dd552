"""Many fields followed through redshift, measured batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.evaluate.samples import SampleStatistics, Values, concatenate, measure
from cosmoloom.statistics import cross_power


@dataclass(frozen=True, slots=True)
class Series:
    """Statistics of N fields at several redshifts.

    Attributes
    ----------
    at : mapping
        From redshift to the statistics of the fields, in the same order at each.
    correlation : array, shape (N, m)
        r(k) of each field between the first and the last redshift [1].
    first : mapping
        From redshift to the first field, rho / cosmic mean, shape (n, n, n), float32.
    """

    at: Mapping[float, SampleStatistics]
    correlation: Values
    first: Mapping[float, NDArray[np.float32]]


def follow(
    batches: Iterable[Mapping[float, Tensor]],
    *,
    box_size: float,
    correlated: tuple[float, float],
    on_batch: Callable[[], None],
) -> Series:
    """Measure batches of fields.

    Parameters
    ----------
    batches : iterable of mappings
        From redshift to rho / cosmic mean, shape (b, n, n, n): the same b fields at each redshift.
    box_size : float
        Side of a field in [Mpc/h].
    correlated : pair of float
        Redshifts between which r(k) is measured.
    on_batch : callable
        Called after each batch.
    """
    measured: dict[float, list[SampleStatistics]] = {}
    correlation: list[Values] = []
    first: dict[float, NDArray[np.float32]] = {}
    for batch in batches:
        for redshift, densities in batch.items():
            measured.setdefault(redshift, []).append(measure(densities, box_size=box_size))
            if redshift not in first:
                first[redshift] = densities[0].float().cpu().numpy().copy()
        early, late = (batch[redshift] for redshift in correlated)
        pair = cross_power(early, late, box_size=box_size).numpy()
        correlation.append(np.asarray(pair.correlation, dtype=np.float64))
        on_batch()
    joined = {redshift: concatenate(parts) for redshift, parts in measured.items()}
    return Series(joined, np.concatenate(correlation), first)
