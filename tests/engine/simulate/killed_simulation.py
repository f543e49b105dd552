"""Simulate once undisturbed and once killed at random moments; run as ``killed_simulation.py FOLDER SEED KILLS``.

It imports everything once and forks, so that moments fall into the simulation and not into imports; each is a random
time after a random step, as a clock alone would miss on a busy machine.  Writes, as JSON, how many kills hit a run, and
how many runs went on from a snapshot.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.resume import missing_from
from cosmoloom.simulate.unfinished import FOLDER, tidy

GRID = 16
PLANS = [
    SimulationPlan(
        box_size=64.0, n_particles=32, mesh_factor=2, n_steps=16, redshifts=(3.0, 2.0, 1.0, 0.5, 0.0), seed=seed
    )
    for seed in range(4)
]


def simulate_all(path: Path, report: int) -> None:
    store = SimulationStore.create(path)
    tidy(store)
    for name, plan in missing_from(store, PLANS, grid=GRID):
        simulate_into(store, plan, name=name, grid=GRID, on_step=lambda done, total: os.write(report, b"."))
    tidy(store)


def in_a_child(path: Path, *, kill_after: tuple[int, float] | None = None) -> bool:
    """Return whether the child was killed, so many steps and seconds after it began, before it was done."""
    told, report = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        simulate_all(path, report)
        os._exit(0)
    os.close(report)
    steps = 0
    while os.read(told, 1):
        steps += 1
        if kill_after is not None and steps == kill_after[0]:
            time.sleep(kill_after[1])
            os.kill(child, signal.SIGKILL)
            break
    os.close(told)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def main(folder: Path, seed: int, kills: int) -> None:
    torch.set_num_threads(1)
    Cosmology().linear_power([0.1])  # all children inherit it
    began = time.monotonic()
    in_a_child(folder / "whole.zarr")
    step = (time.monotonic() - began) / sum(len(s) - 1 for plan in PLANS for s in plan.scale_factors())
    rng, killed, went_on = np.random.default_rng(seed), 0, 0
    for _ in range(kills):
        went_on += any((folder / "killed.zarr" / FOLDER).glob("*.safetensors"))
        moment = int(rng.integers(1, 9)), float(rng.uniform(0, 2 * step))
        killed += in_a_child(folder / "killed.zarr", kill_after=moment)
    in_a_child(folder / "killed.zarr")
    sys.stdout.write(json.dumps({"killed": killed, "went_on": went_on}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
