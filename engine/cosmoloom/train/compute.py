"""How a training computes, apart from what it computes: device, precision, memory layout, shares of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.fast_generator import compute_dtype
from cosmoloom.train.batch_statistics import synchronise
from cosmoloom.train.processes import Processes

Precision = Literal["float32", "bfloat16"]

LAYOUTS = {4: torch.channels_last, 5: torch.channels_last_3d}
"""Memory layouts of the weights of convolutions, by their number of axes."""

NetworkT = TypeVar("NetworkT", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """How the steps of a training are computed.

    Attributes
    ----------
    device : torch.device
        Where networks and batches live.
    precision : str
        Of convolutions and products; weights, losses and statistics are float32 in any case.
    accumulate : int
        Parts into which a process's share of a batch is cut, one after the other, to save memory.  Statistics
        of the batch are then those of a part.
    compiled : bool
        Whether networks are compiled by torch.
    processes : Processes
        Who shares the work.
    """

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: Precision = "float32"
    accumulate: int = 1
    compiled: bool = False
    processes: Processes = field(default_factory=Processes)

    def __post_init__(self) -> None:
        if self.accumulate < 1:
            raise InvalidInputError(f"a batch is cut into 1 part or more, not {self.accumulate}")

    @staticmethod
    def faster_precision(device: torch.device) -> Precision:
        """Return bfloat16 where the device multiplies it faster, which is measured, else float32."""
        return "bfloat16" if compute_dtype(device, "fast") == torch.bfloat16 else "float32"

    def prepare(self, network: NetworkT, *, differentiated_twice: bool = False) -> NetworkT:
        """Return the network as it is trained: on the device, channels-last, compiled where asked.

        Weights keep their names and values.

        Parameters
        ----------
        network : Module
            Changed in place.
        differentiated_twice : bool
            Whether a penalty on its slope is to be differentiated, which compiled code cannot be.
        """
        network.to(self.device)
        for weight in network.parameters():
            if weight.ndim in LAYOUTS:
                weight.data = weight.data.contiguous(memory_format=LAYOUTS[weight.ndim])
        if self.processes.world > 1:
            synchronise(network, self.processes)
        if self.compiled and not differentiated_twice:
            network.compile()
        return network

    def autocast(self) -> torch.autocast:
        """Return the context in which networks run."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16")

    def share(self, batch: Tensor) -> Tensor:
        """Return this process's part of a batch that every process has drawn alike.

        Parts are contiguous, so what belongs together (the redshifts of one volume) stays together.

        Raises
        ------
        InvalidInputError
            If processes would get shares of different sizes.
        """
        size, left = divmod(len(batch), self.processes.world)
        if left:
            raise InvalidInputError(
                f"a batch of {len(batch)} cannot be shared equally among {self.processes.world} processes; "
                "make the batch a multiple of their number"
            )
        return batch[self.processes.rank * size : (self.processes.rank + 1) * size]

    def parts(self, batch: int) -> Iterator[slice]:
        """Yield the parts of a share of so many volumes whose gradients are accumulated.

        The loss of each part counts by its size: ``(stop - start) / batch``.
        """
        if batch < self.accumulate:
            raise InvalidInputError(f"a share of {batch} volumes cannot be cut into {self.accumulate} parts")
        bounds = [batch * part // self.accumulate for part in range(self.accumulate + 1)]
        yield from (slice(start, stop) for start, stop in pairwise(bounds))

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Average gradients over processes, after ``backward`` and before they are clipped or used."""
        self.processes.average_gradients(parameters)

    def mean(self, value: Tensor) -> Tensor:
        """Return the mean over processes of a loss or another mean over shares."""
        return self.processes.mean(value)
