"""The seamless refiner: coarse density and noise in, eight times as many voxels out, and not one gram of mass more.

Every convolution is valid (nothing is padded), so a voxel depends on the coarse voxels and the noise around it and
on nothing else: not on where a tile begins, nor on the size of the volume.  All of it computes on the coarse grid;
the last layer gives each coarse voxel eight logits, whose softmax says how its mass is shared among its children::

    child = parent x 8 x share

so block means of the fine field are the coarse field.  The logits begin as a linear interpolation of ln density and
white noise of the scatter that details have; the network learns where they are and what they look like.

References
----------
Shi et al. (2016), arXiv:1609.05158 (sub-pixel convolution); Karras et al. (2019), arXiv:1812.04948 (noise per
voxel); Perez et al. (2018), arXiv:1709.07871 (scale and shift).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.conditional import SLOPE, interleave
from cosmoloom.nets.convolution import apply_layer

EMPTY = 0.02
"""Density that is added before a logarithm is taken, over the cosmic mean [1]."""
STRENGTH = 0.7
"""Of the noise in the logits at first, over the scatter of details [1]; interpolation knows the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinerConfig:
    """Size of a refiner.

    Attributes
    ----------
    width : int
        Channels of the hidden layers.
    depth : int
        Convolutions of 3^3, and so the coarse voxels on every side that a result depends on.
    condition_width : int
        Hidden width of the network that reads growth factor and voxel size.
    """

    width: int = 32
    depth: int = 5
    condition_width: int = 32

    def __post_init__(self) -> None:
        if self.depth < 2 or self.width < 1 or self.condition_width < 1:
            raise InvalidInputError(
                f"a refiner has 2 or more convolutions and 1 or more channels, got depth {self.depth}, "
                f"width {self.width}, condition_width {self.condition_width}"
            )


