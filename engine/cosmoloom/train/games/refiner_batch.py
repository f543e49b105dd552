"""What is random in a step of the refiner game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import EMPTY, Contrast
from cosmoloom.train.games.duel_batch import DuelBatch
from cosmoloom.train.objectives.objective import DICE
from cosmoloom.train.recipes.refiner import RefinerRecipe


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinerBatch(DuelBatch):
    """Some real sub-volumes, fine and coarse, and noise for as many generated ones.

    Attributes
    ----------
    fine : Tensor, shape (b, n, n, n)
        Real, rho / mean [1].
    coarse : Tensor, shape (b, n / 2 + 2 h, ...)
        Block means of it, and of a margin of h voxels around.
    noise : Tensor, shape (b, n + 4 h, ...)
        White noise [1].
    growth : Tensor, shape (b,)
        Growth factors [1].
    voxel_size : Tensor, shape (b,)
        Side of a coarse voxel in [Mpc/h].
    redshift : Tensor, shape (b,)
        Of each [1].
    above : Tensor, shape (b, n / 4 + 3 h, ...), or (b, 0)
        Block means of the coarse field, of as much as it takes to make it from them; empty where it is real.
    above_noise : Tensor, shape (b, n / 2 + 6 h, ...), or (b, 0)
        White noise for that [1].
    """

    fine: Tensor
    coarse: Tensor
    noise: Tensor
    growth: Tensor
    voxel_size: Tensor
    redshift: Tensor
    above: Tensor
    above_noise: Tensor

    @property
    def conditions(self) -> tuple[Tensor, Tensor]:
        """Growth factor and voxel size."""
        return self.growth, self.voxel_size


def refiner_drawer(
    recipe: RefinerRecipe, crops: Crops, *, count: int, redshift: float | None = None
) -> Callable[[np.random.Generator], tuple[NDArray[Any], ...]]:
    """Return a function that draws a batch: the entries of a :class:`RefinerBatch`.

    Parameters
    ----------
    recipe : RefinerRecipe
        Settings.
    crops : Crops
        Real boxes at the finest resolution.
    count : int
        Sub-volumes in a batch.
    redshift : float, optional
        The one to draw, at the finest scale; all of the recipe and all scales at random by default.

    Raises
    ------
    InvalidInputError
        If the boxes are too small for a sub-volume of the coarsest scale and its margin.
    """
    data, side, margin = recipe.data, recipe.fine_side, 2 * recipe.networks.depth
    wider = 2 * margin  # what a generated coarse field needs beyond a real one, in fine voxels
    chained = [scale for scale in data.scales if data.generated and 2 * scale in data.scales]
    needed = max([side * data.scales[-1], *((side + 2 * wider) * scale for scale in chained)])
    if needed > crops.n:
        raise InvalidInputError(
            f"data.scales: sub-volumes of {data.n} voxels and a margin of {margin} on each side, averaged by "
            f"{data.scales[-1]}, need boxes of {needed} voxels per side, got {crops.n}; make n, depth or the scales "
            "smaller"
        )
    redshifts = np.array(data.redshifts, dtype=np.float32)
    growth = np.asarray(crops.cosmology.growth_factor(data.redshifts), dtype=np.float32)

    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        if redshift is None:
            scale, index = int(rng.choice(data.scales)), rng.integers(len(redshifts), size=count)
        else:
            scale, index = data.scales[0], np.full(count, data.redshifts.index(redshift))
        above = above_noise = np.empty((count, 0), dtype=np.float32)
        generated = scale in chained and redshift is None and rng.random() < data.generated
        beyond = wider if generated else 0
        fine = block_mean(crops.draw(rng, index[:, None], n=(side + 2 * beyond) * scale)[:, 0], scale)
        if generated:
            above = block_mean(fine, 4)
            above_noise = rng.standard_normal((count, *(2 * above.shape[1],) * 3), dtype=np.float32)
            fine = _trimmed(fine, beyond)
        noise = rng.standard_normal((count, side, side, side), dtype=np.float32)
        voxel_size = np.full(count, 2 * scale * crops.voxel_size, dtype=np.float32)
        dice = rng.random((count, DICE), dtype=np.float32)
        inner = _trimmed(fine, margin).copy()
        return (
            dice, inner, block_mean(fine, 2), noise, growth[index], voxel_size, redshifts[index], above, above_noise
        )  # fmt: skip

    return draw


def measure_contrast(recipe: RefinerRecipe, crops: Crops) -> Contrast:
    """Measure mean and scatter of ln density, and scatter of details, at every redshift and scale of a recipe."""
    growth, voxel_size, measured = [], [], []
    for row, redshift in enumerate(recipe.data.redshifts):
        for scale in recipe.data.scales:
            logs, details = [], []
            for field in crops.fields(row):
                whole = len(field) // (2 * scale) * 2 * scale
                fine = block_mean(field[:whole, :whole, :whole], scale)
                parent = np.log(block_mean(fine, 2) + EMPTY)
                logs.append(parent.ravel())
                details.append((np.log(fine + EMPTY) - parent.repeat(2, 0).repeat(2, 1).repeat(2, 2)).ravel())
            growth.append(float(crops.cosmology.growth_factor(redshift)))
            voxel_size.append(2 * scale * crops.voxel_size)
            every = np.concatenate(logs)
            measured.append((every.mean(), every.std(), np.sqrt(np.square(np.concatenate(details)).mean())))
    return Contrast.fit(np.array(growth), np.array(voxel_size), np.array(measured))


def _trimmed(fields: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    """Cut a margin off each side of volumes, shape (b, n, n, n)."""
    return fields[:, margin:-margin, margin:-margin, margin:-margin]
