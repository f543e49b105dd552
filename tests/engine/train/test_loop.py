"""Trainings as a whole: exact resume, graceful stops, what lies in a run's folder, several processes."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.models import load
from cosmoloom.train.checkpoint import PART, read_state
from cosmoloom.train.compute import Compute
from cosmoloom.train.loop import Habits, train
from cosmoloom.train.progress import Outcome, Progress
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.recipe import FILE

STEPS = 30


class WreckError(Exception):
    """What may go wrong in a training."""


@pytest.fixture
def deterministic() -> Iterator[None]:
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def changed(recipe: PairsRecipe, **sections: dict[str, Any]) -> PairsRecipe:
    """Return a recipe with some entries replaced."""
    updates = {name: getattr(recipe, name).model_copy(update=values) for name, values in sections.items()}
    return recipe.model_copy(update=updates)


def interrupted_at(iteration: int, how: str, recipe: PairsRecipe, folder: Path) -> None:
    """Take a training up and end it after so many steps in one of the ways in which trainings end."""
    if how == "SIGKILL":
        script = Path(__file__).with_name("killed_run.py")
        command = [sys.executable, str(script), str(folder / FILE), str(folder), str(iteration)]
        assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGKILL
        return

    def end(progress: Progress) -> None:
        if progress.iteration < iteration:
            return
        if how == "exception":
            raise WreckError
        os.kill(os.getpid(), getattr(signal, how))

    habits = Habits(checkpoint_minutes=0.0, report_every=1, on_progress=end)
    if how == "exception":
        with pytest.raises(WreckError):
            train(recipe, folder, name="halves", compute=Compute(), habits=habits)
        return
    outcome = train(recipe, folder, name="halves", compute=Compute(), habits=habits)
    assert (outcome.iteration, outcome.interrupted, outcome.finished) == (iteration, True, False)


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of nested dictionaries and lists."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in flat(inner, f"{path}/{key}").items()}
    if isinstance(value, list | tuple):
        return {k: v for i, inner in enumerate(value) for k, v in flat(inner, f"{path}/{i}").items()}
    return {path: value}


def rows(path: Path, *, without: tuple[str, ...] = ()) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [{key: value for key, value in row.items() if key not in without} for row in csv.DictReader(file)]


def test_ten_interruptions_at_random_steps_change_nothing(
    tiny_pairs: PairsRecipe, tmp_path: Path, deterministic: None
) -> None:
    recipe = changed(tiny_pairs, updates={"iterations": STEPS}, monitor={"every": 10, "samples": 4, "images": False})
    dice = random.Random(20)
    moments = sorted(dice.sample(range(1, STEPS), 10))
    ways = ["SIGKILL", *(dice.choice(("SIGINT", "SIGTERM", "exception")) for _ in moments[1:])]
    dice.shuffle(ways)
    assert set(ways) == {"SIGKILL", "SIGINT", "SIGTERM", "exception"}
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    train(recipe, whole, name="whole", compute=Compute(), habits=Habits(report_every=1))
    pieces.mkdir()
    (pieces / FILE).write_text(recipe.to_toml())
    for moment, way in zip(moments, ways, strict=True):
        interrupted_at(moment, way, recipe, pieces)
    train(recipe, pieces, name="pieces", compute=Compute(), habits=Habits(report_every=1))
    expected, found = (flat(read_state(folder, torch.device("cpu"))) for folder in (whole, pieces))
    assert expected.keys() == found.keys()
    for key, value in expected.items():
        same = torch.equal(value, found[key]) if isinstance(value, torch.Tensor) else value == found[key]
        assert same, key
    for table in ("metrics.csv", "validation.csv"):
        uninterrupted, resumed = (rows(folder / table, without=("seconds_per_step",)) for folder in (whole, pieces))
        assert uninterrupted == resumed


def test_a_run_leaves_what_its_description_says(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    recipe = changed(tiny_pairs, monitor={"every": 2, "samples": 4, "rejection": 1, "gap_every": 4, "gap_steps": 1})
    seen: list[Progress] = []
    outcome = train(
        recipe, tmp_path, name="tiny", compute=Compute(), habits=Habits(report_every=2, on_progress=seen.append)
    )
    assert outcome.finished
    assert outcome.card is not None
    assert outcome.card.training["iterations_done"] == 4
    assert {path.name for path in tmp_path.iterdir()} == {
        "recipe.toml", "metrics.csv", "validation.csv", "contests.csv", "state", "model", "best", "checkpoints",
        "images", "warm_start",
    }  # fmt: skip
    looks = ["0000000", "0000002", "0000004"]
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == looks
    assert sorted(path.stem for path in (tmp_path / "images").iterdir()) == looks
    for folder in ("model", "best", "checkpoints/0000002"):
        assert load(tmp_path / folder).sample(seed=1, redshift=0.0).n == 16
    assert [row["iteration"] for row in rows(tmp_path / "metrics.csv")] == ["2", "4"]
    assert [(row["iteration"], row["redshift"]) for row in rows(tmp_path / "validation.csv")] == [
        (iteration, redshift) for iteration in "024" for redshift in "310"
    ]
    seen_rows = rows(tmp_path / "validation.csv")
    scores = {n: sum(float(row["score"]) for row in seen_rows if row["iteration"] == n) for n in "024"}
    assert str(load(tmp_path / "best").card.training["iterations_done"]) == min(scores, key=lambda n: scores[n])
    gaps = [row["gap"] for row in rows(tmp_path / "contests.csv")]
    assert gaps[0] == ""
    assert float(gaps[1]) > 0
    assert max(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= PART
    last = seen[-1]
    assert last.look is not None
    assert last.look.iteration == 4
    assert last.volumes_per_second > 0
    assert last.memory > 0


def test_looking_changes_no_weight(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    watched = changed(
        tiny_pairs, monitor={"every": 1, "samples": 4, "images": False, "rejection": 1, "gap_every": 2, "gap_steps": 1}
    )
    for recipe, folder in ((tiny_pairs, "blind"), (watched, "watched")):
        train(recipe, tmp_path / folder, name=folder, compute=Compute())
    blind, seeing = (flat(read_state(tmp_path / folder, torch.device("cpu"))) for folder in ("blind", "watched"))
    weights = [key for key in blind if key.startswith(("/generator", "/critic", "/average"))]
    assert weights
    assert all(torch.equal(blind[key], seeing[key]) for key in weights if isinstance(blind[key], torch.Tensor))


def test_without_validation_boxes_models_are_kept_and_nothing_is_compared(
    tiny_pairs: PairsRecipe, tmp_path: Path
) -> None:
    recipe = changed(tiny_pairs, data={"validation": ()}, monitor={"every": 2})
    train(recipe, tmp_path, name="tiny", compute=Compute())
    assert len(list((tmp_path / "checkpoints").iterdir())) == 3
    assert not (tmp_path / "best").exists()
    assert not (tmp_path / "validation.csv").exists()


def test_a_training_stops_when_its_time_is_over_and_goes_on_later(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    def up_to(minutes: float | None) -> Outcome:
        return train(tiny_pairs, tmp_path, name="tiny", compute=Compute(), habits=Habits(max_minutes=minutes))

    first = up_to(0.0)
    assert (first.iteration, first.finished, first.interrupted) == (1, False, False)
    assert load(tmp_path / "model").card.training["iterations_done"] == 1
    assert up_to(None).finished


def test_a_second_signal_keeps_the_last_checkpoint(
    tiny_pairs: PairsRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cosmoloom.train.interruption.ECHO", 0.0)

    def twice(progress: Progress) -> None:
        if progress.iteration == 3:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    habits = Habits(checkpoint_minutes=0.0, report_every=1, on_progress=twice)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_pairs, tmp_path, name="tiny", compute=Compute(), habits=habits)
    assert read_state(tmp_path, torch.device("cpu"))["iteration"] == 2


def test_a_folder_of_another_recipe_is_refused(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(changed(tiny_pairs, prior={"nu": 5.0}).to_toml())
    with pytest.raises(InvalidInputError, match=r"prior\.nu"):
        train(tiny_pairs, tmp_path, name="second", compute=Compute())


def test_numbers_go_to_tensorboard_too(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    recipe = changed(tiny_pairs, monitor={"every": 4, "samples": 4, "images": False})
    habits = Habits(report_every=2, tensorboard=True)
    train(recipe, tmp_path, name="tiny", compute=Compute(), habits=habits)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    critic = [(event.step, event.value) for event in events.Scalars("training/critic")]
    written = [(int(row["iteration"]), float(row["critic"])) for row in rows(tmp_path / "metrics.csv")]
    assert critic == [(step, pytest.approx(value, rel=1e-4)) for step, value in written]
    assert [event.step for event in events.Scalars("validation z=0/power")] == [0, 4]
