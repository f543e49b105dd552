"""Convolutions with weights that do not learn: derivatives go back to what is convolved, by oneDNN's name, too.

Left to torch, the derivative of a small convolution of one sample takes a slow path, as the convolution itself would.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cosmoloom.nets.convolution import convolve


class SameSize(torch.autograd.Function):
    """Convolution with an odd kernel, padded by zeros to the size that it had."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return the convolved features."""
        ctx.save_for_backward(weight)
        return convolve(x, weight, bias, padding=weight.shape[-1] // 2)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """Convolve with the mirrored kernel."""
        (weight,) = ctx.saved_tensors
        mirrored = weight.flip(2, 3, 4).transpose(0, 1).contiguous(memory_format=torch.channels_last_3d)
        return convolve(slopes[0], mirrored, _nothing(mirrored), padding=weight.shape[-1] // 2), None, None


class Halving(torch.autograd.Function):
    """Convolution of 2^3 voxels and stride 2."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return features on half of the grid."""
        ctx.save_for_backward(weight)
        return convolve(x, weight, bias, padding=0, stride=(2, 2, 2))

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """Give each voxel its share."""
        return functional.conv_transpose3d(slopes[0], ctx.saved_tensors[0], stride=2), None, None


class Doubling(torch.autograd.Function):
    """Transposed convolution of 2^3 voxels and stride 2."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return features on the doubled grid."""
        ctx.save_for_backward(weight)
        return functional.conv_transpose3d(x, weight, bias, stride=2)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """Gather what each cell has shared out."""
        (weight,) = ctx.saved_tensors
        return convolve(slopes[0], weight, _nothing(weight), padding=0, stride=(2, 2, 2)), None, None


def same_size(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve with an odd kernel, padded by zeros: (b, c, m, m, m) -> (b, d, m, m, m)."""
    made: Tensor = SameSize.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return made


def halving(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve 2^3 voxels at a time: (b, c, m, m, m) -> (b, d, m/2, m/2, m/2)."""
    made: Tensor = Halving.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return made


def doubling(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Make 2^3 voxels of each: (b, c, m, m, m) -> (b, d, 2m, 2m, 2m)."""
    made: Tensor = Doubling.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return made


def _nothing(weight: Tensor) -> Tensor:
    """Return a bias of zeros."""
    return weight.new_zeros(len(weight))