class Contrast(nn.Module):
    """Mean and scatter of ln density, and scatter of its details, for a growth factor and a voxel size.

    At z = 3 all three are several times smaller than today, and networks learn best from numbers of order one.
    Each is a line in ln growth and ln voxel size (the scatters in their logarithm).
    """

    lines: Tensor

    def __init__(self, lines: Sequence[Sequence[float]] = ((0.0, 0.0, 0.0),) * 3) -> None:
        super().__init__()
        self.register_buffer("lines", torch.tensor(lines, dtype=torch.float32))

    @classmethod
    def fit(
        cls, growth: NDArray[np.float64], voxel_size: NDArray[np.float64], measured: NDArray[np.float64]
    ) -> Contrast:
        """Fit the lines.

        Parameters
        ----------
        growth, voxel_size : array, shape (m,)
            Growth factor [1] and side of a coarse voxel [Mpc/h] of each measurement.
        measured : array, shape (m, 3)
            Mean and standard deviation of ln(coarse + EMPTY), and standard deviation of ln(fine + EMPTY) minus
            that of its parent [1].
        """
        table = np.stack([np.ones_like(growth), np.log(growth), np.log(voxel_size)], axis=1)
        values = np.column_stack([measured[:, 0], np.log(measured[:, 1:])])
        lines, *_ = np.linalg.lstsq(table, values, rcond=1e-6)  # with one redshift or one scale: the flattest
        return cls(lines.T.tolist())

    def forward(self, growth: Tensor, voxel_size: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return mean, scatter and scatter of details, each of shape (b, 1, 1, 1, 1)."""
        table = torch.stack([torch.ones_like(growth), growth.log(), voxel_size.log()], dim=1)
        mean, scatter, detail = (table @ self.lines.T)[:, :, None, None, None, None].unbind(1)
        return mean, scatter.exp(), detail.exp()


class SeamlessRefiner(nn.Module):
    """Double the grid of a density.

    Parameters
    ----------
    config : RefinerConfig
        Sizes.
    contrast : Contrast, optional
        Measured on the training simulations; by default all is of order one already.
    """

    def __init__(self, config: RefinerConfig, contrast: Contrast | None = None) -> None:
        super().__init__()
        self.config = config
        self.contrast = Contrast() if contrast is None else contrast
        width, hidden = config.width, config.condition_width
        self.condition = nn.Sequential(nn.Linear(2, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())
        self.entry = nn.Conv3d(1 + 8, width, kernel_size=3)
        self.middle = nn.ModuleList(nn.Conv3d(width, width, kernel_size=3) for _ in range(config.depth - 2))
        self.modulations = nn.ModuleList(nn.Linear(hidden, 2 * width) for _ in range(config.depth - 1))
        self.last = nn.Conv3d(width, 8, kernel_size=3)
        self.interpolation = nn.Conv3d(1, 8, kernel_size=3, bias=False)
        self.interpolation.weight.data = _linear_interpolation()
        self.grain = nn.Conv3d(8, 8, kernel_size=3, bias=False)
        nn.init.zeros_(self.grain.weight)
        self.grain.weight.data[:, :, 1, 1, 1] = STRENGTH * torch.eye(8)
        for modulation in self.modulations:
            for weight in modulation.parameters():
                nn.init.zeros_(weight)

    @property
    def halo(self) -> int:
        """Coarse voxels that are needed beyond each side of the result."""
        return self.config.depth

    def forward(self, density: Tensor, noise: Tensor, growth: Tensor, voxel_size: Tensor) -> Tensor:
        """Refine.

        Parameters
        ----------
        density : Tensor, shape (b, m + 2 h, m + 2 h, m + 2 h)
            Coarse rho / mean, with h = ``halo`` voxels more on each side than are refined.
        noise : Tensor, shape (b, 2 m + 4 h, 2 m + 4 h, 2 m + 4 h)
            White noise of variance 1, one number per child.
        growth, voxel_size : Tensor, shape (b,)
            Growth factor [1], and side of a coarse voxel [Mpc/h].

        Returns
        -------
        Tensor, shape (b, 2 m, 2 m, 2 m)
            Fine rho / mean, whose block means are ``density`` without its margin.
        """
        mean, scatter, detail = self.contrast(growth, voxel_size)
        logs = torch.log(density + EMPTY)[:, None]  # (b, 1, m + 2h, ...)
        condition = self.condition(torch.stack([4.0 * growth - 2.5, voxel_size.log()], dim=1))
        white = gather(noise)
        x = torch.cat([(logs - mean) / scatter, white], dim=1).contiguous(memory_format=torch.channels_last_3d)
        x = self._activate(apply_layer(self.entry, x), condition, 0)
        for layer, conv in enumerate(self.middle, start=1):
            x = trim(x, 1) + self._activate(apply_layer(cast("nn.Conv3d", conv), x), condition, layer)
        h = self.halo
        details = apply_layer(self.last, x) + apply_layer(self.grain, trim(white, h - 1))  # (b, 8, m, m, m)
        logits = apply_layer(self.interpolation, trim(logs, h - 1)) + detail * details
        shares = torch.softmax(logits.float(), dim=1)
        return interleave(8.0 * trim(density[:, None], h) * shares)

    def _activate(self, features: Tensor, condition: Tensor, layer: int) -> Tensor:
        scale, shift = self.modulations[layer](condition)[:, :, None, None, None].chunk(2, dim=1)
        return functional.leaky_relu(torch.addcmul(shift, features, 1.0 + scale), SLOPE)


def gather(fine: Tensor) -> Tensor:
    """Make the eight children of every voxel its channels: (b, 2l, 2m, 2n) -> (b, 8, l, m, n)."""
    cells = fine.unflatten(3, (-1, 2)).unflatten(2, (-1, 2)).unflatten(1, (-1, 2))
    return cells.permute(0, 2, 4, 6, 1, 3, 5).flatten(1, 3)


def trim(field: Tensor, margin: int) -> Tensor:
    """Cut ``margin`` voxels off each side of the last three axes."""
    return field[..., margin:-margin, margin:-margin, margin:-margin]


def _linear_interpolation() -> Tensor:
    """Return the kernel (8, 1, 3, 3, 3) that interpolates to the centres of the eight children."""
    line = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
    return torch.einsum("ai,bj,ck->abcijk", line, line, line).reshape(8, 1, 3, 3, 3)
