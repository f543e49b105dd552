"""Dice of many pairs: the average overlap, beside that of pairs that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.density_classes import TOP_PERCENT, density_classes
from cosmoloom.statistics.dice import dice_of_classes
from cosmoloom.statistics.fields import Field, Measured, as_density

RANDOM_PAIRS = 64
"""Unrelated pairs that a baseline averages, as far as the fields form so many."""


@dataclass(frozen=True, slots=True)
class RandomDice(Measured):
    """Overlap of pairs of unrelated fields.

    Attributes
    ----------
    top_percent : Tensor, shape (t,)
        Share of voxels above the threshold [%].
    mean, scatter : Tensor, shape (t,)
        Average r and standard deviation sigma(r) of the Soerensen-Dice score over the pairs [1].
    n_pairs : int
        Number of pairs.
    """

    top_percent: Tensor
    mean: Tensor
    scatter: Tensor
    n_pairs: int


@dataclass(frozen=True, slots=True)
class DiceEnsemble(Measured):
    """Overlap of the densest voxels of the fields of each pair, averaged over pairs.

    Attributes
    ----------
    top_percent : Tensor, shape (t,)
        Share of voxels above the threshold [%].
    mean, scatter : Tensor, shape (t,)
        Average O and standard deviation of the Soerensen-Dice score over the pairs [1]; one pair has no scatter.
    jaccard_mean, jaccard_scatter : Tensor, shape (t,)
        The same of the Jaccard index ``D / (2 - D)`` [1].
    normalised : Tensor, shape (t,)
        ``(O - r) / (1 - r)`` [1]: 0 for unrelated fields and 1 for equal ones.
    significance : Tensor, shape (t,)
        ``(O - r) / sigma(r)`` [1]: scatters of unrelated pairs between these and them; ``sigma(r)`` is that of
        one pair, not of the average.
    random : RandomDice
        The unrelated pairs.
    n_pairs : int
        Number of pairs.
    """

    top_percent: Tensor
    mean: Tensor
    scatter: Tensor
    jaccard_mean: Tensor
    jaccard_scatter: Tensor
    normalised: Tensor
    significance: Tensor
    random: RandomDice
    n_pairs: int


def random_dice(
    fields: Field, *, pairs: int = RANDOM_PAIRS, top_percent: Sequence[float] = TOP_PERCENT, dimensions: int = 3
) -> RandomDice:
    """Score pairs of different fields, which share nothing but their kind.

    Parameters
    ----------
    fields : Tensor or array, shape (m, n, n, n)
        Any monotonic measure of density of independent fields, three or more.
    pairs : int
        How many pairs at most; each field takes part equally often, as far as that divides.
    top_percent : sequence of float
        Ascending shares of the densest voxels [%].
    dimensions : int
        3, or 2 for maps, shape (m, n, n).

    Returns
    -------
    RandomDice

    Raises
    ------
    InvalidInputError
        If the fields are unfit or fewer than three, which leave no two pairs to take a scatter of.
    """
    return _random(_classes(fields, top_percent, dimensions), pairs, top_percent, dimensions)


def dice_ensemble(
    simulated: Field,
    inferred: Field,
    *,
    pairs: int = RANDOM_PAIRS,
    top_percent: Sequence[float] = TOP_PERCENT,
    dimensions: int = 3,
) -> DiceEnsemble:
    """Score each simulated field with the field inferred from it, beside pairs of simulated fields.

    Parameters
    ----------
    simulated, inferred : Tensor or array, shape (m, n, n, n)
        Any monotonic measure of density; field i of one belongs to field i of the other, three or more.
    pairs : int
        How many random pairs of simulated fields at most.
    top_percent : sequence of float
        Ascending shares of the densest voxels [%].
    dimensions : int
        3, or 2 for maps, shape (m, n, n).

    Returns
    -------
    DiceEnsemble

    Raises
    ------
    InvalidInputError
        If the fields are unfit, fewer than three, or not as many in one as in the other.

    References
    ----------
    Ullmo, Decelle & Aghanim (2021), A&A 651, A46, eqs. 9 (with the factor 2 that it lacks), 10 and 11.
    """
    one, two = (_classes(fields, top_percent, dimensions) for fields in (simulated, inferred))
    if one.shape != two.shape:
        raise InvalidInputError(
            f"each simulated field needs its inferred one, got shapes {tuple(one.shape)} and {tuple(two.shape)}"
        )
    random = _random(one, pairs, top_percent, dimensions)
    curves = dice_of_classes(one, two, top_percent, dimensions)
    mean, jaccard = curves.dice.mean(0), curves.jaccard
    return DiceEnsemble(
        top_percent=curves.top_percent,
        mean=mean,
        scatter=curves.dice.std(0),
        jaccard_mean=jaccard.mean(0),
        jaccard_scatter=jaccard.std(0),
        normalised=(mean - random.mean) / (1 - random.mean),
        significance=(mean - random.mean) / random.scatter,
        random=random,
        n_pairs=len(one),
    )


def _classes(fields: Field, top_percent: Sequence[float], dimensions: int) -> Tensor:
    """Rank three or more fields."""
    values = as_density(fields, dimensions=dimensions).values
    if values.ndim != dimensions + 1 or len(values) < 3:
        wanted = ", ".join(("m", *("n",) * dimensions))
        raise InvalidInputError(
            f"an ensemble has three or more fields, shape ({wanted}), got shape {tuple(values.shape)}"
        )
    return density_classes(values, top_percent, dimensions)


def _random(classes: Tensor, pairs: int, top_percent: Sequence[float], dimensions: int) -> RandomDice:
    """Score pairs of ranked fields: each with its next, then with the next but one, and so on."""
    if pairs < 2:
        raise InvalidInputError(f"a scatter needs at least 2 random pairs, got {pairs}")
    m = len(classes)
    every = [(i, (i + step) % m) for step in range(1, m // 2 + 1) for i in range(m if 2 * step < m else step)]
    chosen = every[:pairs]
    curves = [dice_of_classes(classes[i], classes[j], top_percent, dimensions) for i, j in chosen]
    scores = torch.stack([curve.dice for curve in curves])
    return RandomDice(curves[0].top_percent, scores.mean(0), scores.std(0), len(chosen))
