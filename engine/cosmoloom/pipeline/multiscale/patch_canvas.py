"""A volume in the making, patch by patch, from its low-resolution self."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.patches import BORDERS, split
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.multiscale.noise import Place, patch_latents
from cosmoloom.pipeline.multiscale.patch_model import PatchModel


class PatchCanvas:
    """Patches in network space, with nothing (0) before the first ones.

    Parameters
    ----------
    model : PatchModel
        Makes the patches.
    n : int
        Voxels per side.
    low : array, shape (n / factor, n / factor, n / factor), optional
        The volume at low resolution, rho / mean; none for a model that sees none.
    seed, scale : int
        Keys of the noise, see :mod:`cosmoloom.pipeline.multiscale.noise`.
    wrapped : bool
        Begin one patch earlier along each axis, with the noise and the low-resolution blocks of the patches at the
        far side, as in a periodic volume, so that no patch of the result stands at the edge of nothing.  Patches
        know those before them only, so the far faces meet as well as the low-resolution volume makes them.

    Attributes
    ----------
    first, stop : int
        Range of the indices of patches along each axis; those below 0 belong to the lead-in.

    Raises
    ------
    InvalidInputError
        If patches do not tile the volume.
    """

    def __init__(
        self, model: PatchModel, *, n: int, low: NDArray[np.float32] | None, seed: int, scale: int,
        wrapped: bool = False,
    ) -> None:
        m = model.generator.patch
        self.model, self.n, self.seed, self.scale = model, n, seed, scale
        self.stop, rest = divmod(n, m)
        if rest or not n:
            raise InvalidInputError(
                f"patches of {m}^3 voxels do not tile {n}^3; start from another size, a multiple of "
                f"{m // model.generator.factor} voxels per side"
            )
        self.first = -1 if wrapped else 0
        side = (self.stop - self.first + 1) * m
        self._field = torch.zeros(side, side, side, device=model.device)
        self._low = None
        if low is not None:
            self._low = model.scaling.scale(torch.tensor(low, device=model.device))

    @torch.inference_mode()
    def make(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Make patches whose predecessors are made.

        Parameters
        ----------
        places : sequence of (int, int, int)
            Indices of the patches; they go through the network as one batch.

        Returns
        -------
        array, shape (b, m, m, m), float32
            rho / mean.
        """
        model, m = self.model, self.model.generator.patch
        corners = [tuple((index - self.first) * m for index in place) for place in places]  # of the cube of eight
        cubes = torch.stack([self._field[x : x + 2 * m, y : y + 2 * m, z : z + 2 * m] for x, y, z in corners])
        inside = [(i % self.stop, j % self.stop, k % self.stop) for i, j, k in places]  # a lead-in is the far side
        latent = patch_latents(
            self.seed, self.scale, inside, size=model.generator.latent_size, nu=model.nu, width=model.width
        )
        patches = model.generator(latent.to(model.device), split(cubes)[0], *self._low_blocks(inside))
        for (x, y, z), patch in zip(corners, patches, strict=True):
            self._field[x + m : x + 2 * m, y + m : y + 2 * m, z + m : z + 2 * m] = patch
        return model.to_density(patches).float().cpu().numpy()

    def recall(self, volume: NDArray[np.float32], place: Place) -> None:
        """Take the neighbours before a patch from a finished volume (n, n, n) of rho / mean."""
        m = self.model.generator.patch
        for step in BORDERS:
            before = [index + back for index, back in zip(place, step, strict=True)]
            if min(before) < self.first:
                continue  # there is nothing
            source = tuple(slice(i % self.stop * m, (i % self.stop + 1) * m) for i in before)
            target = tuple(slice((i - self.first + 1) * m, (i - self.first + 2) * m) for i in before)
            density = torch.tensor(volume[source], device=self.model.device)
            self._field[target] = self.model.scaling.scale(density)

    def example(self) -> tuple[Tensor, ...]:
        """Return inputs of the network for one patch, to measure the memory it needs."""
        m = self.model.generator.patch
        latent = self._field.new_zeros(1, self.model.generator.latent_size)
        return latent, self._field.new_zeros(1, 7, m, m, m), *self._low_blocks([(0, 0, 0)])

    def _low_blocks(self, places: Sequence[Place]) -> tuple[Tensor, ...]:
        """Return what patches refine, shape (b, m / f, m / f, m / f), if anything."""
        if self._low is None:
            return ()
        side = self.model.generator.patch // self.model.generator.factor
        blocks = [
            self._low[i * side : (i + 1) * side, j * side : (j + 1) * side, k * side : (k + 1) * side]
            for i, j, k in places
        ]
        return (torch.stack(blocks),)
