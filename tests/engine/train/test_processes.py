"""Several processes of one training compute what one would: statistics of the batch, gradients, whole trainings."""

from __future__ import annotations

import csv
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from cosmoloom.models import load
from cosmoloom.train.compute import Compute
from cosmoloom.train.loop import Habits, train
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.recipe import FILE, Recipe

HERE = Path(__file__).parent


def run_together(script: Path, *arguments: Path, world: int = 2) -> None:
    """Run a script in several processes, as torchrun does, and wait until all have ended well."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {**os.environ, "WORLD_SIZE": str(world), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    command = [sys.executable, str(script), *map(str, arguments)]
    workers = [
        subprocess.Popen(command, env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}) for rank in range(world)
    ]
    assert [worker.wait(timeout=200) for worker in workers] == [0] * world


def module(path: Path) -> ModuleType:
    """Load a script without running it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_two_processes_compute_the_statistics_and_gradients_of_the_whole_batch(tmp_path: Path) -> None:
    script = HERE / "two_processes.py"
    run_together(script, tmp_path / "together.pt")
    alone, together = module(script).play(Compute()), torch.load(tmp_path / "together.pt", weights_only=True)
    assert alone.keys() == together.keys()
    for name, value in alone.items():  # sums in another order: some units of the last place of numbers of order one
        torch.testing.assert_close(together[name], value, rtol=1e-5, atol=2e-6, msg=name)


@pytest.fixture
def recipes(tiny_boxes: Path, tiny_pairs: PairsRecipe) -> dict[str, Recipe]:
    """Our own recipe, one of log loss and batch normalisation, and one of a Wasserstein loss with gradient penalty."""
    shared = [
        "data.boxes=0001", "data.validation=0002", "data.held_out=0003", "data.n=16", "networks.sizes.latent_size=8",
        "updates.batch=4", "updates.iterations=4", "monitor.every=2", "monitor.samples=4", "monitor.images=false",
        "monitor.gap_every=2", "monitor.gap_steps=1", "monitor.rejection=1",
    ]  # fmt: skip
    small = {
        "feder2020": ["networks.sizes.widths=8,8"],
        "cavezza2022": [
            "data.coarsen=1", "networks.sizes.widths=8,8,8,8,4", "networks.sizes.critic_widths=4,4,8,8,8",
            "updates.critic_steps=2",
        ],
    }  # fmt: skip
    published = {name: resolve(name, store=tiny_boxes, settings=shared + sizes) for name, sizes in small.items()}
    ours = tiny_pairs.model_copy(update={"updates": tiny_pairs.updates.model_copy(update={"batch": 4})})
    return {"pairs": ours, **published}


def test_two_processes_follow_the_curve_of_one(recipes: dict[str, Recipe], tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in recipes}
    for name, recipe in recipes.items():
        folders[name].mkdir()
        (folders[name] / FILE).write_text(recipe.to_toml())
        train(recipe, folders[name] / "alone", name="alone", compute=Compute(), habits=Habits(report_every=1))
    run_together(HERE / "shared_run.py", *folders.values())
    for name, folder in folders.items():
        for table in ("metrics.csv", "contests.csv"):
            one, two = (rows(folder / which / table) for which in ("alone", "together"))
            assert one.keys() == two.keys()
            for column, values in one.items():  # written with five digits; margins are differences of numbers near one
                assert two[column] == pytest.approx(values, rel=2e-4, abs=2e-5), f"{name}: {column}"
        one, two = (
            load(folder / which / "model").sample(seed=1, redshift=0.0).tensor() for which in ("alone", "together")
        )
        torch.testing.assert_close(two, one, rtol=1e-3, atol=1e-4, msg=name)


def rows(path: Path) -> dict[str, list[float]]:
    """Return the columns of a table, but for times."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    return {key: [float(line[key]) for line in lines] for key in lines[0] if key != "seconds_per_step"}
