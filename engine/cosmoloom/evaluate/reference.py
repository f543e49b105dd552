"""Simulations that a model never saw: their statistics at any redshift, and a few of their fields to look at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.samples import Band, SampleStatistics, Values, between

SAME_REDSHIFT = 1e-6


@dataclass(frozen=True, slots=True)
class ReferenceAt:
    """Statistics of the held-out sub-volumes at one redshift.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    k : array, shape (m,)
        Mean wavenumber of each shell [h/Mpc].
    power : Band
        P(k) [(Mpc/h)^3].
    mass_edges, peak_edges : array
        Edges of the bins, log10(rho / cosmic mean) [1].
    mass : Band
        Voxels per bin and sub-volume.
    peaks : Band
        Peaks per bin and sub-volume.
    mean_density : array, shape (n_samples,)
        Mean rho / cosmic mean of each sub-volume [1].
    n_samples, n_boxes : int
        Sub-volumes, and boxes that they were cut from: parts of one box are not independent.
    interpolated : bool
        Whether the redshift lies between snapshots, where statistics are interpolated in the growth factor.
    """

    redshift: float
    k: Values
    power: Band
    mass_edges: Values
    mass: Band
    peak_edges: Values
    peaks: Band
    mean_density: Values
    n_samples: int
    n_boxes: int
    interpolated: bool


@dataclass(frozen=True, slots=True)
class ReferenceStatistics:
    """Statistics of every held-out sub-volume at every snapshot.

    Attributes
    ----------
    snapshots : mapping
        From redshift, descending, to the statistics of the same sub-volumes in the same order.
    cosmology : Cosmology
        Of the simulations; its growth factor is what redshifts are interpolated in.
    n_boxes : int
        Boxes that the sub-volumes were cut from.
    """

    snapshots: Mapping[float, SampleStatistics]
    cosmology: Cosmology
    n_boxes: int

    @property
    def redshifts(self) -> tuple[float, ...]:
        """Snapshots, from early to late [1]."""
        return tuple(self.snapshots)

    def at(self, redshift: float) -> ReferenceAt:
        """Return median, band and mean at any redshift between the first and the last snapshot.

        Raises
        ------
        InvalidInputError
            If the redshift lies outside the snapshots.
        """
        samples, interpolated = self._samples(redshift)
        return ReferenceAt(
            redshift=redshift,
            k=samples.k,
            power=Band.of(samples.power),
            mass_edges=samples.mass_edges,
            mass=Band.of(samples.mass),
            peak_edges=samples.peak_edges,
            peaks=Band.of(samples.peaks),
            mean_density=samples.mean_density,
            n_samples=len(samples),
            n_boxes=self.n_boxes,
            interpolated=interpolated,
        )

    def _samples(self, redshift: float) -> tuple[SampleStatistics, bool]:
        known = self.redshifts
        for snapshot in known:
            if abs(snapshot - redshift) < SAME_REDSHIFT:
                return self.snapshots[snapshot], False
        if not known[-1] < redshift < known[0]:
            raise InvalidInputError(
                f"held-out simulations have snapshots from z = {known[0]:g} to {known[-1]:g}, "
                f"got z = {redshift:g}"
            )
        later = bisect_left(known, -redshift, key=lambda z: -z)
        early, late = known[later - 1], known[later]
        growth = self.cosmology.growth_factor([early, redshift, late])
        weight = float((growth[1] - growth[0]) / (growth[2] - growth[0]))
        return between(self.snapshots[early], self.snapshots[late], weight), True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a held-out field comes from.

    Attributes
    ----------
    name : str
        Of the simulation.
    seed : int
        Of its initial phases.
    mirrored : bool
        Whether it is the partner of a pair, with all phases turned by half a wave.
    code : str
        What evolved it.
    parent_size : float
        Side of the simulation [Mpc/h].
    corner : tuple of float
        Where the field begins in it [Mpc/h].
    plan : mapping
        Settings of the simulation.
    """

    name: str
    seed: int
    mirrored: bool
    code: str
    parent_size: float
    corner: tuple[float, float, float]
    plan: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Two words for titles and legends."""
        return f"simulation {self.name}"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Statistics of held-out simulations, together with some of their sub-volumes to look at.

    Attributes
    ----------
    statistics : ReferenceStatistics
        Of all sub-volumes.
    densities : array, shape (n_fields, n_redshifts, n, n, n), float32
        rho / cosmic mean of the fields kept, in the order of ``statistics.redshifts``.
    box_size : float
        Side of a sub-volume in [Mpc/h].
    sources : tuple of Source
        Where each field comes from.
    """

    statistics: ReferenceStatistics
    densities: NDArray[np.float32]
    box_size: float
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.densities)

    @property
    def labels(self) -> tuple[str, ...]:
        """Two words on each field."""
        return tuple(source.label for source in self.sources)

    def box(self, index: int, redshift: float) -> Box:
        """Return a held-out field at the snapshot whose growth factor is nearest.

        Parameters
        ----------
        index : int
            Which field, from 0 to ``len(self) - 1``.
        redshift : float
            Redshift wanted [1]; the box carries that of the snapshot.
        """
        if not 0 <= index < len(self):
            raise InvalidInputError(f"there are held-out fields 0 to {len(self) - 1}, got {index}")
        nearest = self.nearest(redshift)
        return Box(
            density=self.densities[index, nearest],
            box_size=self.box_size,
            redshift=float(self.statistics.redshifts[nearest]),
            label=self.labels[index],
        )

    def nearest(self, redshift: float) -> int:
        """Return which snapshot's growth factor is nearest to that of a redshift."""
        growth = self.statistics.cosmology.growth_factor([*self.statistics.redshifts, redshift])
        return int(np.abs(growth[:-1] - growth[-1]).argmin())
