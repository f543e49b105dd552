"""The benchmark of large volumes counts what a network does, and measures the volume that weaving makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cosmoloom.bench.weaving import measure_weaving
from cosmoloom.cli.app import main
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.multiscale.landed import put_together


def test_operations_are_those_of_the_convolutions(refiner_folder: Path) -> None:
    report = measure_weaving([str(refiner_folder)] * 2, 8, tile=16)
    assert [(stage.n, stage.pieces) for stage in report.stages] == [(16, 1), (32, 8)]
    entry, last, grain, interpolation = (27 * a * b for a, b in ((9, 4), (4, 8), (8, 8), (1, 8)))
    small = 2 * 4 * (2 + 4 + 8 + 8)  # layers that read the conditions: a few hundred operations
    per_tile = 2 * (entry * 10**3 + (last + grain + interpolation) * 8**3)
    assert report.stages[0].operations == pytest.approx(per_tile, abs=5 * small)
    assert report.stages[1].operations == 8 * report.stages[0].operations
    assert all(stage.seconds > 0 and stage.share_of_limit > 0 for stage in report.stages)
    assert report.stages[0].peak_memory <= report.stages[1].peak_memory


def test_pieces_are_those_of_a_volume_that_keeps_the_mass(refiner_folder: Path) -> None:
    pieces = []
    measure_weaving([str(refiner_folder)] * 2, 8, tile=16, on_piece=pieces.append)
    coarse, fine = (put_together(pieces, scale=scale) for scale in (1, 2))
    assert block_mean(fine, 2) == pytest.approx(coarse, rel=1e-4)


def test_the_command_prints_a_table_and_writes_numbers_and_volume(
    refiner_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, store = tmp_path / "numbers.json", tmp_path / "volume.zarr"
    options = ["--by", str(refiner_folder), "--start", "8", "--store", str(store), "--out", str(out)]
    assert main(["bench", "weaving", *options]) == 0
    assert "16^3" in capsys.readouterr().out
    (stage,) = json.loads(out.read_text())["stages"]
    assert stage["n"] == 16
    assert (tmp_path / "volume.zarr.partial").exists()


def test_kinds_are_not_mixed(refiner_folder: Path) -> None:
    with pytest.raises(InvalidInputError, match="one volume is made by one kind"):
        measure_weaving([str(refiner_folder), "primordial64"], 8)
    with pytest.raises(InvalidInputError, match="makes whole volumes"):
        measure_weaving(["primordial64"], 8)
