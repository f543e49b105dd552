"""Convolutions of single small fields, which torch would leave to slow code."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def convolve(
    x: Tensor, weight: Tensor, bias: Tensor | None, *, padding: int = 0, stride: tuple[int, int, int] = (1, 1, 1)
) -> Tensor:
    """Convolve without a derivative; on a CPU by oneDNN's name, since torch would send small ones to slower code."""
    if x.device.type == "cpu" and torch.backends.mkldnn.is_available():
        return torch.mkldnn_convolution(
            x, weight, bias, padding=3 * (padding,), stride=stride, dilation=(1, 1, 1), groups=1
        )
    return functional.conv3d(x, weight, bias, padding=padding, stride=stride)


def apply_layer(layer: nn.Conv3d, x: Tensor) -> Tensor:
    """Apply a layer that pads nothing; where nothing learns, on the fast way."""
    if torch.is_grad_enabled():
        made: Tensor = layer(x)
        return made
    return convolve(x, layer.weight, layer.bias)
