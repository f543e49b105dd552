"""A model in scores, each beside what simulations score against simulations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from cosmoloom.evaluate.comparison import Comparison
from cosmoloom.evaluate.samples import Values
from cosmoloom.evaluate.series import Series
from cosmoloom.statistics.scores import (
    Compatibility,
    Diversity,
    FrechetScore,
    Memorisation,
    Seams,
    TwoSampleTest,
    compatibility,
    diversity,
    frechet_score,
    memorisation,
    published_frechet_score,
    published_statistics,
    seams,
    two_sample_test,
)

SCORED = {"power": "P(k)", "mass": "mass histogram", "peaks": "peak counts"}
"""Statistics that are scored, and their names for readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresAt:
    """Scores at one redshift, by statistic.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    frechet : mapping to FrechetScore
        Of this package's statistics, stable for few fields.
    compatibility : mapping to Compatibility
        Per bin.
    test : mapping to TwoSampleTest
        Of logarithms; "all" joins the statistics.
    """

    redshift: float
    frechet: Mapping[str, FrechetScore]
    compatibility: Mapping[str, Compatibility]
    test: Mapping[str, TwoSampleTest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All scores of a model.

    Attributes
    ----------
    at : tuple of ScoresAt
        One per redshift.
    published : mapping to FrechetScore
        As the published code measures and scores, at the last redshift.
    diversity, simulated_diversity : Diversity
        Of the samples, and of the held-out sub-volumes, at the last redshift.
    other_diversity : Diversity or None
        Of the store's other simulations.
    memorisation : Memorisation or None
        At the last redshift; None if the store holds no simulation that the model was trained on.
    tiling, simulated_tiling : mapping from int to Seams
        Steps at multiples of 2, 4, 8 ... voxels, where a generator that doubles its grid may leave marks.
    """

    at: tuple[ScoresAt, ...]
    published: Mapping[str, FrechetScore]
    diversity: Diversity
    simulated_diversity: Diversity
    other_diversity: Diversity | None
    memorisation: Memorisation | None
    tiling: Mapping[int, Seams]
    simulated_tiling: Mapping[int, Seams]


def judge(
    comparisons: Sequence[Comparison],
    sampled: Series,
    simulated: Series,
    others: Series | None,
    training: Sequence[Tensor],
    *,
    box_size: float,
) -> Judgement:
    """Score samples against held-out simulations.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Model beside simulations at every redshift.
    sampled, simulated, others : Series
        Their fields at the last redshift.
    training : sequence of Tensor, shape (m, m, m)
        Whole boxes at the last redshift that the model was trained on, rho / cosmic mean [1]; may be empty.
    box_size : float
        Side of a field [Mpc/h].
    """
    published, reference = published_statistics(sampled.latest), published_statistics(simulated.latest)
    return Judgement(
        at=tuple(scores_at(row) for row in comparisons),
        published={
            name: published_frechet_score(getattr(published, name), getattr(reference, name)) for name in SCORED
        },
        diversity=diversity(sampled.latest, box_size=box_size),
        simulated_diversity=diversity(simulated.latest, box_size=box_size),
        other_diversity=None if others is None else diversity(others.latest, box_size=box_size),
        memorisation=memorisation(sampled.latest, simulated.latest, training) if training else None,
        tiling=_tiling(sampled.latest),
        simulated_tiling=_tiling(simulated.latest),
    )


def scores_at(row: Comparison) -> ScoresAt:
    """Score one comparison."""
    pairs = {name: (getattr(row.model, name), getattr(row.simulation, name)) for name in SCORED}
    logs = {name: _logarithms(*pair) for name, pair in pairs.items()}
    logs["all"] = tuple(np.concatenate([log[side] for log in logs.values()], axis=1) for side in (0, 1))
    return ScoresAt(
        redshift=row.redshift,
        frechet={name: frechet_score(*pair) for name, pair in pairs.items()},
        compatibility={name: compatibility(*_filled(*pair)) for name, pair in pairs.items()},
        test={name: two_sample_test(log[0], log[1]) for name, log in logs.items()},
    )


def _filled(a: Values, b: Values) -> tuple[Values, Values]:
    """Leave out bins that are empty in both sets."""
    known = (a.sum(0) > 0) | (b.sum(0) > 0)
    return a[:, known], b[:, known]


def _logarithms(a: Values, b: Values) -> tuple[Values, ...]:
    """Return log10 of both, softened alike so that an empty bin is finite."""
    softening = b.mean(0).max() * 1e-5
    return tuple(np.log10(x + softening) for x in _filled(a, b))


def _tiling(fields: Tensor) -> dict[int, Seams]:
    n = fields.shape[-1]
    return {2**i: seams(fields, patch=2**i) for i in range(1, n.bit_length()) if n % 2**i == 0 and 2 ** (i + 1) <= n}

