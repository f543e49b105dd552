"""The noise that simulations began from, found where their matter was."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import cosmoloom as cl
from cosmoloom.data.store import SimulationStore
from cosmoloom.evaluate.restart_spread import true_noise
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SimulationStore:
    store = SimulationStore.create(tmp_path_factory.mktemp("runs") / "boxes.zarr")
    plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=(3.0, 0.0), n_steps=6, seed=1)
    simulate_into(store, plan, name="0001", grid=32)
    return store


@pytest.fixture(scope="module")
def model(tiny_encoder_folder: Path) -> PrimordialModel:
    loaded = cl.load(tiny_encoder_folder)
    assert isinstance(loaded, PrimordialModel)
    return loaded


def likeness(one: torch.Tensor, two: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), two.flatten()]))[0, 1])


def test_volumes_of_a_simulation_began_from_other_parts_of_one_noise(
    model: PrimordialModel, store: SimulationStore
) -> None:
    one, two = (true_noise(model, store["0001"], (at, 0, 0), 3.0) for at in (0, 16))
    assert one.shape == (16, 16, 16)
    assert abs(likeness(one, two)) < 0.1


def test_matter_lies_where_its_noise_was_dense_and_better_so_once_its_flow_is_followed(
    model: PrimordialModel, store: SimulationStore
) -> None:
    followed, left = [], []
    for corner in ((0, 0, 0), (16, 0, 16), (0, 16, 16), (16, 16, 0)):
        x, y, z = (slice(start, start + 16) for start in corner)
        density = torch.from_numpy(store["0001"].density(0.0)[x, y, z].copy()).log1p()
        for found, redshift in ((followed, 0.0), (left, 1000.0)):  # nothing has moved yet at the latter
            noise = true_noise(model, store["0001"], corner, redshift)
            found.append(likeness(*(torch.nn.functional.avg_pool3d(field[None], 2) for field in (noise, density))))
    assert sum(followed) / 4 > 0.2
    assert sum(followed) > sum(left)
