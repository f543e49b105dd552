from dataclasses import replace

import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate import cost
from cosmoloom.simulate.cost import Pace, disk_needed, measure_pace, memory_left, memory_needed, require_memory
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.preset import simulation_set

PLAN = SimulationPlan(box_size=32.0, n_particles=16, mesh_factor=2, n_steps=9, redshifts=(2.0, 0.0))


def test_memory_grows_with_particles_and_with_cells():
    large = replace(PLAN, n_particles=256)
    base = memory_needed(replace(large, mesh_factor=1), 64)
    assert memory_needed(large, 64) > 2 * base
    assert memory_needed(replace(large, n_particles=512), 64) > 6 * memory_needed(large, 64)


def test_memory_holds_at_least_what_a_run_keeps_between_steps():
    """Positions, momenta, the pull, the mesh and its transform, four bytes each."""
    plan = simulation_set("feder2020").plan
    assert memory_needed(plan, 512) > 4 * (9 * 512**3 + 2 * 1024**3)


def test_a_plan_that_does_not_fit_is_refused_with_one_that_does(monkeypatch):
    monkeypatch.setattr(cost, "memory_left", lambda device: 2_000_000_000)
    with pytest.raises(InvalidInputError, match=r"need 7\d\.\d GB of memory, and cpu has 2\.0 GB free") as refused:
        require_memory(simulation_set("perraudin2019").plan, 256, "cpu")
    fitting = int(str(refused.value).split("use at most ")[1].split()[0])
    require_memory(replace(simulation_set("perraudin2019").plan, n_particles=fitting), 256, "cpu")
    monkeypatch.setattr(cost, "memory_left", lambda device: None)  # nobody tells: let it try
    require_memory(simulation_set("perraudin2019").plan, 256, "cpu")


def test_this_machine_tells_its_free_memory():
    left = memory_left("cpu")
    assert left is not None
    assert 1e7 < left < 1e14


def test_disk_counts_both_fields_of_every_snapshot_and_the_particles_in_hand():
    fields = 3 * 2 * (4 + 4) * 8**3
    assert disk_needed(PLAN, 8, 3) == fields + 2 * 24 * 16**3
    assert disk_needed(replace(PLAN, redshifts=(0.0,)), 8, 3) == fields / 2


def test_a_box_costs_its_start_its_steps_before_and_after_refinement_and_its_snapshots():
    n_steps = sum(len(stretch) - 1 for stretch in PLAN.scale_factors())
    assert Pace(start=5.0, coarse_step=1.0, fine_step=1.0, snapshot=10.0).box(PLAN) == 5 + n_steps + 20
    coarse = Pace(start=0.0, coarse_step=1.0, fine_step=0.0, snapshot=0.0).box(PLAN)
    fine = Pace(start=0.0, coarse_step=0.0, fine_step=1.0, snapshot=0.0).box(PLAN)
    assert 0 < coarse < n_steps
    assert coarse + fine == n_steps
    assert Pace(start=0.0, coarse_step=0.0, fine_step=1.0, snapshot=0.0).box(replace(PLAN, mesh_factor=1)) == 0


def test_a_trial_measures_all_parts():
    pace = measure_pace(PLAN, 8, "cpu")
    assert min(pace.start, pace.coarse_step, pace.fine_step, pace.snapshot) > 0
