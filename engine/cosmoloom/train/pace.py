"""How fast a training goes, and what it occupies."""

from __future__ import annotations

import resource
import sys
import time

import torch

REMEMBERED = 50
"""Steps over which the time of one is averaged."""


class Pace:
    """Times the steps of a training, apart from what is done between them.

    Attributes
    ----------
    seconds_per_step : float
        Running mean [s].
    """

    def __init__(self) -> None:
        self.seconds_per_step = 0.0
        self._began = self._mark = time.monotonic()
        self._steps = 0

    def start_step(self) -> None:
        """Begin a step."""
        self._mark = time.monotonic()

    def end_step(self) -> None:
        """End it."""
        self._steps += 1
        seconds = time.monotonic() - self._mark
        self.seconds_per_step += (seconds - self.seconds_per_step) / min(self._steps, REMEMBERED)

    @property
    def minutes(self) -> float:
        """Time since the training was taken up [min]."""
        return (time.monotonic() - self._began) / 60

    def seconds_left(self, steps: int) -> float:
        """Estimate the time of so many more steps with all that is done between them [s]."""
        return steps * 60 * self.minutes / max(1, self._steps)


def memory_used(device: torch.device) -> float:
    """Return the largest memory so far: of the GPU that torch holds, or of the process [MiB]."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (2**20 if sys.platform == "darwin" else 2**10)
