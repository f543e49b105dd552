"""Children that write checkpoints without end, and are killed: ``python killed_writer.py FOLDER``.

Prints the iteration that each of them has left, as it is read back.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from cosmoloom.train import checkpoint
from cosmoloom.train.compute import Compute

checkpoint.PART = 2**16


class Weights:
    """All that a checkpoint asks of a game: every weight is the iteration."""

    compute = Compute()

    def __init__(self, iteration: int) -> None:
        self.iteration = iteration

    def state(self) -> dict[str, torch.Tensor]:
        return {"generator": torch.full((100_000,), float(self.iteration))}


if __name__ == "__main__":
    folder, dice = Path(sys.argv[1]), random.Random(1)
    checkpoint.save_state(folder, Weights(0), 0)
    for _ in range(20):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            iteration = int(checkpoint.read_state(folder, torch.device("cpu"))["iteration"])
            while True:
                iteration += 1
                checkpoint.save_state(folder, Weights(iteration), iteration)
                os.write(told, b".")
        for _ in range(dice.randint(1, 3)):
            os.read(heard, 1)
        time.sleep(dice.uniform(0.0, 0.03))  # and now it is somewhere in the next checkpoint
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(heard)
        os.close(told)
        state = checkpoint.read_state(folder, torch.device("cpu"))
        assert state["generator"].unique().tolist() == [float(state["iteration"])]
        sys.stdout.write(f"{state['iteration']}\n")
