"""Where networks begin: at the mean of the data, so that no update is spent on getting there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError

CLOSE = 0.01
"""How far from the wanted mean a generator may begin, in units of it or of 1."""
HALVINGS = 40
REACH = 100.0
"""Largest bias that is tried [units of network space]."""


@torch.no_grad()
def begin_at_mean(generator: nn.Module, make: Callable[[], Tensor], mean: float) -> None:
    """Set the bias of the last layer that has one so that generated fields have a mean.

    Parameters
    ----------
    generator : Module
        Whose output grows with that bias; changed in place.
    make : callable
        Makes fields with it, of the same latents at every call.
    mean : float
        Wanted [units of network space].

    Raises
    ------
    InvalidInputError
        If no bias gets there, as where the last one is followed by layers that have none.
    """
    bias = [weights for name, weights in generator.named_parameters() if name.endswith("bias")][-1]
    low, high = -REACH, REACH
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        bias.fill_(middle)
        low, high = (middle, high) if make().mean() < mean else (low, middle)
    reached = make()
    if abs(float(reached.mean()) - mean) > CLOSE * max(1.0, abs(mean)):
        raise InvalidInputError(
            "networks.begin_at_mean: the last bias of this generator cannot bring its fields to the mean of the data; "
            "leave it out"
        )


@torch.no_grad()
def begin_centred(critic: nn.Module, see: Callable[[], object], *, channels: int) -> None:
    """Set the first biases of a critic so that its first layers answer what it sees by 0 on average.

    Where a field lies above 0 by more than its scatter, rectifiers that begin with no bias stay on one side: such a
    critic is linear in the field, knows its mean alone, and spends its beginning on moving thresholds into it.

    Parameters
    ----------
    critic : Module
        Changed in place.
    see : callable
        Shows it real fields.
    channels : int
        Channels of a field; convolutions of as many are the first layers.

    Raises
    ------
    InvalidInputError
        If no convolution with a bias reads the field alone.
    """
    first = [
        layer for layer in critic.modules()
        if isinstance(layer, nn.Conv2d | nn.Conv3d) and layer.in_channels == channels and layer.bias is not None
    ]  # fmt: skip
    if not first:
        raise InvalidInputError(
            "networks.begin_centred: no convolution with a bias reads the field alone in this critic; leave it out"
        )
    hooks = [layer.register_forward_hook(_centre) for layer in first]
    try:
        see()
    finally:
        for hook in hooks:
            hook.remove()


def _centre(layer: nn.Module, _given: object, answer: Tensor) -> None:
    bias = layer.bias
    assert isinstance(bias, Tensor)
    bias.sub_(answer.float().transpose(0, 1).flatten(1).mean(1))
