"""What is random in an update of the origins game."""

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
from cosmoloom.train.recipes.origins import OriginsRecipe


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginsBatch(AtTwoRedshifts, DuelBatch):
    """Some real volumes at two redshifts each, and noise to make samples of.

    Attributes
    ----------
    dice : Tensor, shape (b, latent_size)
        Latents of the prior [1].
    density : Tensor, shape (b, 2, n, n, n)
        rho / mean of simulations [1].
    index : Tensor, shape (b, 2)
        Which redshifts of the recipe.
    growth : Tensor, shape (b, 2)
        Growth factors [1].
    log_kappa : Tensor, shape (b,)
        ln kappa [1].
    corners : Tensor, shape (b, 3)
        First voxel of the sub-volume that the critic is shown.
    """

    density: Tensor
    index: Tensor
    growth: Tensor
    log_kappa: Tensor
    corners: Tensor

    @property
    def kappas(self) -> Tensor:
        """Of each volume [cosmic mean]."""
        return self.log_kappa.exp()


def origins_drawer(
    recipe: OriginsRecipe, crops: Crops, *, latent_size: int, window: int, count: int
) -> Callable[[np.random.Generator], tuple[NDArray[Any], ...]]:
    """Return a function that draws the entries of an :class:`OriginsBatch` of ``count`` volumes."""
    data = recipe.data
    lowest, highest = (float(value) for value in np.log(data.kappa_range))
    growth = np.asarray(crops.cosmology.growth_factor(data.redshifts), dtype=np.float32)

    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        index = np.stack([rng.permutation(len(data.redshifts))[:2] for _ in range(count)])
        log_kappa = rng.uniform(lowest, highest, count).astype(np.float32)
        noise = rng.standard_normal((count, latent_size), dtype=np.float32)
        corners = rng.integers(data.n - window, size=(count, 3), endpoint=True)
        return noise, crops.draw(rng, index, n=data.n), index, growth[index], log_kappa, corners

    return draw
