"""The difference of two fields in units of the scatter of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from cosmoloom.engine import Recent
from cosmoloom.keys import ReferenceKey
from cosmoloom_explorer.frames import Volume
from cosmoloom_explorer.view import View

if TYPE_CHECKING:
    from cosmoloom.engine import Engine

RAREST = 4.5
"""Beyond this normal score the voxels of an ensemble are too few to tell densities apart [1]."""
STEP = 0.05
SHOWN = 3.0
"""Differences of as many standard deviations take the last colours [1]."""
KEPT_SNAPSHOTS = 16


@dataclass(frozen=True, slots=True, eq=False)
class NormalScores:
    """The monotonic map that makes the densities of an ensemble's voxels a standard normal distribution.

    Attributes
    ----------
    density : array, shape (m,)
        rho over the cosmic mean, ascending [1].
    score : array, shape (m,)
        nu with Phi(nu) = share of voxels below; ties, such as empty voxels, take the middle of theirs [1].

    References
    ----------
    Weinberg (1992), MNRAS 254, 315; Neyrinck, Szapudi & Szalay (2009), ApJ 698, L90.
    """

    density: NDArray[np.float64]
    score: NDArray[np.float64]

    @classmethod
    def of_ensemble(cls, densities: ArrayLike) -> NormalScores:
        """Learn the map from fields of one redshift, rho over the cosmic mean, of any shape."""
        below = ndtr(np.arange(-RAREST, RAREST + STEP / 2, STEP))
        quantiles = np.quantile(np.asarray(densities, dtype=np.float32).ravel(), below)
        density, first, ties = np.unique(quantiles, return_index=True, return_counts=True)
        return cls(density.astype(np.float64), ndtri((below[first] + below[first + ties - 1]) / 2))

    def of(self, density: Volume) -> Volume:
        """Return nu of every voxel [1]; what is rarer than the ensemble knows takes its last value."""
        return np.interp(density, self.density, self.score).astype(np.float32)


def difference(generated: Volume, reference: Volume, scores: NormalScores) -> Volume:
    """Return how much denser one field is than another, in units of the scatter between unrelated ones.

    ``(nu_a - nu_b) / sqrt(2)`` with the normal score nu of each voxel's density among all voxels of the ensemble at
    that redshift: the ensemble's scatter of ln rho, but finite in empty voxels, and without the long tail of haloes.
    Two unrelated fields differ by 1 (rms) everywhere, equal ones by 0; where a model draws another universe than the
    simulation's, a map of ones is all that can be expected.

    Parameters
    ----------
    generated, reference : array, shape (n, n, n)
        rho over the cosmic mean [1].
    scores : NormalScores
        Of the ensemble.

    Returns
    -------
    array, shape (n, n, n), float32
        [1].
    """
    return (scores.of(generated) - scores.of(reference)) * np.float32(np.sqrt(0.5))


class Comparer:
    """Answers what a view's layout shows of both fields together; called from the thread of its engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._scores: Recent[tuple[str, float], NormalScores] = Recent(KEPT_SNAPSHOTS)

    def compare(self, view: View) -> Volume | NDArray[np.uint8] | None:
        """Return the field of a comparison; None where a view asks for none, or there is nothing to compare with.

        The ensemble of a difference are all held-out fields at the snapshot that is shown.
        """
        if view.comparison is None or view.reference is None:
            return None
        generated = self._engine.density(view.scaled.density).cpu().numpy()
        reference = self._engine.reference(view.reference).density
        if view.comparison == "overlap":
            from cosmoloom_explorer.dice import overlap

            return overlap(generated, reference, view.top_percent)
        return difference(generated, reference, self._scores_at(view.reference))

    def _scores_at(self, key: ReferenceKey) -> NormalScores:
        def make() -> NormalScores:
            held_out = self._engine.held_out(key.model)
            if held_out is None:  # a box of one's own beside a model without any others
                return NormalScores.of_ensemble(self._engine.reference(key).density)
            return NormalScores.of_ensemble(held_out.densities[:, held_out.nearest(key.redshift)])

        return self._scores.get((key.model, key.redshift), make)
