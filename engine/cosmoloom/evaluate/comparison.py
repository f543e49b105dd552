"""A model's samples beside held-out simulations at one redshift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cosmoloom.evaluate.bootstrap import Estimate, ratio_of_means, ratio_of_scatters
from cosmoloom.evaluate.samples import SampleStatistics, Values

K_MAX = 1.0
"""Scales that the summary judges end here [h/Mpc]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that is compared at one redshift; every ratio is model over held-out simulation.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    trained : bool
        Whether the model was trained at this redshift.
    model, simulation : SampleStatistics
        Of the samples, and of the held-out sub-volumes.
    others : SampleStatistics or None
        Of the store's other simulations, the model's own training among them: what two sets of simulations
        differ by is no fault of a model.
    """

    redshift: float
    trained: bool
    model: SampleStatistics
    simulation: SampleStatistics
    others: SampleStatistics | None = None

    @property
    def power_ratio(self) -> Estimate:
        """Ratio of mean power per shell [1]."""
        return ratio_of_means(self.model.power, self.simulation.power)

    @property
    def power_scatter_ratio(self) -> Estimate:
        """Ratio of the standard deviation of power among fields, per shell [1]."""
        return ratio_of_scatters(self.model.power, self.simulation.power)

    @property
    def others_ratio(self) -> Values | None:
        """Mean power of the store's other simulations over that of the held-out ones [1]."""
        return None if self.others is None else self.others.power.mean(0) / self.simulation.power.mean(0)

    @property
    def mass_ratio(self) -> Estimate:
        """Ratio of mean voxels per bin of density [1]."""
        return ratio_of_means(self.model.mass, self.simulation.mass)

    @property
    def peak_ratio(self) -> Estimate:
        """Ratio of mean peaks per bin of height [1]."""
        return ratio_of_means(self.model.peaks, self.simulation.peaks)

    @property
    def judged(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Shells with k <= K_MAX, and the first shell in any case."""
        return (self.model.k <= K_MAX) | (self.model.k == self.model.k[0])

    @property
    def mean_power_error(self) -> float:
        """Mean of abs(ratio - 1) over the shells judged [1]."""
        return float(np.abs(self.power_ratio.value - 1)[self.judged].mean())

    @property
    def max_power_error(self) -> float:
        """Largest abs(ratio - 1) over the shells judged [1]."""
        return float(np.abs(self.power_ratio.value - 1)[self.judged].max())

    @property
    def others_max_power_error(self) -> float | None:
        """As :attr:`max_power_error`, of the store's other simulations."""
        ratio = self.others_ratio
        return None if ratio is None else float(np.abs(ratio - 1)[self.judged].max())

    @property
    def mass_distance(self) -> float:
        """Share of voxels in the wrong bin: half the summed difference of the mean histograms [1]."""
        return _distance(self.model.mass, self.simulation.mass)

    @property
    def others_mass_distance(self) -> float | None:
        """As :attr:`mass_distance`, of the store's other simulations."""
        return None if self.others is None else _distance(self.others.mass, self.simulation.mass)

    @property
    def peak_distance(self) -> float:
        """As :attr:`mass_distance`, of peaks and their heights."""
        return _distance(self.model.peaks, self.simulation.peaks)

    @property
    def others_peak_distance(self) -> float | None:
        """As :attr:`peak_distance`, of the store's other simulations."""
        return None if self.others is None else _distance(self.others.peaks, self.simulation.peaks)

    @property
    def peak_number_ratio(self) -> float:
        """Ratio of the mean number of peaks of all heights [1]."""
        return float(self.model.peaks.sum(1).mean() / self.simulation.peaks.sum(1).mean())

    @property
    def mean_density_distance(self) -> float:
        """Largest difference of the cumulative distributions of mean density (Kolmogorov-Smirnov) [1]."""
        a, b = np.sort(self.model.mean_density), np.sort(self.simulation.mean_density)
        points = np.concatenate([a, b])
        gaps = np.searchsorted(a, points, "right") / len(a) - np.searchsorted(b, points, "right") / len(b)
        return float(np.abs(gaps).max())


def _distance(one: Values, two: Values) -> float:
    """Return half the summed difference of two mean histograms, each over its sum [1]."""
    a, b = (counts.mean(0) / counts.mean(0).sum() for counts in (one, two))
    return float(0.5 * np.abs(a - b).sum())
