"""How far samples are from validation fields: a few numbers per redshift, and one that chooses checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.samples import SampleStatistics, Values

FARTHEST = 10.0
"""Bound of logarithms: what is not there at all counts as this far [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closeness:
    """Errors of samples at one redshift; all are 0 for a perfect model and endless samples.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    power : float
        Mean over the shells of |ln(mean power / real one)| [1].
    mass : float
        Share of voxels in the wrong bin of density [1].
    peaks : float
        Share of peaks in the wrong bin of height, of both together [1].
    mean : float
        ln(mean density / real one), with its sign [1].
    spread : float
        Mean over the shells of |ln(standard deviation of power among samples / real one)| [1].
    """

    redshift: float
    power: float
    mass: float
    peaks: float
    mean: float
    spread: float

    @classmethod
    def of(cls, samples: SampleStatistics, real: SampleStatistics, *, redshift: float) -> Closeness:
        """Compare the statistics of two sets of fields of one size."""
        histograms = Comparison(redshift=redshift, trained=True, model=samples, simulation=real)
        a, b = samples.peaks.mean(0), real.peaks.mean(0)
        return cls(
            redshift=redshift,
            power=float(np.abs(_log_ratio(samples.power.mean(0), real.power.mean(0))).mean()),
            mass=histograms.mass_distance,
            peaks=float(np.abs(a - b).sum() / max((a + b).sum(), 1e-12)),
            mean=float(_log_ratio(samples.mean_density.mean(0), real.mean_density.mean(0))),
            spread=float(np.abs(_log_ratio(samples.power.std(0, ddof=1), real.power.std(0, ddof=1))).mean()),
        )

    @property
    def errors(self) -> dict[str, float]:
        """The errors by name, in order."""
        return {name: value for name, value in asdict(self).items() if name != "redshift"}

    @property
    def score(self) -> float:
        """Sum of the errors without signs [1]; the smaller, the better."""
        return sum(abs(error) for error in self.errors.values())


def mean_score(closeness: Sequence[Closeness]) -> float:
    """Return the score averaged over redshifts [1]."""
    return sum(at.score for at in closeness) / len(closeness)


def _log_ratio(a: Values, b: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(np.nan_to_num(np.log(a / b), nan=FARTHEST), -FARTHEST, FARTHEST)
