"""A small store of real simulations."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan

REDSHIFTS = (3.0, 1.0, 0.5, 0.0)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> SimulationStore:
    """Three boxes of 32^3 voxels of 1 Mpc/h: 0000 to train on, 0001 and 0002 held out."""
    path: Path = tmp_path_factory.mktemp("stores") / "boxes.zarr"
    store = SimulationStore.create(path)
    for seed in range(3):
        plan = SimulationPlan(box_size=32.0, n_particles=32, redshifts=REDSHIFTS, n_steps=8, seed=seed)
        simulate_into(store, plan, name=f"{seed:04d}", grid=32)
    return SimulationStore.open(path)
