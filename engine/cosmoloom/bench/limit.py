"""The least time a network can take: its own operations at the rate of a plain matrix product."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter

import torch

from cosmoloom.nets.conditional import START, GeneratorConfig

KERNEL = 4
"""Taps per axis of every doubling, the sub-pixel layer included (2 inputs for each of 2 phases)."""

REFINING_KERNEL = 3
"""Taps per axis of the residual convolution after every doubling but the last."""


def layer_operations(config: GeneratorConfig) -> dict[str, int]:
    """Return the floating-point operations of each layer for one field, a product and a sum counting two.

    Normalisation, activation and the condition's small network, together below one percent, are left out.
    """
    grid = START
    layers = {"first": 2 * config.coarse_size * config.widths[0] * grid**3}
    for channels, wider in pairwise((*config.widths, 1)):
        layers[f"{grid}^3 to {2 * grid}^3"] = 2 * channels * wider * KERNEL**3 * grid**3
        grid *= 2
        if wider > 1:
            layers[f"refine {grid}^3"] = 2 * wider**2 * REFINING_KERNEL**3 * grid**3
    return layers


class MatrixProduct:
    """A square product whose rate is measured in between other work.

    Parameters
    ----------
    device : str
        Where to multiply.
    dtype : torch.dtype
        Of the factors.
    size : int
        Rows and columns.
    """

    def __init__(self, device: str, dtype: torch.dtype, size: int = 768) -> None:
        generator = torch.Generator().manual_seed(0)
        self._a, self._b = (torch.randn(size, size, generator=generator).to(device, dtype) for _ in range(2))
        self._operations = 2 * size**3

    def rate(self, threads: int, clock: Callable[[], float] = perf_counter) -> float:
        """Multiply once on some threads and return the rate by a clock [operations/s]."""
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        start = clock()
        torch.mm(self._a, self._b)
        if self._a.is_cuda:
            torch.cuda.synchronize()
        seconds = clock() - start
        torch.set_num_threads(before)
        return self._operations / seconds
