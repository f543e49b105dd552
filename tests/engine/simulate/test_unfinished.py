import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import BrokenFileError
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.particle_mesh import Snapshot, evolve
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.resume import missing_from
from cosmoloom.simulate.unfinished import FOLDER, Unfinished, all_unfinished, tidy

PLAN = SimulationPlan(box_size=64.0, n_particles=16, n_steps=6, redshifts=(2.0, 1.0, 0.0))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class StoppedError(Exception):
    """Raised in the middle of a run."""


def stop_after(steps: int):
    def on_step(done: int, total: int) -> None:
        if done == steps:
            raise StoppedError

    return on_step


def steps_to(snapshots: int) -> int:
    return sum(len(stretch) - 1 for stretch in PLAN.scale_factors()[:snapshots])


@pytest.fixture
def stopped(tmp_path) -> SimulationStore:
    """A run that was stopped one step behind its second snapshot."""
    store = SimulationStore.create(tmp_path / "stopped.zarr")
    with pytest.raises(StoppedError):
        simulate_into(store, PLAN, name="0000", on_step=stop_after(steps_to(2) + 1))
    return store


def test_a_store_killed_at_ten_random_moments_is_that_of_an_undisturbed_run_bit_by_bit(tmp_path):
    script = Path(__file__).with_name("killed_simulation.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "5", "10"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["killed"] == 10
    assert told["went_on"] >= 5
    assert files_of(tmp_path / "killed.zarr") == files_of(tmp_path / "whole.zarr")


def test_a_run_goes_on_after_its_last_finished_snapshot(stopped):
    seen = []
    ((name, plan),) = missing_from(stopped, [PLAN], grid=8)
    simulate_into(stopped, plan, name=name, on_step=lambda done, total: seen.append(done))
    assert (name, seen[0]) == ("0000", steps_to(2) + 1)
    assert stopped.names() == ["0000"]
    assert not (stopped.path / FOLDER).exists()


def test_another_plan_does_not_take_the_place_of_one_that_can_go_on(stopped):
    other = SimulationPlan(box_size=64.0, n_particles=16, n_steps=6, redshifts=(0.0,))
    assert missing_from(stopped, [other, PLAN], grid=8) == [("0001", other), ("0000", PLAN)]
    assert missing_from(stopped, [PLAN], grid=16) == [("0001", PLAN)]


def test_particles_come_back_as_they_were(tmp_path):
    store = SimulationStore.create(tmp_path / "s.zarr")
    snapshot, kept = next(evolve(PLAN)), Unfinished.of(store, "0003")
    kept.write(snapshot, PLAN, grid=8)
    back = kept.read()
    assert isinstance(back, Snapshot)
    assert back.redshift == 2.0
    assert torch.equal(back.positions, snapshot.positions)
    assert torch.equal(back.momenta, snapshot.momenta)
    assert kept.belongs_to(PLAN, grid=8)
    assert not kept.belongs_to(PLAN, grid=16)


def test_damaged_particles_are_refused_with_what_to_do(stopped):
    (kept,) = all_unfinished(stopped)
    kept.path.write_bytes(kept.path.read_bytes()[:1000])
    with pytest.raises(BrokenFileError, match="remove it to start that box again"):
        missing_from(stopped, [PLAN], grid=8)


def test_what_killed_writers_leave_behind_is_removed_and_nothing_else(stopped):
    before = files_of(stopped.path)
    draft = stopped.path / FOLDER / ".0000.safetensors.x.partial"
    draft.mkdir()
    (draft / "0000.safetensors").write_bytes(b"half")
    (stopped.path / "simulations" / "0000" / "zarr.123.partial").write_bytes(b"half")
    (stopped.path / "simulations" / "0007" / "cic").mkdir(parents=True)
    tidy(stopped)
    assert files_of(stopped.path) == before
    assert not (stopped.path / "simulations" / "0007").exists()
