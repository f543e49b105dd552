"""A U-Net over the cells of a volume: the eight voxels of a cell are channels, so that it works on half of the grid.

Scale and shift of every layer follow from a condition.  Beyond the faces of the volume it sees zeros.

References
----------
Ronneberger et al. (2015), arXiv:1505.04597 (U-Net); Perez et al. (2018), arXiv:1709.07871 (scale and shift).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.nets.conditional import SLOPE, Condition


class Layer(nn.Module):
    """Convolution of 3^3 voxels, scale and shift as the condition says, rectifier."""

    def __init__(self, channels: int, width: int, condition_width: int) -> None:
        super().__init__()
        self.convolution = nn.Conv3d(channels, width, kernel_size=3, padding=1)
        self.affine = nn.Linear(condition_width, 2 * width)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.zeros_(self.affine.bias)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.affine(condition)[:, :, None, None, None].chunk(2, dim=1)
        return functional.leaky_relu(torch.addcmul(shift, self.convolution(features), 1.0 + scale), SLOPE)


class CellUNet(nn.Module):
    """Map cells to cells, under a condition made of growth factor and ln kappa.

    Parameters
    ----------
    channels : int
        Numbers that are read per cell.
    widths : tuple of int
        Channels on the grid of cells, on half of it, ...
    condition_width : int
        Hidden width of what reads the condition.
    """

    def __init__(self, channels: int, *, widths: tuple[int, ...], condition_width: int) -> None:
        super().__init__()
        hidden = condition_width
        self.condition = Condition(hidden)
        self.entry = Layer(channels, widths[0], hidden)
        self.downs = nn.ModuleList(nn.Conv3d(a, b, kernel_size=2, stride=2) for a, b in pairwise(widths))
        self.encoders = nn.ModuleList(Layer(width, width, hidden) for width in widths[1:])
        self.bottom = Layer(widths[-1], widths[-1], hidden)
        self.ups = nn.ModuleList(
            nn.ConvTranspose3d(b, a, kernel_size=2, stride=2) for a, b in pairwise(widths)
        )
        self.decoders = nn.ModuleList(Layer(width, width, hidden) for width in widths[:-1])
        self.finish = Layer(widths[0], widths[0], hidden)
        self.last = nn.Conv3d(widths[0], 8, kernel_size=3, padding=1)

    def cells(self, x: Tensor, condition: Tensor) -> Tensor:
        """Return the eight voxels of every cell, (b, 8, m, m, m), for cells (b, channels, m, m, m)."""
        x = self.entry(x, condition)  # (b, c, m, m, m)
        kept = []
        for down, encoder in zip(self.downs, self.encoders, strict=True):
            kept.append(x)
            x = encoder(down(x), condition)  # halves the grid
        x = x + self.bottom(x, condition)
        for up, decoder, before in zip(reversed(self.ups), reversed(self.decoders), reversed(kept), strict=True):
            x = decoder(up(x) + before, condition)  # doubles the grid
        x = x + self.finish(x, condition)
        written: Tensor = self.last(x)
        return written
