"""A U-Net over cells as it is run, not trained: folded, channels-last, in the faster precision.

Scale and shift of a layer are fixed by the condition, so they go into the weights of its convolution, which are few.
Convolutions call oneDNN by name, because torch hands a small one of one sample to code that takes ten times as long;
rectifiers and sums work in place.  Derivatives go back to what is read.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from cosmoloom.nets.cell_unet import CellUNet, Layer
from cosmoloom.nets.conditional import SLOPE, interleave
from cosmoloom.pipeline.frozen_convolution import doubling, halving, same_size

LAYOUT = torch.channels_last_3d


class FastCells:
    """Inference-only form of a U-Net over cells.

    Parameters
    ----------
    network : CellUNet
        Trained network; it is moved to the device and put into evaluation mode.
    device : torch.device
        Where to compute.
    dtype : torch.dtype
        Of weights and activations, float32 or bfloat16; products are summed in float32.
    """

    def __init__(self, network: CellUNet, *, device: torch.device, dtype: torch.dtype) -> None:
        self._network = network.eval().requires_grad_(False).to(device)
        self._dtype = dtype
        self._downs = [self._cast(down) for down in network.downs]
        self._ups = [self._cast(up) for up in network.ups]
        self._last = self._cast(network.last)

    def __call__(self, x: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return fields of shape (b, n, n, n) for cells (b, channels, n/2, n/2, n/2), growth and ln kappa (1,)."""
        network = self._network
        condition = network.condition(growth, log_kappa)[0]
        x = self._layer(network.entry, x.to(self._dtype), condition)
        kept = []
        for (weight, bias), encoder in zip(self._downs, network.encoders, strict=True):
            kept.append(x)
            x = self._layer(encoder, halving(x, weight, bias), condition)
        x = x + self._layer(network.bottom, x, condition)
        for (weight, bias), decoder, before in zip(
            reversed(self._ups), reversed(network.decoders), reversed(kept), strict=True
        ):
            x = self._layer(decoder, doubling(x, weight, bias).add_(before), condition)
        x = x + self._layer(network.finish, x, condition)
        return interleave(same_size(x, *self._last)).float()

    def _layer(self, layer: torch.nn.Module, x: Tensor, condition: Tensor) -> Tensor:
        assert isinstance(layer, Layer)
        scale, shift = layer.affine(condition).chunk(2)
        scale = 1.0 + scale
        weight = layer.convolution.weight * scale[:, None, None, None, None]
        bias = torch.addcmul(shift, layer.convolution.get_parameter("bias"), scale)
        weight = weight.to(self._dtype, memory_format=LAYOUT)
        return functional.leaky_relu_(same_size(x, weight, bias.to(self._dtype)), SLOPE)

    def _cast(self, layer: torch.nn.Module) -> tuple[Tensor, Tensor]:
        weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
        return weight.to(self._dtype).contiguous(memory_format=LAYOUT), bias.to(self._dtype)
