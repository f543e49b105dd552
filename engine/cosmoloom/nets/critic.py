"""The critic of the conditional generator: it sees one volume at two redshifts.

The two fields are the channels of one input, so that growth from the earlier to the later one is judged
together with each field: no field passes that is not the past or future of its partner.

References
----------
Miyato et al. (2018), arXiv:1802.05957 (spectral normalisation); Miyato & Koyama (2018), arXiv:1802.05637
(projection); Karras et al. (2018), arXiv:1710.10196 (scatter of the batch as a feature).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from cosmoloom.nets.batch_scatter import BatchScatter

SLOPE = 0.2


class PairCritic(nn.Module):
    """Score pairs of network fields of the same volume.

    Parameters
    ----------
    n : int
        Voxels per side of the fields.
    widths : tuple of int
        Channels after each halving of the grid, down to 4^3.
    condition_width : int
        Hidden width of the network that reads both growth factors and ln kappa.
    """

    def __init__(
        self, *, n: int = 64, widths: tuple[int, ...] = (16, 32, 64, 128), condition_width: int = 64
    ) -> None:
        super().__init__()
        self.condition = nn.Sequential(nn.Linear(3, condition_width), nn.SiLU())
        self.entry = spectral_norm(nn.Conv3d(16, widths[0], kernel_size=2, padding=1))
        self.entry_shift = nn.Linear(condition_width, widths[0])
        self.downs = nn.ModuleList(
            spectral_norm(nn.Conv3d(a, b, kernel_size=4, stride=2, padding=1)) for a, b in pairwise(widths)
        )
        self.scatter = BatchScatter()
        features = widths[-1] * (n // 2 ** len(widths)) ** 3
        self.dense = spectral_norm(nn.Linear(features + 1, widths[-1]))
        self.score = spectral_norm(nn.Linear(widths[-1], 1))
        self.projection = spectral_norm(nn.Linear(condition_width, widths[-1]))

    def forward(self, pair: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return one score per pair.

        Parameters
        ----------
        pair : Tensor, shape (b, 2, n, n, n)
            Network fields of one volume at two redshifts.
        growth : Tensor, shape (b, 2)
            Growth factor of each [1].
        log_kappa : Tensor, shape (b,)
            ln kappa, shared by both [1].
        """
        condition = self._read(growth, log_kappa)
        x = self.features(pair, growth, log_kappa)
        x = functional.leaky_relu(self.dense(torch.cat([x.flatten(1), self.scatter(x).to(x.dtype)], dim=1)), SLOPE)
        return (self.score(x) + (x * self.projection(condition)).sum(dim=1, keepdim=True)).squeeze(1).float()

    def features(self, pair: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return what is known of a pair before it is judged, shape (b, c, m, m, m); arguments as of the whole."""
        x = self.entry(fold(pair))  # (b, c, n/2 + 1, n/2 + 1, n/2 + 1)
        x = functional.leaky_relu(x + self.entry_shift(self._read(growth, log_kappa))[:, :, None, None, None], SLOPE)
        for down in self.downs:
            x = functional.leaky_relu(down(x), SLOPE)  # halves the grid
        return x

    def _read(self, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return the condition as a hidden vector."""
        hidden: Tensor = self.condition(torch.cat([4.0 * growth - 2.5, log_kappa[:, None] - 2.0], dim=1))
        return hidden


def fold(fields: Tensor) -> Tensor:
    """Gather the eight voxels of every cell as channels: (b, c, n, n, n) -> (b, 8 c, n/2, n/2, n/2).

    A convolution of two channels is an order of magnitude slower than the same one of sixteen.
    """
    b, c, n = fields.shape[:3]
    m = n // 2
    cells = fields.view(b, c, m, 2, m, 2, m, 2).permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(b, m, m, m, 8 * c)
    return cells.permute(0, 4, 1, 2, 3)  # channels last in memory
