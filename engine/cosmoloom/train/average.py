"""Running average of a generator's weights: what is drawn from while the weights themselves still play."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

import torch
from torch import nn

NetworkT = TypeVar("NetworkT", bound=nn.Module)


def averaged_copy(network: NetworkT) -> NetworkT:
    """Return a copy that is never trained, in evaluation mode."""
    return deepcopy(network).requires_grad_(False).eval()


@torch.no_grad()
def blend(average: nn.Module, network: nn.Module, *, decay: float, iteration: int) -> None:
    """Move an average towards the weights and running statistics of a network.

    Early on the average is short, so that it never remembers the random start.

    Parameters
    ----------
    average, network : Module
        Of the same shape.
    decay : float
        What the average keeps per update [1]; 0 takes the weights as they are.
    iteration : int
        Updates so far.
    """
    kept = min(decay, (1 + iteration) / (10 + iteration))
    for target, source in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if target.is_floating_point():
            target.lerp_(source, 1.0 - kept)
        else:
            target.copy_(source)
