"""The collapse network as it is run, not trained: folded, channels-last, in the faster precision.

Scale and shift of a layer are fixed by the condition, so they go into the weights of its convolution, which are few.
Convolutions call oneDNN by name, because torch hands a small one of one sample to code that takes ten times as long;
rectifiers and sums work in place.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from cosmoloom.nets.collapse import LOG_DENSITIES, Collapse, Layer, features
from cosmoloom.nets.conditional import SLOPE, interleave
from cosmoloom.pipeline.fast_generator import convolve

LAYOUT = torch.channels_last_3d


class FastCollapse:
    """Inference-only form of a collapse network.

    Parameters
    ----------
    network : Collapse
        Trained network; it is moved to the device and put into evaluation mode.
    device : torch.device
        Where to compute.
    dtype : torch.dtype
        Of weights and activations, float32 or bfloat16; products are summed in float32.
    """

    def __init__(self, network: Collapse, *, device: torch.device, dtype: torch.dtype) -> None:
        self._network = network.eval().requires_grad_(False).to(device)
        self._dtype = dtype
        self._downs = [self._cast(down) for down in network.downs]
        self._ups = [self._cast(up) for up in network.ups]
        self._last = self._cast(network.last)

    @torch.no_grad()
    def __call__(self, displaced: Tensor, linear: Tensor, white: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return ln rho; arguments and result as in :class:`Collapse`, for one condition, growth and ln kappa (1,)."""
        network = self._network
        condition = network.condition(growth, log_kappa)[0]
        log_displaced, x = features(displaced, linear, white, growth)
        x = self._layer(network.entry, x.to(self._dtype), condition)
        kept = []
        for (weight, bias), encoder in zip(self._downs, network.encoders, strict=True):
            kept.append(x)
            x = self._layer(encoder, convolve(x, weight, bias, padding=0, stride=(2, 2, 2)), condition)
        x = x + self._layer(network.bottom, x, condition)
        for (weight, bias), decoder, before in zip(
            reversed(self._ups), reversed(network.decoders), reversed(kept), strict=True
        ):
            up = functional.conv_transpose3d(x, weight, bias, stride=2)
            x = self._layer(decoder, up.add_(before), condition)
        x.add_(self._layer(network.finish, x, condition))
        correction = interleave(convolve(x, *self._last, padding=1)).float()
        return correction.add_(log_displaced).clamp_(*LOG_DENSITIES)

    def _layer(self, layer: torch.nn.Module, x: Tensor, condition: Tensor) -> Tensor:
        assert isinstance(layer, Layer)
        scale, shift = layer.affine(condition).chunk(2)
        scale = 1.0 + scale
        weight = layer.convolution.weight * scale[:, None, None, None, None]
        bias = torch.addcmul(shift, layer.convolution.get_parameter("bias"), scale)
        weight = weight.to(self._dtype, memory_format=LAYOUT)
        return functional.leaky_relu_(convolve(x, weight, bias.to(self._dtype), padding=1), SLOPE)

    def _cast(self, layer: torch.nn.Module) -> tuple[Tensor, Tensor]:
        weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
        return weight.to(self._dtype).contiguous(memory_format=LAYOUT), bias.to(self._dtype)
