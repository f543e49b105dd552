import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.data.store import SimulationStore

TINY = ["--particles", 16, "--box-size", 64, "--steps", 3, "--redshifts", "1,0"]


def test_version(cosmoloom):
    outcome = cosmoloom("--version")
    assert (outcome.status, outcome.out) == (0, f"cosmoloom {cl.__version__}\n")


def test_help_names_every_command(cosmoloom):
    shown = cosmoloom("--help")
    assert shown.status == 0
    for command in ("explore", "sample", "simulate", "train", "evaluate", "statistics", "models", "bench"):
        assert command in shown.out
        assert cosmoloom(command, "--help").status == 0


@pytest.mark.parametrize("suffix", ["npy", "npz", "h5", "zarr"])
def test_a_sample_opens_as_the_box_that_was_drawn(cosmoloom, tmp_path, tiny_model_folder, suffix):
    out = tmp_path / f"a.{suffix}"
    command = ["sample", tiny_model_folder, "--seed", 4, "--redshift", 0.5, "--kappa", 8, "--out", out]
    assert cosmoloom(*command).status == 0
    drawn = cl.load(tiny_model_folder).sample(seed=4, redshift=0.5, kappa=8)
    box = cl.open(out, box_size=16.0 if suffix == "npy" else None)
    assert box.density == pytest.approx(drawn.density, rel=1e-6)
    assert box.box_size == 16.0
    assert box.redshift == (None if suffix == "npy" else 0.5)


def test_several_samples_count_their_seeds_up(cosmoloom, tmp_path, tiny_model_folder):
    out = tmp_path / "a.h5"
    assert cosmoloom("sample", tiny_model_folder, "--seed", 4, "--count", 3, "--out", out).status == 0
    third = cl.load(tiny_model_folder).sample(seed=6)
    assert cl.open(f"{out}::2").density == pytest.approx(third.density, rel=1e-6)


def test_models_shows_ranges_and_where_a_model_was_trained(cosmoloom, tiny_model_folder):
    assert cosmoloom("models").status == 0
    shown = cosmoloom("models", tiny_model_folder)
    assert shown.status == 0
    assert "tiny16" in shown.out
    assert "0 to 3" in shown.out


def test_simulate_resumes_and_appends(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    assert "1 to simulate" in cosmoloom("simulate", store, *TINY).out
    again = cosmoloom("simulate", store, *TINY, "--boxes", 3)
    assert "1 of 3 boxes are there, 2 to simulate" in again.out
    assert [run.seed for run in SimulationStore.open(store)] == [0, 1, 2]
    assert "0 to simulate" in cosmoloom("simulate", store, *TINY, "--boxes", 3).out


def test_pairs_share_a_seed_and_mirror_each_other(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    cosmoloom("simulate", store, *TINY, "--boxes", 4, "--pair", "--fixed", "--seed", 9)
    plans = [run.group.attrs["plan"] for run in SimulationStore.open(store)]
    assert [(p["seed"], p["mirrored"], p["fixed"]) for p in plans] == [
        (9, False, True),
        (9, True, True),
        (10, False, True),
        (10, True, True),
    ]


def test_check_compares_with_theory_and_draws_it(cosmoloom, small_store):
    outcome = cosmoloom("simulate", small_store, "--boxes", 0, "--check")
    assert outcome.status == 0, outcome.err
    assert "mean of 2 boxes" in outcome.out
    assert (small_store / "theory.png").stat().st_size > 10_000


def test_an_interrupted_simulation_keeps_its_complete_boxes(tmp_path):
    store = tmp_path / "s.zarr"
    code = (  # a test run in the background ignores Ctrl-C, and its children with it
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from cosmoloom.cli.app import main; sys.exit(main())"
    )
    options = ["--boxes", "500", "--particles", "16", "--redshifts", "0", "--steps", "2"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, "simulate", str(store), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (store / "simulations" / "0002").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert err == "interrupted\n"
    kept = SimulationStore.open(store)
    assert len(kept) >= 2
    assert f"keeps its {len(kept)} complete boxes" in out
    assert all(np.isfinite(run.density(0.0)).all() for run in kept)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("where", "erases"), [({}, True), ({"JPY_PARENT_PID": "1"}, False)])
def test_bars_move_in_a_terminal_and_are_left_out_in_a_notebook(tmp_path, where, erases):
    import pty

    surroundings = {key: value for key, value in os.environ.items() if key != "JPY_PARENT_PID"}
    command = [sys.executable, "-c", "from cosmoloom.cli.app import main; main()", "simulate", str(tmp_path / "a.zarr")]
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [*command, "--boxes", "1", "--box-size", "32", "--particles", "16", "--grid", "16", "--redshifts", "0"],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**surroundings, "TERM": "xterm", **where},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux says so when the other side has closed
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert run.wait() == 0
    assert (b"\x1b[" in shown) == erases
