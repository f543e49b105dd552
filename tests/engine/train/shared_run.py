"""One process of trainings that several share: ``python shared_run.py FOLDER ...``, in torchrun's environment.

Each folder holds a recipe; what is left of its training lies in ``together`` beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from cosmoloom.train.compute import Compute
from cosmoloom.train.loop import Habits, train
from cosmoloom.train.processes import joined
from cosmoloom.train.recipes.file import read_recipe
from cosmoloom.train.recipes.recipe import FILE

if __name__ == "__main__":
    torch.set_num_threads(1)
    with joined(torch.device("cpu")) as (processes, device):
        compute = Compute(device=device, processes=processes)
        for folder in map(Path, sys.argv[1:]):
            habits = Habits(report_every=1)
            train(read_recipe(folder / FILE), folder / "together", name="shared", compute=compute, habits=habits)
