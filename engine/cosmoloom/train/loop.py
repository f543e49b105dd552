"""Train, watch, checkpoint and export; stop at any time and go on later, bit for bit.

A run's folder holds ``recipe.toml``, the tables ``metrics.csv``, ``validation.csv`` and ``contests.csv``, the resumable
``state/``, the newest model in ``model/``, the best one in ``best/``, earlier ones in ``checkpoints/<iteration>/``,
pictures in ``images/``, and at the end a small ``warm_start/``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import InvalidInputError, UnwritableError
from cosmoloom.models.card import ModelCard
from cosmoloom.train.checkpoint import load_state, save_state, save_warm_start
from cosmoloom.train.compute import Compute
from cosmoloom.train.exports import Exports
from cosmoloom.train.game import Game
from cosmoloom.train.games import make_game
from cosmoloom.train.interruption import Interruption
from cosmoloom.train.monitor.monitor import Look, Monitor
from cosmoloom.train.monitor.tables import Table
from cosmoloom.train.monitor.tensorboard import TensorBoard
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.pace import Pace, memory_used
from cosmoloom.train.progress import Outcome, Progress
from cosmoloom.train.recipes.file import read_recipe
from cosmoloom.train.recipes.recipe import FILE, Recipe

METRICS = "metrics.csv"
MODEL = "model"
WARM_START = "warm_start"
BOARD = "tensorboard"
MEAN_OVER = 50
"""Steps over which losses are averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a run does besides its recipe; no weight depends on it.

    Attributes
    ----------
    checkpoint_minutes : float
        Time between checkpoints [min].
    max_minutes : float or None
        When to stop [min]; the run can go on later.
    report_every : int
        Steps between reports.
    tensorboard : bool
        Whether numbers are written for TensorBoard, too.
    on_progress : callable, optional
        Receives a :class:`Progress` at every report.
    on_wish : callable, optional
        Receives the name of the signal that asks to stop.
    """

    checkpoint_minutes: float = 4.0
    max_minutes: float | None = None
    report_every: int = 20
    tensorboard: bool = False
    on_progress: Callable[[Progress], None] | None = None
    on_wish: Callable[[str], None] | None = None


def train(recipe: Recipe, folder: Path, *, name: str, compute: Compute, habits: Habits | None = None) -> Outcome:
    """Train to the recipe's last iteration, from wherever the folder's checkpoint stands.

    A first SIGINT or SIGTERM ends the step in hand, writes checkpoint and model, and returns; a second one raises
    KeyboardInterrupt.  Where an error ends a step halfway, the last checkpoint stays as it is.

    Parameters
    ----------
    recipe : Recipe
        All that decides the training; a folder that holds another one is refused, but for what steers the pace.
    folder : Path
        Of the run; made if missing.
    name : str
        Name on the model's card.
    compute : Compute
        Device, precision, processes.
    habits : Habits, optional
        When to write and report.
    """
    if compute.processes.leads:
        _claim(folder, recipe)
    compute.processes.any(False, compute.device)  # the others wait for the folder
    game = make_game(recipe, compute)
    return _Run(game, folder, name, habits or Habits()).go()


def _claim(folder: Path, recipe: Recipe) -> None:
    """Make the folder and note the recipe in it, or refuse a folder of another recipe."""
    path = folder / FILE
    if path.exists():
        changed = recipe.changed(read_recipe(path))
        if changed:
            raise InvalidInputError(
                f"{folder} holds a training with other settings ({', '.join(changed)}); choose another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot train in {folder}: {error.strerror or error}") from error
    with atomic_path(path) as draft:
        draft.write_text(recipe.to_toml())


class _Run:
    """One training, taken up and laid down once."""

    def __init__(self, game: Game, folder: Path, name: str, habits: Habits) -> None:
        self._game, self._folder, self._habits = game, folder, habits
        self._exports = Exports(game, name)
        self._compute, self._recipe = game.compute, game.recipe
        self._iterations = self._recipe.updates.iterations
        self._iteration, remembered = load_state(folder, game)
        self._means: dict[str, float] = remembered.get("means", {})
        self._pace = Pace()
        self._began, self._saved = time.monotonic(), float("-inf")
        self._seen: Look | None = None
        self._board: TensorBoard | None = None
        if self._compute.processes.leads:
            self._metrics = Table(folder / METRICS, after=self._iteration)
            if habits.tensorboard:
                self._board = TensorBoard(folder / BOARD, after=self._iteration)
        watched = self._recipe.data.validation
        self._monitor = Monitor(
            game, open_crops(self._recipe, watched) if watched else None, folder,
            exports=self._exports, after=self._iteration, remembered=remembered.get("monitor", {}), board=self._board,
        )  # fmt: skip

    def go(self) -> Outcome:
        """Play until the end, a signal or the end of the time."""
        processes, device = self._compute.processes, self._compute.device
        with ExitStack() as stack:
            stack.callback(self._game.batches.close)
            if self._board is not None:
                stack.callback(self._board.close)
            interruption = stack.enter_context(Interruption(self._habits.on_wish))
            interrupted = False
            if self._iteration == 0:
                self._look_if_due()
            while not self._is_over():
                self._step()
                self._look_if_due()
                interrupted = processes.any(interruption.wanted, device)
                if interrupted or processes.any(self._is_late(), device):
                    break
                if time.monotonic() - max(self._began, self._saved) > 60 * self._habits.checkpoint_minutes:
                    self._save()
            card = self._lay_down()
        return Outcome(
            iteration=self._iteration, iterations=self._iterations, finished=self._is_over(),
            interrupted=interrupted, card=card,
        )  # fmt: skip

    def _step(self) -> None:
        self._pace.start_step()
        losses = self._game.step(self._iteration)
        self._pace.end_step()
        self._iteration += 1
        blend = 1.0 / min(self._iteration, MEAN_OVER)
        self._means = {
            key: value if key not in self._means else self._means[key] * (1 - blend) + value * blend
            for key, value in losses.items()
        }
        if self._iteration % self._habits.report_every == 0 or self._is_over():
            self._record()
            self._report()

    def _look_if_due(self) -> None:
        """Compare with the validation boxes where the recipe wants it; all processes do so together."""
        if self._compute.processes.any(self._monitor.due(self._iteration, last=self._is_over()), self._compute.device):
            self._seen = self._monitor.look(self._iteration)
            if self._iteration > 0:  # before the first step there is no pace to tell
                self._report()

    def _is_over(self) -> bool:
        return self._iteration >= self._iterations or self._game.finished

    def _is_late(self) -> bool:
        limit = self._habits.max_minutes
        return limit is not None and self._pace.minutes >= limit

    def _record(self) -> None:
        """Write losses and pace into the tables."""
        if not self._compute.processes.leads:
            return
        seconds = {"seconds_per_step": self._pace.seconds_per_step}
        self._metrics.add({"iteration": self._iteration, **seconds, **self._means})
        if self._board is not None:
            self._board.add("training", {**seconds, **self._means}, self._iteration)

    def _report(self) -> None:
        if self._habits.on_progress is None or not self._compute.processes.leads:
            return
        self._habits.on_progress(
            Progress(
                iteration=self._iteration,
                iterations=self._iterations,
                losses=self._means,
                seconds_per_step=self._pace.seconds_per_step,
                volumes_per_second=self._recipe.updates.batch / max(self._pace.seconds_per_step, 1e-9),
                seconds_left=self._pace.seconds_left(self._iterations - self._iteration),
                memory=memory_used(self._compute.device),
                checkpoint_age=None if self._saved < self._began else time.monotonic() - self._saved,
                look=self._seen,
            )
        )

    def _save(self) -> ModelCard | None:
        """Write checkpoint and model."""
        if not self._compute.processes.leads:
            return None
        remembered = {"means": self._means, "monitor": self._monitor.state()}
        save_state(self._folder, self._game, self._iteration, remembered=remembered)
        self._saved = time.monotonic()
        return self._exports.write(self._folder / MODEL, self._iteration)

    def _lay_down(self) -> ModelCard | None:
        """Write all that is needed to go on, or to use what is there."""
        card = self._save()
        if self._compute.processes.leads and self._is_over():
            save_warm_start(self._folder / WARM_START, self._game, self._iteration)
        return card
