"""Where the densest voxels of two fields agree, and how much of that is chance.

References
----------
Ullmo, Decelle & Aghanim (2021), A&A 651, A46, sect. 5 and figs. 9 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.engine import Recent
from cosmoloom.errors import InvalidInputError

if TYPE_CHECKING:
    from cosmoloom.engine import Engine
    from cosmoloom.keys import ReferenceKey

Values = NDArray[np.float64]

KEPT_SNAPSHOTS = 16
TOLD = 10.0
"""Share of the densest voxels whose score is told in words [%]."""
NEITHER, GENERATED, REFERENCE, BOTH = range(4)
"""What a voxel of an overlap stands for."""


def overlap(
    generated: NDArray[np.floating[Any]], reference: NDArray[np.floating[Any]], top_percent: float
) -> NDArray[np.uint8]:
    """Return which field's densest voxels lie where.

    Parameters
    ----------
    generated, reference : array, shape (n, n, n)
        Any monotonic measure of density; each has a threshold of its own.
    top_percent : float
        Share of the voxels of each above its threshold, between 0 and 100 [%]; voxels that tie with the threshold
        lie below it.

    Returns
    -------
    array, shape (n, n, n), uint8
        :data:`NEITHER`, :data:`GENERATED` alone, :data:`REFERENCE` alone, or :data:`BOTH`.

    Raises
    ------
    InvalidInputError
        If the fields differ in shape, or the share leaves no voxel on one side.
    """
    if generated.shape != reference.shape:
        raise InvalidInputError(f"an overlap compares the same voxels, got {generated.shape} and {reference.shape}")
    return (above(generated, top_percent) * GENERATED + above(reference, top_percent) * REFERENCE).astype(np.uint8)


def above(field: NDArray[np.floating[Any]], top_percent: float) -> NDArray[np.bool_]:
    """Return which voxels are a field's densest; raises as :func:`overlap` does."""
    count = round(field.size * top_percent / 100.0)
    if not 0 < count < field.size:
        raise InvalidInputError(f"a threshold leaves voxels on both sides, got the densest {top_percent} %")
    threshold = np.partition(field, field.size - count - 1, axis=None)[field.size - count - 1]
    return np.asarray(field > threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """Dice of unrelated simulated fields, which is what any overlap is to be judged by.

    Attributes
    ----------
    top_percent : array, shape (t,)
        Share of the densest voxels [%].
    mean, scatter : array, shape (t,)
        Of the score over pairs of held-out fields [1].
    n_pairs : int
        Number of pairs.
    """

    top_percent: Values
    mean: Values
    scatter: Values
    n_pairs: int

    @classmethod
    def of(cls, fields: NDArray[np.float32]) -> Chance:
        """Measure it among fields, shape (count, n, n, n), and copies of them turned about the axes.

        Where few fields are bundled, turned copies stand in for others: voxels of a field and of its copy have nothing
        to do with each other, but for the diagonal through all of them.
        """
        from cosmoloom.statistics.dice_ensemble import random_dice

        turned = [np.transpose(field, order) for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1)) for field in fields]
        found = random_dice(np.ascontiguousarray(turned, dtype=np.float32)).numpy()
        mean, scatter = (np.asarray(values, dtype=np.float64) for values in (found.mean, found.scatter))
        return cls(np.asarray(found.top_percent, dtype=np.float64), mean, scatter, found.n_pairs)

    def normalised(self, dice: Values) -> Values:
        """Return the way from unrelated fields to equal ones, ``(D - r) / (1 - r)`` [1]."""
        return (dice - self.mean) / (1 - self.mean)

    def significance(self, dice: Values) -> Values:
        """Return by how many scatters of unrelated pairs a score exceeds theirs, ``(D - r) / sigma(r)`` [1]."""
        return (dice - self.mean) / np.maximum(self.scatter, 1e-6)


class Chances:
    """The chance of each snapshot, measured once; called from the thread of its engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._found: Recent[tuple[str, float], Chance] = Recent(KEPT_SNAPSHOTS)

    def at(self, key: ReferenceKey | None) -> Chance | None:
        """Return the chance among the held-out fields of a reference's model and snapshot; None without any."""
        held_out = None if key is None else self._engine.held_out(key.model)
        if key is None or held_out is None:
            return None
        return self._found.get(
            (key.model, key.redshift), lambda: Chance.of(held_out.densities[:, held_out.nearest(key.redshift)])
        )


def dice_text(top_percent: Values, dice: Values, chance: Chance) -> str:
    """Return the score of the densest tenth of the voxels in words."""
    at = int(np.abs(top_percent - TOLD).argmin())
    normalised, sigmas = chance.normalised(dice)[at], chance.significance(dice)[at]
    return (
        f"densest {top_percent[at]:g} %: Dice {dice[at]:.3f}, chance {chance.mean[at]:.3f} "
        f"\N{PLUS-MINUS SIGN} {chance.scatter[at]:.3f}, normalised {normalised:.2f}, "
        f"{sigmas:.0f} \N{GREEK SMALL LETTER SIGMA}"
    )
