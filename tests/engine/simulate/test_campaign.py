import numpy as np
import pytest

from cosmoloom import Cosmology, simulate
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.resume import missing_from
from cosmoloom.simulate.theory import cloud_in_cell_window, compare_with_theory

REDSHIFTS = (3.0, 1.5, 0.5, 0.0)


def plan(**options) -> SimulationPlan:
    return SimulationPlan(
        **{"box_size": 300.0, "n_particles": 64, "redshifts": REDSHIFTS, "n_steps": 8, **options}
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> SimulationStore:
    """A pair of fixed-amplitude boxes, whose mean has little sample variance."""
    made = SimulationStore.create(tmp_path_factory.mktemp("store") / "pair.zarr")
    for name, mirrored in (("0000", False), ("0001", True)):
        simulate_into(made, plan(fixed=True, mirrored=mirrored), name=name)
    return made


def test_large_scale_power_follows_linear_theory_at_every_redshift(store):
    for row in compare_with_theory(store):
        large = row.k < 0.1
        assert large.sum() >= 4
        assert row.power[large] / row.linear[large] == pytest.approx(1.0, abs=0.06), row.redshift


def test_power_grows_as_growth_squared_between_snapshots(store):
    early, *_, late = compare_with_theory(store)
    growth = Cosmology().growth_factor(3.0)
    assert early.power[:3] / late.power[:3] == pytest.approx(growth**2, rel=0.05)


def test_the_mean_density_is_the_cosmic_mean_at_every_redshift(store):
    for run in store:
        for redshift in REDSHIFTS:
            assert run.density(redshift).mean(dtype=np.float64) == pytest.approx(1.0, abs=1e-5)


def test_counts_hold_every_particle(store):
    assert int(store["0000"].counts(0.0).sum()) == 64**3
    assert store["0000"].mean_count == 8.0


def test_a_mirrored_box_is_dense_where_its_partner_is_empty(store):
    coarse = [run.density(3.0).reshape(8, 4, 8, 4, 8, 4).mean(axis=(1, 3, 5)) for run in store]
    assert np.corrcoef(coarse[0].ravel(), coarse[1].ravel())[0, 1] < -0.9


def test_the_window_leaves_all_power_at_large_scales_and_less_towards_nyquist():
    window = cloud_in_cell_window(32)
    assert window[0] == pytest.approx(1.0, abs=0.02)
    assert (np.diff(window) < 0).all()
    assert 0.1 < window[-1] < 0.4


def test_only_what_a_store_lacks_is_simulated(store):
    wanted = [plan(fixed=True), plan(fixed=True, mirrored=True), plan(fixed=True, seed=1)]
    assert missing_from(store, wanted, grid=32) == [("0002", wanted[2])]
    assert [name for name, _ in missing_from(store, wanted, grid=16)] == ["0002", "0003", "0004"]


def test_unlike_boxes_are_not_averaged(tmp_path):
    mixed = SimulationStore.create(tmp_path / "mixed.zarr")
    for name, side in (("0000", 100.0), ("0001", 200.0)):
        small = plan(box_size=side, n_particles=8, redshifts=(0.0,), n_steps=2)
        simulate_into(mixed, small, name=name)
    with pytest.raises(InvalidInputError, match="differ in size"):
        compare_with_theory(mixed)


def test_simulate_returns_one_box_per_redshift_from_early_to_late():
    boxes = simulate(box_size=64, n_particles=16, redshifts=[0, 1], seed=4, n_steps=3)
    assert [(box.redshift, box.n, box.periodic) for box in boxes] == [(1.0, 8, True), (0.0, 8, True)]
    assert boxes[1].density.std() > boxes[0].density.std()


def test_an_impossible_grid_is_refused():
    with pytest.raises(InvalidInputError, match="grid must have 4 to 64 cells"):
        simulate(box_size=64, n_particles=16, grid=100)
