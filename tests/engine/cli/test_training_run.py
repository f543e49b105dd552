"""Run flags of ``cosmoloom train``: stop by the clock or a signal, precision, TensorBoard."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from cosmoloom.cli.training_panel import TrainingPanel
from cosmoloom.train.checkpoint import MANIFEST, STATE

SETTINGS = (
    "data.held_out=0001", "data.validation=[]", "data.n=16", "data.coarsen=1", "data.redshifts=1,0",
    "networks.coarse_size=8", "networks.detail_levels=1", "networks.widths=8,8", "networks.critic_widths=8,8",
    "updates.batch=2", "updates.iterations=2", "monitor.every=0",
)  # fmt: skip


def command(store: Path, run: Path, *flags: object) -> tuple[object, ...]:
    settings = [part for setting in SETTINGS for part in ("--set", setting)]
    return ("train", "loom32", "--store", store, "--out", run, *settings, *flags)


def test_a_run_stops_by_the_clock_and_says_how_to_go_on(cosmoloom, small_store, tmp_path):
    first = cosmoloom(*command(small_store, tmp_path / "run", "--max-minutes", 0))
    assert first.status == 0, first.err
    assert "stopped after 1 of 2 steps, all saved; the same command goes on" in first.out
    second = cosmoloom(*command(small_store, tmp_path / "run"))
    assert second.status == 0, second.err
    assert "after 2 of 2 steps" in second.out


def test_a_signal_ends_a_run_well_and_is_told(cosmoloom, small_store, tmp_path, monkeypatch):
    show = TrainingPanel.show

    def shown(panel, progress):
        show(panel, progress)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(TrainingPanel, "show", shown)
    outcome = cosmoloom(*command(small_store, tmp_path / "run", "--set", "updates.iterations=30"))
    assert outcome.status == 130
    assert "SIGTERM: finishing this step; once more stops at once" in outcome.out
    assert "stopped after 20 of 30 steps" in outcome.out


def test_a_run_goes_on_in_the_precision_in_which_it_was_begun(cosmoloom, small_store, tmp_path):
    run = tmp_path / "run"

    def noted() -> str:
        return json.loads((run / STATE / MANIFEST).read_text())["precision"]

    cosmoloom(*command(small_store, run, "--precision", "bfloat16", "--max-minutes", 0))
    assert noted() == "bfloat16"
    cosmoloom(*command(small_store, run))
    assert noted() == "bfloat16"


def test_numbers_for_tensorboard_lie_in_the_run(cosmoloom, small_store, tmp_path):
    pytest.importorskip("tensorboard")
    outcome = cosmoloom(*command(small_store, tmp_path / "run", "--tensorboard", "--max-minutes", 0))
    assert outcome.status == 0, outcome.err
    assert list((tmp_path / "run" / "tensorboard").iterdir())


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--precision", "float8"), "float8"),
        (("--accumulate", 0), "cut into 1 part or more"),
        (("--accumulate", 3), "cannot be cut into 3 parts"),
    ],
)
def test_flags_that_cannot_be_are_refused_in_a_line(cosmoloom, small_store, tmp_path, flags, message):
    outcome = cosmoloom(*command(small_store, tmp_path / "run", *flags))
    assert outcome.status == 2
    assert message in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
