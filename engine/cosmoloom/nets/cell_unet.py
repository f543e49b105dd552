"""A U-Net over the cells of a volume: the eight voxels of a cell are channels, so that it works on half of the grid.

Scale and shift of every layer follow from a condition.  Beyond the faces of the volume it sees zeros.

References
----------
Ronneberger et al. (2015), arXiv:1505.04597 (U-Net); Perez et al. (2018), arXiv:1709.07871 (scale and shift).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.conditional import SLOPE, Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class CellUNetConfig:
    """Size of a network over cells.

    Attributes
    ----------
    n : int
        Voxels per side.
    widths : tuple of int
        Channels on half of the grid, on a quarter, ...
    condition_width : int
        Hidden width of the network that reads growth factor and ln kappa.
    """

    what: ClassVar[str]
    """What it is the size of, with its article, for errors."""

    n: int = 64
    widths: tuple[int, ...]
    condition_width: int = 64

    def __post_init__(self) -> None:
        if not self.widths or min(*self.widths, self.condition_width) < 1:
            raise InvalidInputError(
                f"{self.what} needs one width or more, all positive, got {list(self.widths)} and condition_width "
                f"{self.condition_width}"
            )
        if self.n < 1 or self.n % 2 ** len(self.widths):
            raise InvalidInputError(
                f"{len(self.widths)} widths halve the grid as often: n must be a multiple of {2 ** len(self.widths)}, "
                f"got {self.n}"
            )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read the plain dictionary of :meth:`as_dict`."""
        return cls(**{**values, "widths": tuple(values["widths"])})

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return {**asdict(self), "widths": list(self.widths)}


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
