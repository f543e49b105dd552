"""Many fields followed through redshift, measured batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.evaluate.further import Curves, join_further, measure_further
from cosmoloom.evaluate.samples import SampleStatistics, Values, concatenate, measure
from cosmoloom.statistics import cross_power, dice


@dataclass(frozen=True, slots=True)
class Series:
    """Statistics of N fields at several redshifts.

    Attributes
    ----------
    at : mapping
        From redshift to the statistics of the fields, in the same order at each.
    further : mapping
        From redshift to further statistics by name; empty where they were not asked for.
    correlation : array, shape (N, m)
        r(k) of each field between the first and the last redshift [1].
    dice : array, shape (N, 19)
        Overlap of the densest voxels of each field at the first and the last redshift [1].
    first : mapping
        From redshift to the first field, rho / cosmic mean, shape (n, n, n), float32.
    latest : Tensor, shape (N, n, n, n)
        All fields at the last redshift, rho / cosmic mean.
    """

    at: Mapping[float, SampleStatistics]
    further: Mapping[float, Mapping[str, Curves]]
    correlation: Values
    dice: Values
    first: Mapping[float, NDArray[np.float32]]
    latest: Tensor


def follow(
    batches: Iterable[Mapping[float, Tensor]],
    *,
    box_size: float,
    correlated: tuple[float, float],
    on_batch: Callable[[], None],
    further: bool = True,
) -> Series:
    """Measure batches of fields.

    Parameters
    ----------
    batches : iterable of mappings
        From redshift to rho / cosmic mean, shape (b, n, n, n): the same b fields at each redshift.
    box_size : float
        Side of a field in [Mpc/h].
    correlated : pair of float
        First and last redshift, between which fields are compared.
    on_batch : callable
        Called after each batch.
    further : bool
        Whether to measure the further statistics, which take longer.
    """
    measured: dict[float, list[SampleStatistics]] = {}
    more: dict[float, list[dict[str, Curves]]] = {}
    correlation: list[Values] = []
    overlap: list[Values] = []
    latest: list[Tensor] = []
    first: dict[float, NDArray[np.float32]] = {}
    for batch in batches:
        for redshift, densities in batch.items():
            measured.setdefault(redshift, []).append(measure(densities, box_size=box_size))
            if further:
                more.setdefault(redshift, []).append(measure_further(densities, box_size=box_size))
            if redshift not in first:
                first[redshift] = densities[0].float().cpu().numpy().copy()
        early, late = (batch[redshift] for redshift in correlated)
        pair = cross_power(early, late, box_size=box_size).numpy()
        correlation.append(np.asarray(pair.correlation, dtype=np.float64))
        overlap.append(np.asarray(dice(early, late).numpy().dice, dtype=np.float64))
        latest.append(late.float().cpu())
        on_batch()
    return Series(
        at={redshift: concatenate(parts) for redshift, parts in measured.items()},
        further={redshift: join_further(parts) for redshift, parts in more.items()},
        correlation=np.concatenate(correlation),
        dice=np.concatenate(overlap),
        first=first,
        latest=torch.cat(latest),
    )
