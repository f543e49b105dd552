"""What a person sees of a running training: one panel in a terminal, plain lines elsewhere."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cosmoloom.cli.training_panel import TrainingPanel, panel
from cosmoloom.train.monitor.closeness import Closeness
from cosmoloom.train.monitor.monitor import Look
from cosmoloom.train.monitor.rejection import Rejection
from cosmoloom.train.progress import Progress

LOOK = Look(
    iteration=500,
    closeness=(Closeness(redshift=1.5, power=0.05, mass=0.2, peaks=0.5, mean=-0.01, spread=0.3),),
    score=1.06,
    best=True,
    gap=0.7,
    rejection=Rejection(accepted=0.25, power_before=0.1, power_after=0.2, mean_before=0.05, mean_after=0.04),
)


def progress(iteration: int, *, look: Look | None = None) -> Progress:
    return Progress(
        iteration=iteration, iterations=1000, losses={"critic": 1.25, "power_error_z3": 9.0}, seconds_per_step=0.5,
        volumes_per_second=16.0, seconds_left=7200.0, memory=812.0, checkpoint_age=130.0, look=look,
    )  # fmt: skip


def test_the_panel_says_pace_losses_and_errors_with_colours() -> None:
    console = Console(file=StringIO(), force_terminal=True, width=140, color_system="standard")
    console.print(panel(progress(520, look=LOOK)))
    text = console.file.getvalue()
    for expected in ("step 520 of 1000", "16.0 volumes/s", "812 MiB", "2.0 h left", "checkpoint 2 min ago",
                     "critic 1.25", "1.5", "the best so far", "duality gap 0.700", "keep 25 %"):  # fmt: skip
        assert expected in text
    assert "power_error_z3" not in text
    green, yellow, red = "\x1b[32m", "\x1b[33m", "\x1b[31m"
    assert f"{green}0.050" in text
    assert f"{yellow}    0.200" in text
    assert f"{red}0.500" in text


def test_elsewhere_each_look_is_told_once_and_steps_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), width=200)
    with TrainingPanel(console) as shown:
        shown.show(progress(20))
        shown.show(progress(40))
        shown.show(progress(500, look=LOOK))
        shown.show(progress(520, look=LOOK))
        shown.show(progress(1000, look=LOOK))
    lines = console.file.getvalue().splitlines()
    assert [line.split(",")[0].split(":")[0] for line in lines] == [
        "step 20 of 1000", "after 500 steps", "after 500 steps", "after 500 steps", "step 1000 of 1000",
    ]  # fmt: skip
    assert "P(k) 0.050" in lines[1]
    assert "mean density -0.010" in lines[1]
