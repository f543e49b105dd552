"""Floating-point operations of any computation, counted while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import conv_flop_count, flop_registry


class _Counter(TorchDispatchMode):
    """Adds up what every operation costs.

    torch's own ``FlopCounterMode`` also follows modules, by hooks that gradients of gradients do not survive.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        operation = func._overloadpacket  # noqa: SLF001  the registry's keys
        cost = flop_registry.get(operation)
        if cost is None:
            with self:  # without gradients, operations arrive in one piece that are made of others
                parts = func.decompose(*args, **(kwargs or {}))
            if parts is not NotImplemented:
                return parts
        result = func(*args, **(kwargs or {}))
        if operation is torch.ops.aten.mkldnn_convolution:  # oneDNN's own name, which the registry does not know
            field, kernel = args[:2]
            self.total += conv_flop_count(list(field.shape), list(kernel.shape), list(result.shape))
        elif cost is not None:
            self.total += cost(*args, **(kwargs or {}), out_val=result)
        return result


def count_operations(work: Callable[[], object]) -> int:
    """Return the operations of all matrix products and convolutions, forward and backward; a product and sum are two.

    Compiled networks hide what they do: count those that are not.

    Parameters
    ----------
    work : callable
        Called once.
    """
    with _Counter() as counter:
        work()
    return int(counter.total)
