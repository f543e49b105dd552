"""How steep a critic is where volumes are."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def squared_slope(score: Callable[[Tensor], Tensor], fields: Tensor) -> Tensor:
    """Return ``|grad D|^2`` of a critic at each of some fields, differentiable in its weights.

    Parameters
    ----------
    score : callable
        Fields (b, ...) to scores (b,).
    fields : Tensor, shape (b, ...)
        Where to measure; cut off from what made them.

    Returns
    -------
    Tensor, shape (b,)
    """
    volumes = fields.detach().requires_grad_()
    (slope,) = torch.autograd.grad(score(volumes).sum(), volumes, create_graph=True)
    return slope.square().flatten(1).sum(1)
