"""Whatever is wrong with the input: one line on stderr, status 2, no traceback, nothing half-written."""

import shutil
import subprocess
import sys

import numpy as np
import pytest


def assert_refused(outcome, *words):
    assert outcome.status == 2, outcome
    lines = outcome.err.splitlines()
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("error: ")
    assert "Traceback" not in outcome.err + outcome.out
    for word in words:
        assert str(word) in lines[0]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder, which a refused command must leave empty."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], ["No such command 'nonsense'"]),
        (["simulate"], ["Missing argument"]),
        (["sample", "--nonsense"], ["--nonsense"]),
        (["sample", "--seed", "one"], ["--seed"]),
        (["sample", "--seed", "-1"], ["--seed"]),
        (["sample", "--count", "0"], ["--count"]),
    ],
)
def test_wrong_usage(cosmoloom, here, arguments, words):
    assert_refused(cosmoloom(*arguments), *words)


@pytest.mark.parametrize("command", [["statistics", "absent.npy"], ["evaluate", "--store", "absent.zarr"]])
def test_missing_input(cosmoloom, here, command):
    assert_refused(cosmoloom(*command), "absent")


def test_missing_store_names_the_command_that_makes_one(cosmoloom, here):
    assert_refused(cosmoloom("simulate", "absent.zarr", "--boxes", 0, "--check"), "cosmoloom simulate")


def test_truncated_store(cosmoloom, here, tmp_path, small_store):
    broken = tmp_path / "broken.zarr"
    shutil.copytree(small_store, broken)
    chunk = broken / "simulations" / "0000" / "cic" / "c" / "1" / "0" / "0" / "0"
    chunk.write_bytes(chunk.read_bytes()[:100])
    assert_refused(cosmoloom("simulate", broken, "--boxes", 0, "--check"), "damaged at z = 0")
    assert_refused(cosmoloom("statistics", f"{broken}::0000@0"), "damaged at z = 0")


def test_store_without_its_root(cosmoloom, here, tmp_path, small_store):
    broken = tmp_path / "rootless.zarr"
    shutil.copytree(small_store, broken)
    (broken / "zarr.json").write_text('{"zarr_format": 3, "node_ty')
    assert_refused(cosmoloom("simulate", broken, "--boxes", 0, "--check"), "rootless.zarr")


def test_truncated_file(cosmoloom, here, cube):
    cube.write_bytes(cube.read_bytes()[:-200])
    assert_refused(cosmoloom("statistics", cube), "cannot read", "cube.npz")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.ones((8, 8)), ["expected a cube", "(8, 8)"]),
        (np.ones((8, 8, 9)), ["expected a cube", "(8, 8, 9)"]),
        (np.full((8, 8, 8), np.nan), ["512 voxels", "NaN"]),
        (-np.ones((8, 8, 8)), ["negative"]),
    ],
)
def test_wrong_content(cosmoloom, here, tmp_path, array, words):
    np.save(tmp_path / "wrong.npy", array)
    outcome = cosmoloom("statistics", tmp_path / "wrong.npy", "--box-size", 8, "--out", "statistics.json")
    assert_refused(outcome, "wrong.npy", *words)


def test_a_field_without_its_size(cosmoloom, here, tmp_path):
    np.save(tmp_path / "field.npy", np.ones((8, 8, 8)))
    assert_refused(cosmoloom("statistics", tmp_path / "field.npy"), "--box-size")


@pytest.mark.parametrize("command", ["sample", "evaluate", "models"])
def test_unknown_model(cosmoloom, here, small_store, command):
    more = ["--store", small_store] if command == "evaluate" else []
    assert_refused(cosmoloom(command, "web65", *more), "no model and no folder named 'web65'", "bundled models")


def test_damaged_model(cosmoloom, here, tmp_path, tiny_model_folder):
    broken = tmp_path / "broken"
    shutil.copytree(tiny_model_folder, broken)
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert_refused(cosmoloom("sample", broken), "broken")
    weights.unlink()
    assert_refused(cosmoloom("sample", broken), "model.safetensors")


@pytest.mark.parametrize(
    ("option", "value", "limits"),
    [
        ("--redshift", -0.5, "[0, 3]"),
        ("--redshift", 7, "[0, 3]"),
        ("--kappa", 1, "[2, 20]"),
        ("--kappa", 45, "[2, 20]"),
    ],
)
def test_redshift_and_kappa_out_of_range(cosmoloom, here, tiny_model_folder, option, value, limits):
    name = option.removeprefix("--")
    assert_refused(cosmoloom("sample", tiny_model_folder, option, value), f"{name} must lie in {limits}")


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_redshift_that_is_no_number(cosmoloom, here, tiny_model_folder, value):
    assert_refused(cosmoloom("sample", tiny_model_folder, "--redshift", value), "redshift")


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("absent/a.npz", ["cannot write", "no folder absent"]),
        ("/proc/a.npz", ["cannot write"]),
        (".", ["ending in .npy"]),
        ("a.fits", ["ending in .npy"]),
    ],
)
def test_unwritable_output(cosmoloom, here, tiny_model_folder, out, words):
    assert_refused(cosmoloom("sample", tiny_model_folder, "--out", out), *words)


def test_unwritable_statistics(cosmoloom, here, cube):
    for option in ("--out", "--plot"):
        assert_refused(cosmoloom("statistics", cube, option, "absent/a.png"), "no folder absent")


def test_unwritable_store(cosmoloom, here, tmp_path):
    (tmp_path / "file").touch()
    command = ["--particles", 8, "--redshifts", "0"]
    assert_refused(cosmoloom("simulate", tmp_path / "file" / "s.zarr", *command), "cannot write a store")
    assert_refused(cosmoloom("simulate", tmp_path / "file", *command), "no readable Zarr store")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--particles", 17], ["even"]),
        (["--box-size", -1], ["box_size"]),
        (["--redshifts", "3,zero"], ["--redshifts", "3,zero"]),
        (["--redshifts", "3,-1"], ["0 or above"]),
        (["--redshifts", "12,0"], ["later than the start"]),
        (["--grid", 2, "--particles", 16], ["grid"]),
        (["--boxes", 3, "--pair"], ["even"]),
        (["--boxes", -1], ["--boxes"]),
        (["--device", "abacus"], ["no device 'abacus'"]),
    ],
)
def test_impossible_simulations(cosmoloom, here, options, words):
    assert_refused(cosmoloom("simulate", "s.zarr", *options), *words)


def test_the_installed_program_exits_with_status_2(here):
    command = [sys.executable, "-c", "import sys; from cosmoloom.cli.app import main; sys.exit(main())"]
    done = subprocess.run([*command, "models", "web65"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no model")
    assert done.stderr.count("\n") == 1
