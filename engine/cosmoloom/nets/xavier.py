"""Xavier's initialisation, with the inputs that a voxel really receives.

A transposed convolution of stride s writes each voxel from one s-th of its taps along each axis.  Counting all of
them would make every doubling of a 3D grid divide the variance by eight.

References
----------
Glorot & Bengio (2010), PMLR 9, 249; He et al. (2015), arXiv:1502.01852 (gain of rectifiers).
"""

from __future__ import annotations

from math import prod
from typing import TypeVar

from torch import nn

SLOPE = 0.2
"""Slope of LeakyReLU below zero, in every network that uses it [1]."""

LayerT = TypeVar("LayerT", bound=nn.Module)


def xavier(layer: LayerT, *, rectified: bool = True, share: int = 1) -> LayerT:
    """Draw the weights of a convolution or dense layer anew; biases become 0.

    Parameters
    ----------
    layer : Module
        Changed in place and returned.
    rectified : bool
        Whether its inputs come from a LeakyReLU, which halves their variance, or from a linear layer.
    share : int
        Of how many layers side by side this is one; all their outputs count, as those of one wide layer would.
    """
    weight = layer.get_parameter("weight")
    gain = nn.init.calculate_gain("leaky_relu", SLOPE) if rectified else 1.0
    taps = prod(weight.shape[2:])
    if isinstance(layer, (nn.ConvTranspose2d, nn.ConvTranspose3d)):
        gain *= float(prod(layer.stride)) ** 0.5
        fan_in, fan_out = taps * weight.shape[0], taps * weight.shape[1]
    else:
        fan_in, fan_out = taps * weight.shape[1], taps * weight.shape[0]
    limit = gain * (6.0 / (fan_in + share * fan_out)) ** 0.5
    nn.init.uniform_(weight, -limit, limit)
    if getattr(layer, "bias", None) is not None:
        nn.init.zeros_(layer.get_parameter("bias"))
    return layer
