"""``cosmoloom statistics`` and ``cosmoloom evaluate`` from the command line."""

import json
import shutil

import numpy as np
import pytest

from cosmoloom import models
from cosmoloom.cli.app import main


@pytest.fixture
def field(tmp_path):
    path = tmp_path / "field.npy"
    np.save(path, np.random.default_rng(0).lognormal(size=(16, 16, 16)).astype(np.float32))
    return path


def test_statistics_prints_a_table_and_writes_numbers_and_a_picture(field, tmp_path, capsys):
    out, plot = tmp_path / "out.json", tmp_path / "out.png"
    arguments = ["--reference", str(field), "--box-size", "16", "--out", str(out), "--plot", str(plot)]
    assert main(["statistics", str(field), *arguments]) == 0
    printed = capsys.readouterr().out
    assert "16^3 of 1 Mpc/h" in printed
    assert "r = 1.000" in printed
    document = json.loads(out.read_text())
    assert set(document["cross"]["correlation"]) == {1.0}
    assert plot.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{field}"], "--box-size"),
        (["nothing.npy", "--box-size", "1"], "nothing.npy"),
        (["{field}", "--box-size", "16", "--neighbourhood", "9"], "neighbourhood"),
        (["{field}", "--box-size", "16", "--out", "nowhere/out.json"], "nowhere"),
    ],
)
def test_statistics_refuses_bad_input_in_one_line(field, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(["statistics", *(text.format(field=field) for text in arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert message in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["field.npy"]


def test_evaluate_prints_a_screen_and_writes_a_report(tiny_model_folder, store, tmp_path, capsys):
    options = ["--store", str(store.path), "--held-out", "0001,0002", "--samples", "4", "--redshifts", "0"]
    assert main(["evaluate", str(tiny_model_folder), *options, "--out", str(tmp_path / "report")]) == 0
    printed = capsys.readouterr().out
    assert "4 samples over 16 sub-volumes of 0001, 0002" in printed
    assert "large-scale power grows" in printed
    assert printed.count("\n") < 30
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"evaluation.html", "evaluation.json", "power.png", "slices.png"} <= names
    assert "correlation.png" not in names  # one redshift alone correlates with nothing


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--store", "nowhere.zarr", "nowhere.zarr"),
        ("--held-out", "0077", "0077"),
        ("--redshifts", "0,soon", "soon"),
        ("--redshifts", "0,nan", "numbers"),
        ("--samples", "3", "at least 4"),
        ("--redshifts", "9", "redshift"),
        ("--kappa", "1e9", "kappa"),
        ("--device", "abacus", "abacus"),
    ],
)
def test_evaluate_refuses_bad_input_in_one_line(
    tiny_model_folder, store, tmp_path, capsys, option, value, message
):
    chosen = {"--store": str(store.path), "--held-out": "0001", "--samples": "4", "--redshifts": "0"}
    chosen |= {"--out": str(tmp_path / "report"), option: value}
    options = [part for pair in chosen.items() for part in pair]
    assert main(["evaluate", str(tiny_model_folder), *options]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert message in printed.err
    assert not list(tmp_path.iterdir())


def test_evaluate_can_record_its_summary_on_the_card(tiny_model_folder, store, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model_folder, folder)
    options = ["--store", str(store.path), "--held-out", "0001", "--samples", "4", "--redshifts", "0", "--record"]
    assert main(["evaluate", str(folder), *options, "--out", str(tmp_path / "report")]) == 0
    assert models.read_card(folder).measured["samples"] == 4
    assert "samples: 4" in (folder / "README.md").read_text()
