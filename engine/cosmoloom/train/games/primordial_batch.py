"""What is random in a step of the primordial game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.train.games.at_two_redshifts import AtTwoRedshifts
from cosmoloom.train.games.duel_batch import DuelBatch
from cosmoloom.train.objectives.objective import DICE
from cosmoloom.train.primordial_crops import PrimordialCrops
from cosmoloom.train.recipes.primordial import PrimordialRecipe


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimordialBatch(AtTwoRedshifts, DuelBatch):
    """Some volumes at two redshifts each, and their initial conditions.

    Attributes
    ----------
    density, displaced : Tensor, shape (b, 2, n, n, n)
        rho / mean of the simulation, and of matter moved by Lagrangian displacements alone [1].
    linear, white : Tensor, shape (b, n, n, n)
        Linear overdensity at z = 0, and the same with equal power at all waves [1].
    index : Tensor, shape (b, 2)
        Which redshifts of the recipe.
    growth : Tensor, shape (b, 2)
        Growth factors [1].
    log_kappa : Tensor, shape (b,)
        ln kappa [1].
    corners : Tensor, shape (b, w, 3)
        First voxel of each sub-volume that the critic is shown.
    """

    density: Tensor
    displaced: Tensor
    linear: Tensor
    white: Tensor
    index: Tensor
    growth: Tensor
    log_kappa: Tensor
    corners: Tensor


def primordial_drawer(
    recipe: PrimordialRecipe, crops: Crops
) -> Callable[[np.random.Generator], tuple[NDArray[Any], ...]]:
    """Return a function that draws a whole batch: the entries of a :class:`PrimordialBatch`.

    Parameters
    ----------
    recipe : PrimordialRecipe
        Settings.
    crops : PrimordialCrops
        Boxes beside their initial conditions.
    """
    if not isinstance(crops, PrimordialCrops):
        raise TypeError(f"the primordial game draws from PrimordialCrops, got {type(crops).__name__}")
    data, sizes, count = recipe.data, recipe.networks, recipe.updates.batch
    lowest, highest = (float(value) for value in np.log(data.kappa_range))
    growth = np.asarray(crops.cosmology.growth_factor(data.redshifts), dtype=np.float32)

    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        index = np.stack([rng.permutation(len(data.redshifts))[:2] for _ in range(count)])
        log_kappa = rng.uniform(lowest, highest, count).astype(np.float32)
        fields = map(np.ascontiguousarray, crops.draw_with_origins(rng, index, n=data.n))
        dice = rng.random((count, DICE), dtype=np.float32)
        corners = rng.integers(data.n - sizes.critic_n, size=(count, sizes.critic_windows, 3), endpoint=True)
        return dice, *fields, index, growth[index], log_kappa, corners

    return draw
