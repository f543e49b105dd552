"""The next batches of a training, drawn while it works on the last, in the order in which it would draw them itself.

The random numbers of batches come from a generator that nothing else uses, so a batch does not depend on when it is
drawn.  What is remembered for a training that goes on later is the state after the last batch *used*.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Draw = Callable[[np.random.Generator], Sequence[NDArray[Any]]]
"""Draws one batch: arrays such as densities and their conditions."""
Batch = tuple[Tensor, ...]


class Batches:
    """Batches on a device, some of them drawn ahead by a thread.

    Parameters
    ----------
    draw : callable
        Makes one batch of the random numbers that it is given, and of nothing else that changes.
    rng : numpy Generator
        Of the batches alone.
    ahead : int
        Batches kept ready; 0 draws each when it is asked for, without a thread.
    device : torch.device or str
        Where batches are wanted.  To a GPU they go from pinned memory, while it still computes.
    """

    def __init__(
        self, draw: Draw, rng: np.random.Generator, *, ahead: int = 2, device: torch.device | str = "cpu"
    ) -> None:
        self._draw, self._rng, self._ahead = draw, rng, ahead
        self._device = torch.device(device)
        self._used = _state(rng)
        self._drawer: _Drawer | None = None

    def next(self) -> Batch:
        """Return the next batch.

        Raises
        ------
        Exception
            Whatever drawing it raised.
        """
        if self._ahead == 0:
            batch, state = _drawn(self._draw, self._rng, pinned=self._device.type == "cuda")
        else:
            if self._drawer is None:
                self._drawer = _Drawer(self._draw, self._rng, self._ahead, pinned=self._device.type == "cuda")
                weakref.finalize(self, self._drawer.stop)  # also at the end of the program
            batch, state = self._drawer.take()
        self._used = state
        return tuple(part.to(self._device, non_blocking=True) for part in batch)

    def state(self) -> dict[str, Any]:
        """Return the state of the random numbers after the batches used so far, for :meth:`restore`."""
        return deepcopy(self._used)

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with the batch that would have followed when the state was taken."""
        self._used = deepcopy(state)
        self.close()

    def close(self) -> None:
        """Stop drawing and forget what is ahead; the next batch is still the one that would have come."""
        if self._drawer is not None:
            self._drawer.stop()
            self._drawer = None
        self._rng.bit_generator.state = self._used

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Drawer:
    """A thread that draws until enough is ready, and the shelf between it and who takes batches."""

    def __init__(self, draw: Draw, rng: np.random.Generator, ahead: int, *, pinned: bool) -> None:
        self._draw, self._rng, self._ahead, self._pinned = draw, rng, ahead, pinned
        self._changed = Condition()
        self._ready: deque[tuple[Batch, dict[str, Any]]] = deque()
        self._error: Exception | None = None
        self._stopped = False
        self._thread = Thread(target=self._run, name="batches", daemon=True)
        self._thread.start()

    def take(self) -> tuple[Batch, dict[str, Any]]:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._error is not None)
            if not self._ready and self._error is not None:
                raise self._error
            self._changed.notify()
            return self._ready.popleft()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or len(self._ready) < self._ahead)
                if self._stopped:
                    return
            try:
                drawn = _drawn(self._draw, self._rng, pinned=self._pinned)
            except Exception as error:  # noqa: BLE001  whatever it is, it belongs to who asks for the batch
                with self._changed:
                    self._error = error
                    self._changed.notify()
                return
            with self._changed:
                self._ready.append(drawn)
                self._changed.notify()


def _drawn(draw: Draw, rng: np.random.Generator, *, pinned: bool) -> tuple[Batch, dict[str, Any]]:
    """Return a batch on the CPU and the state of the random numbers after it."""
    batch = tuple(torch.from_numpy(np.ascontiguousarray(part)) for part in draw(rng))
    return tuple(part.pin_memory() for part in batch) if pinned else batch, _state(rng)


def _state(rng: np.random.Generator) -> dict[str, Any]:
    return deepcopy(dict(rng.bit_generator.state))
