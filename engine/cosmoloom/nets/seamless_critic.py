"""The critic of the seamless refiner: it sees a sub-volume fine, coarse, and what is between the two.

All three are logarithms of density, standardised.  They are gathered on the coarse grid, where the eight children of
a voxel are channels, and judged by convolutions that look at no place in particular: the score is the mean of what
is said of every part of the sub-volume.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.nets.conditional import SLOPE
from cosmoloom.nets.seamless import EMPTY, Contrast, gather


class RefinerCritic(nn.Module):
    """Score fine densities together with their coarse ones.

    Parameters
    ----------
    contrast : Contrast
        The refiner's.
    widths : tuple of int
        Channels on the coarse grid, and after each halving of it.
    condition_width : int
        Hidden width of the network that reads growth factor and voxel size.
    """

    def __init__(
        self, contrast: Contrast, *, widths: tuple[int, ...] = (32, 64, 128), condition_width: int = 32
    ) -> None:
        super().__init__()
        self.contrast = contrast
        self.condition = nn.Sequential(nn.Linear(2, condition_width), nn.SiLU())
        self.entry = nn.Conv3d(8 + 1 + 8, widths[0], kernel_size=3)
        self.entry_shift = nn.Linear(condition_width, widths[0])
        self.downs = nn.ModuleList(nn.Conv3d(a, b, kernel_size=4, stride=2, padding=1) for a, b in pairwise(widths))
        self.judge = nn.Conv3d(widths[-1], widths[-1], kernel_size=1)
        self.score = nn.Linear(widths[-1], 1)
        self.projection = nn.Linear(condition_width, widths[-1], bias=False)

    def fields(self, fine: Tensor, coarse: Tensor, growth: Tensor, voxel_size: Tensor) -> Tensor:
        """Return what is judged, so that its slope can be measured there.

        Parameters
        ----------
        fine : Tensor, shape (b, 2m, 2m, 2m)
            rho / mean, real or made.
        coarse : Tensor, shape (b, m, m, m)
            Its block means.
        growth, voxel_size : Tensor, shape (b,)
            Growth factor [1] and side of a coarse voxel [Mpc/h].

        Returns
        -------
        Tensor, shape (b, 17, m, m, m)
            Fine, coarse, and difference.
        """
        mean, scatter, detail = self.contrast(growth, voxel_size)
        logs = torch.log(gather(fine) + EMPTY)
        parent = torch.log(coarse + EMPTY)[:, None]
        return torch.cat([(logs - mean) / scatter, (parent - mean) / scatter, (logs - parent) / detail], dim=1)

    def forward(self, fields: Tensor, growth: Tensor, voxel_size: Tensor) -> Tensor:
        """Return one raw score per sub-volume, shape (b,)."""
        condition = self.condition(torch.stack([4.0 * growth - 2.5, voxel_size.log()], dim=1))
        x = self.entry(fields.contiguous(memory_format=torch.channels_last_3d))
        x = functional.leaky_relu(x + self.entry_shift(condition)[:, :, None, None, None], SLOPE)
        for down in self.downs:
            x = functional.leaky_relu(down(x), SLOPE)
        x = functional.leaky_relu(self.judge(x), SLOPE).mean(dim=(2, 3, 4)).float()
        return (self.score(x) + (x * self.projection(condition)).sum(dim=1, keepdim=True)).squeeze(1)
