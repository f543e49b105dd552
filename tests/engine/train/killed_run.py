"""A training that is ended by SIGKILL: ``python killed_run.py RECIPE FOLDER ITERATION``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import torch

from cosmoloom.train.compute import Compute
from cosmoloom.train.loop import Habits, train
from cosmoloom.train.progress import Progress
from cosmoloom.train.recipes.file import read_recipe

if __name__ == "__main__":
    recipe, folder, iteration = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)

    def die(progress: Progress) -> None:
        if progress.iteration == iteration:
            os.kill(os.getpid(), signal.SIGKILL)

    habits = Habits(checkpoint_minutes=0.0, report_every=1, on_progress=die)
    train(read_recipe(recipe), folder, name="killed", compute=Compute(), habits=habits)
