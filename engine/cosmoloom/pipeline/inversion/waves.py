"""A latent as the waves of its noise: what is long and what is short can then be bettered, and judged, apart.

A step that treats all voxels of white noise alike moves its longest waves by far the most, since there all voxels pull
the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model


class Waves:
    """Translates latents of a model into numbers of equal variance, one by one independent, and back.

    Parameters
    ----------
    model : Model
        Latents that are the noise of grids become its Fourier coefficients, others stay as they are; all in units of
        the prior's scatter.

    Attributes
    ----------
    sides : tuple of int
        Cells per side of the grids; empty where latents are no noise of grids.
    """

    def __init__(self, model: Model) -> None:
        from cosmoloom.pipeline.primordial import PrimordialModel

        self.sides: tuple[int, ...] = ()
        if isinstance(model, PrimordialModel):
            self.sides = (model.grids.long_n, model.grids.n)
        self._sigma = model.latent_sigma

    def of(self, latent: Tensor) -> list[Tensor]:
        """Return the waves of a latent: of each grid (side, side, side // 2 + 1), complex."""
        latent = latent / self._sigma
        if not self.sides:
            return [latent]
        parts = latent.split([side**3 for side in self.sides])
        return [
            torch.fft.rfftn(part.view(side, side, side), norm="ortho")
            for part, side in zip(parts, self.sides, strict=True)
        ]

    def latent(self, waves: list[Tensor]) -> Tensor:
        """Return the latent of waves, shape (latent_size,)."""
        if not self.sides:
            return waves[0] * self._sigma
        grids = [
            torch.fft.irfftn(each, s=(side,) * 3, norm="ortho")
            for each, side in zip(waves, self.sides, strict=True)
        ]
        return torch.cat([grid.flatten() for grid in grids]) * self._sigma
