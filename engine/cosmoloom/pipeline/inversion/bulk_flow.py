"""Latents in which a region stays where it is.

From inside of a region nobody can tell whether all of it has moved: another place before, and a flow from there, make
the same box.  Initial conditions are therefore sought without the mean displacement of their region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from cosmoloom.pipeline.lagrangian import Lagrangian


class BulkFlow:
    """Takes the mean first-order displacement of a region out of latents.

    Parameters
    ----------
    lagrangian : Lagrangian
        Grids of the latents.
    """

    def __init__(self, lagrangian: Lagrangian) -> None:
        config = lagrangian.config
        inner = (slice(config.padding, config.padding + config.n),) * 3
        latent = torch.zeros(config.latent_size, device=lagrangian.device, requires_grad=True)
        with torch.enable_grad():
            flow = lagrangian.displace(latent).first[inner].mean(dim=(0, 1, 2))
        slopes = [torch.autograd.grad(flow[axis], latent, retain_graph=True)[0] for axis in range(3)]
        self._directions = torch.linalg.qr(torch.stack(slopes, dim=1))[0].T  # (3, latent_size), orthonormal

    def without(self, latents: Tensor) -> Tensor:
        """Return the nearest latents, shape (b, latent_size), whose region rests."""
        return latents - (latents @ self._directions.T) @ self._directions
