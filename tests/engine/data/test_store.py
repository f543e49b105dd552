from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError, UnwritableError
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan


def plan(seed: int = 0) -> SimulationPlan:
    return SimulationPlan(box_size=20.0, n_particles=8, redshifts=(1.0, 0.0), n_steps=2, seed=seed)


@pytest.fixture
def store(tmp_path) -> SimulationStore:
    made = SimulationStore.create(tmp_path / "boxes.zarr")
    simulate_into(made, plan(), name="0000", grid=8)
    return made


def chunk_of(store: SimulationStore, array: str) -> Path:
    """The file of the second snapshot."""
    return store.path / "simulations" / "0000" / array / "c" / "1" / "0" / "0" / "0"


def test_what_was_simulated_is_read_back(store):
    run = SimulationStore.open(store.path)["0000"]
    assert (run.box_size, run.n, run.redshifts, run.seed, run.mean_count) == (20.0, 8, (1.0, 0.0), 0, 1.0)
    assert run.cosmology == plan().cosmology
    assert int(run.counts(0.0).sum()) == 512
    box = run.box(1.0)
    assert (box.box_size, box.redshift, box.periodic, box.label) == (20.0, 1.0, True, "simulation 0000")


def test_units_cosmology_and_plan_are_written_down(store):
    group = SimulationStore.open(store.path)["0000"].group
    assert group.attrs["plan"]["n_steps"] == 2
    assert group.attrs["cosmology"] == plan().cosmology.as_dict()
    assert "Mpc/h" in group.store_path.store.root.joinpath("zarr.json").read_text()


def test_a_store_grows(store):
    simulate_into(SimulationStore.create(store.path), plan(seed=1), name="0001", grid=8)
    assert store.names() == ["0000", "0001"]
    assert [run.seed for run in store] == [0, 1]


def test_an_interrupted_run_is_invisible_and_replaced_by_the_next(store):
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_into(store, plan(seed=7), name="0001", grid=8, on_step=interrupt)
    again = SimulationStore.open(store.path)
    assert again.names() == ["0000"]
    with pytest.raises(InvalidInputError, match="no complete simulation '0001'"):
        again["0001"]
    simulate_into(store, plan(seed=8), name="0001", grid=8)
    assert SimulationStore.open(store.path)["0001"].seed == 8


def test_a_flipped_byte_is_noticed(store):
    chunk = chunk_of(store, "cic")
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(BrokenFileError, match="damaged at z = 0"):
        store["0000"].density(0.0)
    assert np.isfinite(store["0000"].density(1.0)).all()


def test_a_truncated_chunk_is_noticed(store):
    chunk = chunk_of(store, "cic")
    chunk.write_bytes(chunk.read_bytes()[:-20])
    with pytest.raises(BrokenFileError, match="damaged"):
        store["0000"].density(0.0)


@pytest.mark.parametrize(("array", "read"), [("cic", "density"), ("ngp", "counts")])
def test_a_missing_chunk_is_noticed(store, array, read):
    chunk_of(store, array).unlink()
    with pytest.raises(BrokenFileError, match="lacks its"):
        getattr(store["0000"], read)(0.0)


def test_an_unknown_redshift_names_the_known_ones(store):
    with pytest.raises(InvalidInputError, match=r"snapshots at z = 1, 0, not at 0.3"):
        store["0000"].density(0.3)


def test_a_missing_store_is_told_from_a_broken_one(tmp_path):
    with pytest.raises(MissingFileError, match="cosmoloom simulate"):
        SimulationStore.open(tmp_path / "nothing.zarr")
    (tmp_path / "file.zarr").write_text("no store")
    with pytest.raises(BrokenFileError, match="no readable Zarr store"):
        SimulationStore.open(tmp_path / "file.zarr")


def test_another_zarr_store_is_never_written_to(tmp_path):
    import zarr

    zarr.open_group(tmp_path / "mine.zarr", mode="w").attrs["format"] = "mine"
    with pytest.raises(BrokenFileError, match="not one written by cosmoloom"):
        SimulationStore.create(tmp_path / "mine.zarr")


def test_a_folder_of_other_things_is_never_written_to(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    with pytest.raises(BrokenFileError):
        SimulationStore.create(tmp_path / "letters")
    assert [file.name for file in (tmp_path / "letters").iterdir()] == ["a.txt"]


def test_a_store_cannot_be_made_below_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnwritableError):
        SimulationStore.create(tmp_path / "file" / "boxes.zarr")


def test_a_plan_is_plain_enough_for_json():
    import json

    assert json.loads(json.dumps(asdict(plan())))["redshifts"] == [1.0, 0.0]


def test_a_file_that_is_being_written_is_no_simulation(store, recwarn):
    (store.path / "simulations" / "zarr.0f.partial").write_text("{")  # as zarr leaves for a moment, or when killed
    assert store.names() == ["0000"]
    assert store.name_for({}) == "0001"
    assert not recwarn.list
