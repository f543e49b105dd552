"""Several processes of one training, as started by torchrun: who leads, and what they compute together.

Every process draws the whole batch from the same seeds and computes its share of it; the sums here join the
shares.  They can be differentiated, twice if need be: a statistic of the whole batch then has the gradient
that one process would find, once gradients are averaged.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed.nn.functional  # keeps the group that there is when it is imported: none yet
from torch import Tensor, distributed, nn

PATIENCE = timedelta(hours=2)
"""How long a process waits for the others: the first one may be measuring samples."""


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of one training, seen from one of them.

    Attributes
    ----------
    rank : int
        Number of this process, from 0.
    world : int
        How many there are.
    """

    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes files and talks to the user."""
        return self.rank == 0

    def sum(self, value: Tensor) -> Tensor:
        """Return the sum of a tensor over all processes; differentiable."""
        return value if self.world == 1 else _Sum.apply(value)  # type: ignore[no-untyped-call]

    def mean(self, value: Tensor) -> Tensor:
        """Return the mean of a tensor over all processes; differentiable."""
        return value if self.world == 1 else self.sum(value) / self.world

    def gather(self, share: Tensor) -> Tensor:
        """Return the shares of all processes, joined along the first axis in order of rank; differentiable."""
        if self.world == 1:
            return share
        empty = share.new_zeros(share.shape)
        return self.sum(torch.cat([share if rank == self.rank else empty for rank in range(self.world)]))

    @torch.no_grad()
    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace gradients by their mean over processes, after ``backward``."""
        if self.world == 1:
            return
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if not gradients:
            return
        joined = torch.cat([gradient.flatten() for gradient in gradients])  # one message, not hundreds
        distributed.all_reduce(joined)
        joined /= self.world
        for gradient, mean in zip(gradients, joined.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(mean.view(gradient.shape))

    def any(self, wish: bool, device: torch.device) -> bool:
        """Tell whether any process wishes something, so that all do the same."""
        if self.world == 1:
            return wish
        return bool(self.sum(torch.tensor(float(wish), device=device)) > 0)


@contextmanager
def joined(device: torch.device) -> Iterator[tuple[Processes, torch.device]]:
    """Join the processes that torchrun has started, and leave them at the end.

    Parameters
    ----------
    device : torch.device
        "cuda" becomes the GPU of this process's number on its machine; gloo joins CPUs, nccl GPUs.

    Yields
    ------
    (Processes, torch.device)
        One process on the device as it is, where torchrun has started none.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Processes(), device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Processes(distributed.get_rank(), world), device
    finally:
        distributed.destroy_process_group()


class _Sum(torch.autograd.Function):
    """Sum over processes; the gradient of a sum that all processes use is the sum of their gradients."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:  # noqa: ARG004
        total = value.detach().clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:  # noqa: ARG004
        return _Sum.apply(gradients[0])  # type: ignore[no-untyped-call]
