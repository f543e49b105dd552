"""How many volumes a network can make at once in the memory that there is."""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

SHARE = 0.5
"""Part of the free memory that is used by default [1]."""
REUSED = 64 * 2**20
"""Limit on a processor [bytes]: larger blocks are mapped anew for every layer, page by page, which took a fifth of the
time of 16 patches of srivastava2018's M1 at once, while 2 are as fast a patch as 16 would be without."""
HEADROOM = 2.0
"""Working space of convolutions, over their input and output [1]."""


def free_bytes(device: torch.device) -> int:
    """Return the memory that is free on a device [bytes]."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@torch.inference_mode()
def affordable_batch(network: nn.Module, *inputs: Tensor, memory: int | None = None) -> int:
    """Return the largest batch that fits, at least 1.

    The network runs once, and the layer that reads and writes most decides.

    Parameters
    ----------
    network : Module
        What will run.
    inputs : Tensor, shape (1, ...)
        An example of what it will be given.
    memory : int, optional
        To be used at most [bytes]; by default half of what is free, and on a processor no more than it reuses.
    """
    largest = 0

    def look(_layer: nn.Module, given: tuple[object, ...], made: object) -> None:
        nonlocal largest
        largest = max(largest, sum(t.nbytes for t in (*given, made) if isinstance(t, Tensor)))

    hooks = [layer.register_forward_hook(look) for layer in network.modules()]
    try:
        network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    device = inputs[0].device
    spare = SHARE * free_bytes(device)
    allowed = float(memory) if memory is not None else min(spare, REUSED) if device.type == "cpu" else spare
    return max(1, int(allowed / (HEADROOM * max(1, largest))))
