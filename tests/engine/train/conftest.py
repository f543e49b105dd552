"""Tiny simulations and a tiny recipe, of which real trainings of a second are made."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch

from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe

REDSHIFTS = (3.0, 1.0, 0.0)


@pytest.fixture(scope="session")
def tiny_boxes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of three simulations of 32^3 cells at three redshifts."""
    store = SimulationStore.create(tmp_path_factory.mktemp("simulations") / "boxes.zarr")
    for seed in (1, 2, 3):
        plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=REDSHIFTS, n_steps=4, seed=seed)
        simulate_into(store, plan, name=f"{seed:04d}", grid=32)
    return store.path


@pytest.fixture
def tiny_pairs(tiny_boxes: Path) -> PairsRecipe:
    """Our own recipe at the smallest sizes: one box to train on, one for validation, one held out."""
    recipe = resolve(
        "loom32", store=tiny_boxes,
        settings=[
            "data.boxes=0001", "data.validation=0002", "data.held_out=0003", "data.redshifts=3,1,0", "data.n=16",
            "data.coarsen=1", "networks.coarse_size=8", "networks.detail_levels=1", "networks.widths=8,8",
            "networks.critic_widths=8,8", "updates.batch=2", "updates.iterations=4", "monitor.every=0",
        ],
    )  # fmt: skip
    assert isinstance(recipe, PairsRecipe)
    return recipe


@pytest.fixture(scope="session")
def many_boxes(tiny_boxes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of five simulations, as small as they get."""
    store = SimulationStore.create(tmp_path_factory.mktemp("simulations") / "many.zarr")
    for seed in range(1, 6):
        plan = SimulationPlan(box_size=16.0, n_particles=8, redshifts=(0.0,), n_steps=2, seed=seed)
        simulate_into(store, plan, name=f"{seed:04d}", grid=8)
    return store.path


@pytest.fixture(scope="session")
def from_file() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Writes a state and reads it again, as a run that goes on does."""

    def again(state: dict[str, Any]) -> dict[str, Any]:
        file = BytesIO()
        torch.save(state, file)
        file.seek(0)
        loaded: dict[str, Any] = torch.load(file, weights_only=True)
        return loaded

    return again
