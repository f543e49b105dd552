"""Whether a latent looks like a draw from its prior, wave by wave.

Components of a draw have variance one.  So does every shell of waves of its noise; a latent that hides structure in a
few waves, or leaves others empty, may have the right length and still be no draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.simulate.fourier import wavenumbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosmoloom.pipeline.inversion.waves import Waves

SHELLS = 12
"""Shells of waves per grid, equally wide in k."""


class Typicality:
    """Measures how far latents are from draws.

    Parameters
    ----------
    waves : Waves
        Of the model's latents; those of grids are looked at in shells, others as a whole.
    device : torch.device
        Where the latents are.
    """

    def __init__(self, waves: Waves, device: torch.device) -> None:
        self._shells = [_shells(side, device) for side in waves.sides]

    def variances(self, waves: Sequence[Tensor]) -> Tensor:
        """Return the variance of every shell over that of the prior, shape (shells,) [1]."""
        if not self._shells:
            return waves[0].square().mean()[None]
        found = []
        for each, (shell, weight, count) in zip(waves, self._shells, strict=True):
            squares = torch.view_as_real(each).square().sum(-1).flatten() * weight
            found.append(squares.new_zeros(len(count)).index_add(0, shell, squares) / count)
        return torch.cat(found)

    def __call__(self, waves: Sequence[Tensor]) -> Tensor:
        """Return the mean square of ``variance - 1`` of all shells: 0 of a draw but for chance, 1 of zeros [1]."""
        return (self.variances(waves) - 1).square().mean()


def _shells(n: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return shell and weight of every mode of ``rfftn``, and the sum of weights in each shell."""
    k = wavenumbers(n, box_size=2 * torch.pi)
    magnitude = torch.sqrt(k[0] ** 2 + k[1] ** 2 + k[2] ** 2)
    shell = (magnitude * (SHELLS / (n / 2))).long().clamp(max=SHELLS - 1).flatten()
    weight = torch.full(magnitude.shape, 2.0)
    weight[..., 0] = 1.0
    weight[..., -1] = 1.0
    weight = weight.flatten()
    count = torch.zeros(SHELLS).index_add(0, shell, weight)
    return shell.to(device), weight.to(device), count.to(device)
