"""Checkpoints: small files, checked ones, and a whole one at every moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from cosmoloom.errors import BrokenFileError, MissingFileError
from cosmoloom.train import checkpoint
from cosmoloom.train.checkpoint import (
    MANIFEST,
    SINGLE_FILE,
    STATE,
    former_precision,
    load_state,
    read_state,
    save_state,
    save_warm_start,
)
from cosmoloom.train.compute import Compute
from cosmoloom.train.games import make_game
from cosmoloom.train.recipes.pairs import PairsRecipe

CPU = torch.device("cpu")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(checkpoint, "PART", 2**15)
    return 2**15


def test_no_file_is_larger_than_a_part_and_all_come_back(
    tiny_pairs: PairsRecipe, tmp_path: Path, small_parts: int
) -> None:
    game = make_game(tiny_pairs, Compute(precision="bfloat16"))
    save_state(tmp_path, game, 7, remembered={"means": {"critic": 0.5}})
    sizes = [file.stat().st_size for file in (tmp_path / STATE).iterdir()]
    assert len(sizes) > 3
    assert max(sizes) == small_parts
    assert checkpoint.PART * 512 == 16 * 2**20
    before = {key: value.clone() for key, value in game.state()["generator"].items()}
    other = make_game(tiny_pairs.model_copy(update={"seed": 5}), Compute())
    assert load_state(tmp_path, other) == (7, {"means": {"critic": 0.5}})
    assert all(torch.equal(value, before[key]) for key, value in other.state()["generator"].items())
    assert former_precision(tmp_path) == "bfloat16"


def test_a_newer_checkpoint_leaves_no_part_of_the_former(
    tiny_pairs: PairsRecipe, tmp_path: Path, small_parts: int
) -> None:
    game = make_game(tiny_pairs, Compute())
    for iteration in (0, 1):
        save_state(tmp_path, game, iteration)
        game.step(iteration)
    parts = json.loads((tmp_path / STATE / MANIFEST).read_text())["parts"]
    assert {file.name for file in (tmp_path / STATE).iterdir()} == {*parts, MANIFEST}


@pytest.mark.parametrize("harm", ["altered", "shortened", "removed", "manifest"])
def test_a_damaged_checkpoint_is_refused_in_words(
    tiny_pairs: PairsRecipe, tmp_path: Path, small_parts: int, harm: str
) -> None:
    save_state(tmp_path, make_game(tiny_pairs, Compute()), 1)
    part = next((tmp_path / STATE).glob("*.part"))
    content = bytearray(part.read_bytes())
    if harm == "altered":
        content[100] ^= 1
        part.write_bytes(content)
    elif harm == "shortened":
        part.write_bytes(content[:-1])
    elif harm == "removed":
        part.unlink()
    else:
        (tmp_path / STATE / MANIFEST).write_text('{"parts": ')
    with pytest.raises(BrokenFileError, match="move it away"):
        read_state(tmp_path, CPU)


def test_a_state_in_one_file_of_earlier_versions_is_read_and_then_replaced(
    tiny_pairs: PairsRecipe, tmp_path: Path
) -> None:
    game = make_game(tiny_pairs, Compute())
    torch.save({"iteration": 3, **game.state()}, tmp_path / SINGLE_FILE)
    assert load_state(tmp_path, game) == (3, {})
    save_state(tmp_path, game, 3)
    assert not (tmp_path / SINGLE_FILE).exists()
    assert read_state(tmp_path, CPU)["iteration"] == 3


def test_a_warm_start_is_smaller_and_goes_on_without_optimisers(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    game = make_game(tiny_pairs, Compute())
    game.step(0)
    save_state(tmp_path / "all", game, 1)
    save_warm_start(tmp_path / "warm", game, 1)
    sizes = [sum(file.stat().st_size for file in (tmp_path / which / STATE).iterdir()) for which in ("all", "warm")]
    assert sizes[1] < sizes[0] / 4
    fresh = make_game(tiny_pairs, Compute())
    assert load_state(tmp_path / "warm", fresh)[0] == 1
    fresh.step(1)


def test_there_is_nothing_to_go_on_from_in_an_empty_folder(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    assert load_state(tmp_path, make_game(tiny_pairs, Compute())) == (0, {})
    assert former_precision(tmp_path) is None
    with pytest.raises(MissingFileError, match="train there first"):
        read_state(tmp_path, CPU)


def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_writer.py")
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    iterations = [int(line) for line in done.stdout.split()]
    assert len(iterations) == 20
    assert iterations == sorted(set(iterations))  # each child got at least one done
