"""Inception blocks: convolutions of several kernel sizes side by side, concatenated or merged.

perraudin2019 merges kernels of 1^3, 2^3 and 4^3 by a 1^3 convolution.  As nothing bends in between, the block is
one 4^3 convolution: its kernel is composed from the four that are learnt each time the block runs, which is exact
and spares three fields of features.  srivastava2018 concatenates kernels of 1^3, 3^3 and 5^3.

Borders are padded with zeros, and an even kernel reaches one voxel further after a voxel than before it.

References
----------
Szegedy et al. (2015), arXiv:1409.4842; Perraudin et al. (2019), appendix 3; Srivastava (2018), section 5.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.nets.xavier import LayerT, xavier

Wrap = Callable[[nn.Module], nn.Module]
"""What is done to each layer, for instance spectral normalisation."""


class MergedInception(nn.Module):
    """Parallel convolutions merged by a 1^3 convolution, run as one.

    Parameters
    ----------
    width_in, width_out : int
        Channels.
    kernels : tuple of int
        Kernel sizes, rising; each has width_out channels before the merge.
    stride : int
        1 keeps the grid, 2 halves it.
    wrap : callable
        Applied to each of the convolutions.
    """

    def __init__(
        self,
        width_in: int,
        width_out: int,
        *,
        kernels: tuple[int, ...] = (1, 2, 4),
        stride: int = 1,
        wrap: Wrap = lambda layer: layer,
    ) -> None:
        super().__init__()
        self.kernels, self.stride = kernels, stride
        self.branches = nn.ModuleList(wrap(xavier(nn.Conv3d(width_in, width_out, size))) for size in kernels)
        merge = nn.Conv3d(width_out * len(kernels), width_out, 1)
        self.merge = wrap(xavier(merge, rectified=False, share=len(kernels)))  # as many channels out as in

    def composed(self) -> tuple[Tensor, Tensor]:
        """Return weight (out, in, k, k, k) and bias (out) of the one convolution that the block is."""
        largest = self.kernels[-1]
        parts = weight_of(self.merge).flatten(1).chunk(len(self.kernels), dim=1)  # (out, channels of a branch) each
        weights, biases = [], [bias_of(self.merge)]
        for size, branch, part in zip(self.kernels, self.branches, parts, strict=True):
            before = (largest - 1) // 2 - (size - 1) // 2
            kernel = functional.pad(weight_of(branch), (before, largest - size - before) * 3)
            weights.append(torch.einsum("ob,bixyz->oixyz", part, kernel))
            biases.append(part @ bias_of(branch))
        return torch.stack(weights).sum(dim=0), torch.stack(biases).sum(dim=0)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):  # sums of many weights
            weight, bias = self.composed()
        before = (self.kernels[-1] - 1) // 2
        after = self.kernels[-1] - self.stride - before
        if before == after:
            return functional.conv3d(x, weight, bias, stride=self.stride, padding=before)
        return functional.conv3d(functional.pad(x, (before, after) * 3), weight, bias, stride=self.stride)


def alive(layer: LayerT) -> LayerT:
    """Make a new block or convolution begin with positive values almost everywhere, where few channels are rectified.

    After rectifiers the mean of every feature is far from zero, and where a random sum of means happens to be negative
    a rectified output is 0 everywhere and learns nothing.  So kernels begin with no answer to a constant, and the
    bias with 1.
    """
    parts = list(layer.branches) if isinstance(layer, MergedInception) else [layer]
    for weight in map(weight_of, parts):
        weight.data.sub_(weight.mean(dim=(2, 3, 4), keepdim=True))
    nn.init.ones_(bias_of(layer.merge if isinstance(layer, MergedInception) else layer))
    return layer


class Inception(nn.Module):
    """Parallel convolutions of odd kernels whose channels are concatenated.

    Parameters
    ----------
    width_in, width : int
        Channels that come in, and channels of each kernel; ``len(kernels) * width`` go out.
    kernels : tuple of int
        Odd kernel sizes.
    stride : int
        1 keeps the grid; 2 halves it, or doubles it if transposed.
    transposed : bool
        Whether a stride of 2 doubles the grid.
    wrap : callable
        Applied to each of the convolutions.
    """

    def __init__(
        self,
        width_in: int,
        width: int,
        *,
        kernels: tuple[int, ...] = (1, 3, 5),
        stride: int = 1,
        transposed: bool = False,
        wrap: Wrap = lambda layer: layer,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            wrap(same_convolution(width_in, width, size, stride=stride, transposed=transposed, share=len(kernels)))
            for size in kernels
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def same_convolution(
    width_in: int, width_out: int, kernel: int, *, stride: int = 1, transposed: bool = False, share: int = 1
) -> nn.Module:
    """Return a 3D convolution of an odd kernel that keeps the grid, halves it, or doubles it if transposed.

    For ``share`` see :func:`cosmoloom.nets.xavier.xavier`.
    """
    padding = kernel // 2
    if transposed and stride > 1:
        up = nn.ConvTranspose3d(
            width_in, width_out, kernel, stride=stride, padding=padding, output_padding=stride - 1
        )
        return xavier(up, share=share)
    return xavier(nn.Conv3d(width_in, width_out, kernel, stride=stride, padding=padding), share=share)


def weight_of(layer: nn.Module) -> Tensor:
    """Return the weight that a layer computes with, also where it is normalised."""
    return cast("Tensor", layer.weight)


def bias_of(layer: nn.Module) -> Tensor:
    """Return the bias of a layer."""
    return cast("Tensor", layer.bias)
