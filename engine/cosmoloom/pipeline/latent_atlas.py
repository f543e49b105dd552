"""A map of samples: many universes on a plane, near each other where their statistics are alike.

References
----------
Pearson (1901), Phil. Mag. 2, 559 (the plane that keeps most of the scatter: principal components).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_statistics import VOID
from cosmoloom.statistics.mass_histogram import mass_histogram
from cosmoloom.statistics.peak_counts import peak_counts
from cosmoloom.statistics.power_spectrum import power_spectrum

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model

Values = NDArray[np.float64]

HALO = 20.0
"""A voxel denser than this belongs to a halo, over the cosmic mean [1]."""
COLOURINGS = (
    "mean density [cosmic mean]",
    "large-scale power, ln P [(Mpc/h)^3]",
    "small-scale power, ln P [(Mpc/h)^3]",
    "number of peaks",
    f"voxels below {VOID:g} of the mean [%]",
    f"voxels beyond {HALO:g} times the mean [%]",
    "densest voxel, log10 [cosmic mean]",
)
"""Statistics that colour the map, with their units."""
COARSE = 4
"""Bins of k and of density are joined by so many: fewer scatter less."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Atlas:
    """Samples on a plane.

    Attributes
    ----------
    seeds : tuple of int
        Seeds of the samples.
    positions : array, shape (count, 2)
        First two principal components of the samples' standardised statistics [standard deviations].
    explained : (float, float)
        Share of the statistics' scatter along each [1].
    colourings : array, shape (count, len(COLOURINGS))
        Statistics of each sample, as :data:`COLOURINGS` names them.
    wanted : int
        Samples when the map is complete.
    """

    seeds: tuple[int, ...]
    positions: Values
    explained: tuple[float, float]
    colourings: Values
    wanted: int


def draw_atlas(model: Model, *, first_seed: int, count: int, redshift: float, kappa: float) -> Iterator[Atlas]:
    """Draw samples one by one and lay them out by what they are like.

    Parameters
    ----------
    model : Model
        Of volumes.
    first_seed : int
        The samples are those of ``first_seed``, ``first_seed + 1`` ...
    count : int
        How many; 3 or more.
    redshift, kappa : float
        Of all samples [1; cosmic mean].

    Yields
    ------
    Atlas
        After the third sample and each further one; closing the iterator cancels.

    Raises
    ------
    InvalidInputError
        If there are fewer than 3, or the model does not know the redshift or kappa.
    """
    if count < 3:
        raise InvalidInputError(f"a map needs 3 samples or more, got {count}")
    model.check(redshift, kappa)
    return _draw(model, first_seed, count, redshift, kappa)


def _draw(model: Model, first_seed: int, count: int, redshift: float, kappa: float) -> Iterator[Atlas]:
    features: list[Values] = []
    colourings: list[Values] = []
    axes: Values | None = None
    for drawn in range(count):
        density = model.density(model.draw_latent(first_seed + drawn), redshift, kappa)[0]
        feature, colouring = _measure(density, model.card.box_size)
        features.append(feature)
        colourings.append(colouring)
        if drawn < 2:
            continue
        positions, explained, axes = principal_plane(np.stack(features), axes)
        yield Atlas(
            seeds=tuple(range(first_seed, first_seed + drawn + 1)), positions=positions, explained=explained,
            colourings=np.stack(colourings), wanted=count,
        )  # fmt: skip


def principal_plane(features: Values, before: Values | None = None) -> tuple[Values, tuple[float, float], Values]:
    """Lay rows of numbers out on the plane that keeps most of their scatter.

    Parameters
    ----------
    features : array, shape (count, size)
        One row each; columns are standardised.
    before : array, shape (2, size), optional
        Axes of an earlier call: new ones point the same way, so that a growing map does not flip.

    Returns
    -------
    positions : array, shape (count, 2)
    explained : (float, float)
        Share of the scatter along each axis [1].
    axes : array, shape (2, size)
    """
    scatter = features.std(0)
    scaled = (features - features.mean(0)) / np.where(scatter > 0, scatter, 1.0)
    _, lengths, rows = np.linalg.svd(scaled, full_matrices=False)
    axes = rows[:2]
    if before is None:
        flip = np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])
    else:
        flip = np.where((axes * before).sum(1) < 0, -1.0, 1.0)
    axes = axes * flip[:, None]
    share = lengths**2 / max(float((lengths**2).sum()), 1e-30)
    return scaled @ axes.T, (float(share[0]), float(share[1])), axes


def _measure(density: Tensor, box_size: float) -> tuple[Values, Values]:
    """Return what places a sample, and what colours it."""
    spectrum = power_spectrum(density, box_size=box_size)
    power = spectrum.power.double().clamp(min=1e-30).log()
    peaks = peak_counts(density).counts.double()
    counts = mass_histogram(density).counts.double() / density.numel()
    logs = density.double().clamp(min=1e-6).log()
    feature = torch.cat([_joined(power), _joined(counts.sqrt()), _joined(peaks.sqrt())])
    third = max(1, len(power) // 3)
    colouring = torch.stack(
        [
            density.double().mean(),
            power[:third].mean(),
            power[-third:].mean(),
            peaks.sum(),
            100.0 * (logs < log(VOID)).double().mean(),
            100.0 * (logs > log(HALO)).double().mean(),
            density.double().max().log10(),
        ]
    )
    return feature.cpu().numpy(), colouring.cpu().numpy()


def _joined(values: Tensor) -> Tensor:
    """Return means of neighbouring bins."""
    return torch.stack([part.mean() for part in values.split(COARSE)])
