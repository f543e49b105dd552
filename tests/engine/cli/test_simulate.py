from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate import cost

SMALL = ["--particles", 16, "--box-size", 32, "--steps", 3, "--redshifts", "1,0"]


def test_the_cost_is_stated_before_anything_is_simulated(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    told = cosmoloom("simulate", store, *SMALL).out.splitlines()
    cost_line = next(i for i, line in enumerate(told) if line.startswith("memory"))
    box_line = next(i for i, line in enumerate(told) if line.startswith("box 0000"))
    assert cost_line < box_line
    assert all(word in told[cost_line] for word in ("GB on cpu", "disk up to", "time about"))


def test_an_estimate_leaves_nothing_behind(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    told = cosmoloom("simulate", store, "--preset", "laptop", *SMALL, "--estimate")
    assert told.status == 0
    assert "12 boxes of 32 Mpc/h with 16^3 particles, forces on 32^3 cells, 2 snapshots of 8^3 voxels" in told.out
    assert not store.exists()


def test_too_little_memory_is_one_clear_error_before_a_store_is_made(cosmoloom, tmp_path, monkeypatch):
    monkeypatch.setattr(cost, "memory_left", lambda device: 10**9)
    refused = cosmoloom("simulate", tmp_path / "s.zarr", "--preset", "feder2020")
    assert refused.status == 2
    assert "512^3 particles on a force mesh of 1024^3 cells need" in refused.err
    assert len(refused.err.splitlines()) == 1
    assert not (tmp_path / "s.zarr").exists()


def test_a_preset_runs_with_what_options_change(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    options = ["--preset", "perraudin2019", "--boxes", 2, "--particles", 16, "--steps", 3, "--sigma-8", 0.7, "--free"]
    assert cosmoloom("simulate", store, *options).status == 0
    runs = list(SimulationStore.open(store))
    assert [run.seed for run in runs] == [0, 1]
    assert {(run.box_size, run.n, run.mean_count) for run in runs} == {(350.0, 4, 64.0)}
    assert (runs[0].cosmology.sigma_8, runs[0].cosmology.Omega_m) == (0.7, 0.276)


def test_an_unknown_preset_is_refused(cosmoloom, tmp_path):
    refused = cosmoloom("simulate", tmp_path / "s.zarr", "--preset", "nonsense")
    assert refused.status == 2
    assert "there are: feder2020" in refused.err
