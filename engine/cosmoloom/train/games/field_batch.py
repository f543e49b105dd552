"""Batches of the games of published networks: real fields of one redshift or more, and latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.train.games.duel_batch import DuelBatch
from cosmoloom.train.objectives.objective import DICE
from cosmoloom.train.recipes.patches import PatchesRecipe
from cosmoloom.train.recipes.volumes import VolumesRecipe

Cut = Callable[[np.random.Generator, NDArray[np.int64]], NDArray[np.float32]]
"""Cuts real fields at given redshifts, indices of shape (b, s): (b, s, ...)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBatch(DuelBatch):
    """Some real fields, and the latents of as many generated ones.

    Attributes
    ----------
    density : Tensor, shape (b, s, n, n, n) or (b, s, n, n)
        Real, rho / mean [1], at s redshifts each; of patches, cubes of (2 n)^3 voxels.
    redshift : Tensor, shape (b, s)
        Of each [1].
    latent : Tensor, shape (b, latent_size)
        Draws of the prior [1].
    """

    density: Tensor
    redshift: Tensor
    latent: Tensor

    @property
    def together(self) -> int:
        """Redshifts of every volume."""
        return self.redshift.shape[1]


def field_drawer(
    recipe: VolumesRecipe | PatchesRecipe, cut: Cut, *, together: int = 1
) -> Callable[[np.random.Generator], tuple[NDArray[Any], ...]]:
    """Return a function that draws a whole batch: the entries of a :class:`FieldBatch`.

    Parameters
    ----------
    recipe : Recipe
        Settings.
    cut : callable
        Cuts real fields.
    together : int
        Different redshifts of every volume.
    """
    redshifts, count = np.array(recipe.data.redshifts, dtype=np.float32), recipe.updates.batch
    size, prior = recipe.config.latent_size, recipe.prior

    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        index = np.stack([rng.permutation(len(redshifts))[:together] for _ in range(count)])
        density = cut(rng, index)
        latent = draw_latent(int(rng.integers(2**60)), count, size=size, nu=prior.nu, width=prior.width)
        return rng.random((count, DICE), dtype=np.float32), density, redshifts[index], latent.numpy()

    return draw
