"""What is random in a step of the pairs game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.train.games.at_two_redshifts import AtTwoRedshifts
from cosmoloom.train.games.duel_batch import DuelBatch
from cosmoloom.train.objectives.objective import DICE
from cosmoloom.train.recipes.pairs import PairsRecipe


@dataclass(frozen=True, slots=True, kw_only=True)
class PairBatch(AtTwoRedshifts, DuelBatch):
    """Some volumes at two redshifts each, and the latents of as many generated ones.

    Attributes
    ----------
    density : Tensor, shape (b, 2, n, n, n)
        Real, rho / mean [1].
    index : Tensor, shape (b, 2)
        Which redshifts of the recipe.
    growth : Tensor, shape (b, 2)
        Growth factors [1].
    log_kappa : Tensor, shape (b,)
        ln kappa [1].
    latent : Tensor, shape (b, latent_size)
        Draws of the prior [1].
    corner : Tensor, shape (b, 3)
        First voxel of the sub-volume that the critic is shown; the same for all.
    """

    density: Tensor
    index: Tensor
    growth: Tensor
    log_kappa: Tensor
    latent: Tensor
    corner: Tensor


def pair_drawer(
    recipe: PairsRecipe, crops: Crops
) -> Callable[[np.random.Generator], tuple[NDArray[Any], ...]]:
    """Return a function that draws a whole batch: the entries of a :class:`PairBatch`.

    Parameters
    ----------
    recipe : PairsRecipe
        Settings.
    crops : Crops
        Real volumes.
    """
    data, count, size = recipe.data, recipe.updates.batch, recipe.config.latent_size
    low, high = (float(np.log(kappa)) for kappa in data.kappa_range)
    critic_n = recipe.networks.critic_n or data.n
    growth = np.asarray(crops.cosmology.growth_factor(data.redshifts), dtype=np.float32)

    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        index = np.stack([rng.permutation(len(data.redshifts))[:2] for _ in range(count)])
        log_kappa = rng.uniform(low, high, count).astype(np.float32)
        density = crops.draw(rng, index, n=data.n)
        latent = draw_latent(int(rng.integers(2**60)), count, size=size, nu=recipe.nu)
        dice = rng.random((count, DICE), dtype=np.float32)
        corner = np.tile(rng.integers(data.n - critic_n, size=3, endpoint=True), (count, 1))
        return dice, density, index, growth[index], log_kappa, latent.numpy(), corner

    return draw
