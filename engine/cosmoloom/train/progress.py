"""Where a training stands, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.models.card import ModelCard
from cosmoloom.train.monitor.monitor import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a training stands.

    Attributes
    ----------
    iteration, iterations : int
        Steps done and steps in all.
    losses : dict
        Running means of what the game returns [1].
    seconds_per_step : float
        Running mean [s].
    volumes_per_second : float
        Real volumes shown to the critic's side, over all processes [1/s].
    seconds_left : float
        With all that is done between steps [s].
    memory : float
        Largest so far [MiB].
    checkpoint_age : float or None
        Time since the last checkpoint that was written since the training was taken up [s].
    look : Look or None
        The last look of the monitor.
    """

    iteration: int
    iterations: int
    losses: dict[str, float]
    seconds_per_step: float
    volumes_per_second: float
    seconds_left: float
    memory: float
    checkpoint_age: float | None
    look: Look | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a training ended, for now.

    Attributes
    ----------
    iteration, iterations : int
        Steps done and steps in all.
    finished : bool
        Whether there is nothing left to do.
    interrupted : bool
        Whether a signal stopped it.
    card : ModelCard or None
        Of the exported model; None on all processes but the first.
    """

    iteration: int
    iterations: int
    finished: bool
    interrupted: bool
    card: ModelCard | None
