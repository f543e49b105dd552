"""One pass from a density to a latent: what a network sees of the initial conditions, put on the grids of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cosmoloom.nets.origins import seen
from cosmoloom.pipeline.fast_cells import FastCells
from cosmoloom.pipeline.inversion.lift import lift

if TYPE_CHECKING:
    from cosmoloom.cosmology import Cosmology
    from cosmoloom.nets.origins import Origins
    from cosmoloom.pipeline.lagrangian import Lagrangian


class Encoding:
    """Finds latents of densities.

    Parameters
    ----------
    network : Origins
        Trained network.
    lagrangian : Lagrangian
        Grids of the latents.
    universe : Cosmology
        Of the training.
    device : torch.device
        Where to compute.
    """

    def __init__(
        self, network: Origins, lagrangian: Lagrangian, universe: Cosmology, *, device: torch.device
    ) -> None:
        self._cells = FastCells(network, device=device, dtype=torch.float32)
        self._lagrangian, self._universe, self._device = lagrangian, universe, device

    @torch.no_grad()
    def __call__(self, density: Tensor, *, redshift: float, kappa: float) -> Tensor:
        """Return the most likely latent, shape (latent_size,); zero where the density says nothing.

        Parameters
        ----------
        density : Tensor, shape (n, n, n)
            rho over the cosmic mean [1].
        redshift : float
            Of the density [1].
        kappa : float
            At which it is to be grown again [cosmic mean].
        """
        growth = float(self._universe.growth_factor(redshift))
        condition = torch.tensor([[growth], [float(np.log(kappa))]], device=self._device)
        return lift(self._cells(seen(density[None]), *condition)[0], self._lagrangian)
