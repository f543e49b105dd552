"""Run a training from the command line: where and how it computes, what is shown, how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cosmoloom.train.recipes.recipe import Recipe

Wanted = Literal["auto", "float32", "bfloat16"]


def run_training(
    recipe: Recipe,
    out: Path,
    *,
    name: str,
    device: str,
    precision: Wanted,
    accumulate: int,
    compiled: bool,
    checkpoint_minutes: float,
    max_minutes: float | None,
    tensorboard: bool,
) -> int:
    """Train, or go on; return 0, or 130 where a signal ended it.

    Parameters
    ----------
    recipe : Recipe
        All that decides the training.
    out : Path
        Folder of the run.
    name : str
        Of the model.
    device : str
        As in "cpu" or "cuda"; of several processes, each takes the GPU of its number.
    precision : str
        "auto" goes on as the run was begun, and begins with what multiplies faster here.
    accumulate : int
        Parts into which a batch is cut to save memory.
    compiled : bool
        Whether torch compiles the networks.
    checkpoint_minutes, max_minutes : float
        Time between checkpoints, and until the run stops by itself [min].
    tensorboard : bool
        Whether numbers are written for TensorBoard, too.
    """
    import torch
    from rich.console import Console

    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.training_panel import TrainingPanel
    from cosmoloom.train.checkpoint import former_precision
    from cosmoloom.train.compute import Compute, Precision
    from cosmoloom.train.loop import Habits, train
    from cosmoloom.train.processes import joined

    with joined(torch.device(require_device(device))) as (processes, own):
        panel = TrainingPanel(Console(quiet=not processes.leads))
        faster = processes.any(Compute.faster_precision(own) == "bfloat16", own)  # measured: processes may differ
        measured: Precision = "bfloat16" if faster else "float32"
        chosen = (former_precision(out) or measured) if precision == "auto" else precision
        compute = Compute(
            device=own, precision=chosen, accumulate=accumulate, compiled=compiled, processes=processes
        )
        habits = Habits(
            checkpoint_minutes=checkpoint_minutes, max_minutes=max_minutes, tensorboard=tensorboard,
            on_progress=panel.show,
            on_wish=lambda signal: panel.say(f"{signal}: finishing this step; once more stops at once"),
        )
        with panel:
            outcome = train(recipe, out, name=name, compute=compute, habits=habits)
        done = f"{outcome.iteration} of {outcome.iterations} steps"
        if outcome.finished:
            panel.say(f"model {name} after {done}: {out / 'model'}")
        else:
            panel.say(f"stopped after {done}, all saved; the same command goes on: {out}")
    return 130 if outcome.interrupted else 0
