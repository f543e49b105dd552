"""The game of patches: a latent, seven real neighbours and a coarse block in, the patch between them out.

The critic sees the cube of neighbours and patch, the coarse cube enlarged, and their difference.

References
----------
Perraudin et al. (2019), section 3.3; Srivastava (2018), sections 3.3 and 5.2.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cosmoloom.data.crops import Crops
from cosmoloom.data.patches import critic_view, draw_cubes, join, low_block, split
from cosmoloom.data.pyramid import block_mean
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.pipeline.published import decode
from cosmoloom.train.games.duel import Drawer
from cosmoloom.train.games.field_batch import Cut, FieldBatch, field_drawer
from cosmoloom.train.games.field_game import AT_ONCE, FieldGame
from cosmoloom.train.recipes.patches import PatchesRecipe


class PatchesGame(FieldGame[PatchesRecipe]):
    """Training of a generator of patches; parameters as of :class:`FieldGame`."""

    @property
    def factor(self) -> int:
        """Voxels of a patch per voxel of the coarse block, along one axis; 1 where there is none."""
        return int(getattr(self.recipe.config, "factor", 1))

    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws patches with their neighbours, and latents."""
        return field_drawer(self.recipe, _cutter(self.recipe, crops))

    def make(self, generator: nn.Module, batch: FieldBatch) -> Tensor:
        """Return patches, shape (b, m, m, m)."""
        cube, low = self._scaled(batch)
        borders, _ = split(cube)
        blocks = () if low is None else (low_block(low),)
        made: Tensor = generator(batch.latent, borders, *blocks)
        return made

    def real(self, batch: FieldBatch) -> Tensor:
        """Return real cubes, shape (b, 3, 2m, 2m, 2m), or (b, 1, ...) where there is no coarse cube."""
        return _view(*self._scaled(batch))

    def seen(self, made: Tensor, batch: FieldBatch) -> Tensor:
        """Return real neighbours with generated patches, shaped as real cubes."""
        cube, low = self._scaled(batch)
        borders, _ = split(cube)
        return _view(join(borders, made), low)

    def score(self, critic: nn.Module, fields: Tensor, batch: FieldBatch) -> Tensor:  # noqa: ARG002  no conditions
        """Return raw scores, shape (b,)."""
        scores: Tensor = critic(fields)
        return scores

    def densities(self, made: Tensor, batch: FieldBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated patches, without their neighbours, and redshifts."""
        return split(batch.density[:, 0])[1], decode(made, self.scaling), batch.redshift[:, 0]

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw patches beside neighbours and on coarse blocks of the training boxes, shape (count, m, m, m)."""
        recipe, device = self.recipe, self.compute.device
        index = np.full((count, 1), recipe.data.redshifts.index(redshift))
        cubes = torch.from_numpy(_cutter(recipe, self.crops)(np.random.default_rng(seed), index))
        prior = recipe.prior
        latent = draw_latent(seed, count, size=recipe.config.latent_size, nu=prior.nu, width=prior.width)
        patches = []
        for cube, some in zip(cubes.to(device).split(AT_ONCE), latent.to(device).split(AT_ONCE), strict=True):
            batch = FieldBatch(
                density=cube, redshift=torch.full_like(some[:, :1], redshift), latent=some, dice=some[:, :0]
            )
            patches.append(decode(self.make(self.average, batch).float(), self.scaling).cpu())
        return torch.cat(patches)

    def _scaled(self, batch: FieldBatch) -> tuple[Tensor, Tensor | None]:
        """Return real cubes and their coarse cubes in network space; averages are of densities."""
        density = batch.density[:, 0]
        low = None if self.factor == 1 else self.scaling.scale(block_mean(density, self.factor))
        return self.scaling.scale(density), low


def _cutter(recipe: PatchesRecipe, crops: Crops) -> Cut:
    """Return a function that cuts cubes of neighbours and patch, shape (b, 1, 2m, 2m, 2m)."""
    patch, face_share = recipe.data.n, recipe.data.face_share

    def cut(rng: np.random.Generator, index: NDArray[np.int64]) -> NDArray[np.float32]:
        return draw_cubes(crops, rng, index[:, 0], patch=patch, face_share=face_share)[:, None]

    return cut


def _view(cube: Tensor, low: Tensor | None) -> Tensor:
    return cube[:, None] if low is None else critic_view(cube, low)
