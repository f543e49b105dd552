import numpy as np
import pytest
import torch

from cosmoloom.data.batches import Batches
from cosmoloom.data.crops import Crops
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.fresh_crops import FreshCrops
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.preset import SimulationSet

PLAN = SimulationPlan(box_size=32.0, n_particles=16, n_steps=3, redshifts=(1.0, 0.0), seed=3)
BOTH = np.tile(np.arange(2), (5, 1))


def fresh(**options) -> FreshCrops:
    return FreshCrops(SimulationSet(plan=PLAN, boxes=2, grid=8), **{"volumes_per_box": 10, **options})


def test_fresh_crops_are_those_of_the_same_simulations_on_disk(tmp_path):
    store = SimulationStore.create(tmp_path / "s.zarr")
    for plan in SimulationSet(plan=PLAN, boxes=2, grid=8).plans():
        simulate_into(store, plan, name=f"{plan.seed:04d}", grid=8)
    stored, made = Crops(store, store.names(), redshifts=PLAN.redshifts), fresh()
    assert (made.n, made.voxel_size, made.redshifts, made.cosmology, made.dimensions) == (
        stored.n, stored.voxel_size, stored.redshifts, stored.cosmology, stored.dimensions,
    )  # fmt: skip
    drawn, expected = (crops.draw(np.random.default_rng(1), BOTH, n=4) for crops in (made, stored))
    assert np.array_equal(drawn, expected)
    assert all(np.array_equal(a, b) for a, b in zip(made.fields(1), stored.fields(1), strict=True))


def test_the_oldest_box_makes_room_for_a_new_simulation():
    crops = fresh()
    before = crops.fields(1)
    rng = np.random.default_rng(1)
    for _ in range(2):
        crops.draw(rng, BOTH, n=4)
    after = crops.fields(1)
    assert np.array_equal(after[0], before[1])
    assert not np.array_equal(after[1], before[0])
    assert not np.array_equal(after[1], before[1])


def test_drawing_goes_on_from_a_state_as_if_it_had_never_stopped():
    crops, again = fresh(), fresh()
    rng = np.random.default_rng(1)
    for _ in range(5):
        crops.draw(rng, BOTH, n=4)
    again.restore(crops.state())
    later = np.random.default_rng(2)
    expected = [crops.draw(later, BOTH, n=4) for _ in range(3)]
    later = np.random.default_rng(2)
    assert all(np.array_equal(again.draw(later, BOTH, n=4), volumes) for volumes in expected)


def test_batches_draw_from_fresh_simulations():
    crops = fresh()
    with Batches(lambda rng: (crops.draw(rng, BOTH, n=4),), np.random.default_rng(1), ahead=1) as batches:
        (volumes,) = batches.next()
    assert volumes.shape == (5, 2, 4, 4, 4)
    assert torch.isfinite(volumes).all()
    assert volumes.mean() > 0


def test_impossible_crops_are_refused():
    with pytest.raises(InvalidInputError, match="do not fit"):
        fresh().draw(np.random.default_rng(1), BOTH, n=9)
    with pytest.raises(InvalidInputError, match="at least one box"):
        fresh(volumes_per_box=0)
