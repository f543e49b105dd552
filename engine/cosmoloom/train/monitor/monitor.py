"""Look at a training at intervals: compare samples, choose the best model, keep some on the way."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cosmoloom.data.crops import Crops
from cosmoloom.train.exports import Exports
from cosmoloom.train.game import Contest, Game
from cosmoloom.train.monitor.closeness import Closeness, mean_score
from cosmoloom.train.monitor.duality_gap import duality_gap
from cosmoloom.train.monitor.images import save_slices
from cosmoloom.train.monitor.kept import keep_model
from cosmoloom.train.monitor.rejection import Rejection, rejection
from cosmoloom.train.monitor.tables import Table
from cosmoloom.train.monitor.tensorboard import TensorBoard
from cosmoloom.train.monitor.validation import Validation

VALIDATION = "validation.csv"
CONTESTS = "contests.csv"
BEST = "best"
CHECKPOINTS = "checkpoints"
IMAGES = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen at one look.

    Attributes
    ----------
    iteration : int
        Steps done.
    closeness : tuple of Closeness
        Per redshift; empty without validation boxes.
    score : float or None
        Averaged over redshifts [1].
    best : bool
        Whether no earlier look had a smaller score.
    gap : float or None
        Duality gap, where it was measured [1].
    rejection : Rejection or None
        Where it was measured.
    seconds : float
        What the look took [s].
    """

    iteration: int
    closeness: tuple[Closeness, ...] = ()
    score: float | None = None
    best: bool = False
    gap: float | None = None
    rejection: Rejection | None = None
    seconds: float = 0.0


class Monitor:
    """Watches one training; the first process alone draws and writes, contests are played by all.

    Parameters
    ----------
    game : Game
        The training.
    crops : Crops or None
        Validation boxes; without them nothing is compared, and models are kept all the same.
    folder : Path
        Of the training.
    exports : Exports
        Write the models.
    after : int
        Steps done so far.
    remembered : dict
        :meth:`state` of the part of the training before.
    board : TensorBoard, optional
        Gets all numbers, too.
    """

    def __init__(
        self,
        game: Game,
        crops: Crops | None,
        folder: Path,
        *,
        exports: Exports,
        after: int,
        remembered: dict[str, Any],
        board: TensorBoard | None = None,
    ) -> None:
        settings = game.recipe.monitor
        self._game, self._settings, self._crops = game, settings, crops
        self._folder, self._exports, self._board = folder, exports, board
        self._best_score = float(remembered.get("best_score", float("inf")))
        self._looked = time.monotonic()
        self._leads = game.compute.processes.leads
        if self._leads:
            self._tables = {name: Table(folder / name, after=after) for name in (VALIDATION, CONTESTS)}
            if crops is not None:
                self._validation = Validation(crops, redshifts=settings.redshifts, samples=settings.samples)

    def state(self) -> dict[str, Any]:
        """Return what a training that goes on must know of earlier looks."""
        return {"best_score": self._best_score}

    def due(self, iteration: int, *, last: bool) -> bool:
        """Tell whether to look after so many steps, as always before the first and after the last one."""
        every, minutes = self._settings.every, self._settings.minutes
        if iteration == 0:
            return every > 0 or minutes > 0
        by_clock = minutes > 0 and time.monotonic() - self._looked > 60 * minutes
        return by_clock or (every > 0 and (last or iteration % every == 0))

    def look(self, iteration: int) -> Look:
        """Compare, choose, keep and draw."""
        began = time.monotonic()
        gap, weighed = self._contests(iteration)
        seen: tuple[Closeness, ...] = ()
        score, best = None, False
        if self._leads:
            if self._crops is not None:
                seen = self._compare(iteration)
                score = mean_score(seen)
                best = score < self._best_score
            if best:
                self._best_score = float(score or 0.0)
                self._exports.write(self._folder / BEST, iteration)
            if self._settings.keep > 0:
                kept = self._folder / CHECKPOINTS
                keep_model(kept, self._exports, iteration=iteration, at_most=self._settings.keep)
        self._looked = time.monotonic()
        return Look(
            iteration=iteration, closeness=seen, score=score, best=best, gap=gap, rejection=weighed,
            seconds=self._looked - began,
        )  # fmt: skip

    def _compare(self, iteration: int) -> tuple[Closeness, ...]:
        drawn = self._validation.compare(self._game)
        for row in drawn:
            at = row.closeness
            values = {**at.errors, "score": at.score}
            self._tables[VALIDATION].add({"iteration": iteration, "redshift": at.redshift, **values})
            if self._board is not None:
                self._board.add(f"validation z={at.redshift:g}", values, iteration)
        if self._settings.images:
            save_slices(self._folder / IMAGES / f"{iteration:07d}.png", drawn, iteration=iteration)
        return tuple(row.closeness for row in drawn)

    def _contests(self, iteration: int) -> tuple[float | None, Rejection | None]:
        """Measure what needs both networks, where a game has two, both have learnt something and it was asked for."""
        game, settings = self._game, self._settings
        if self._crops is None or iteration == 0 or not isinstance(game, Contest):
            return None, None
        gap = weighed = None
        if settings.gap_every > 0 and iteration % settings.gap_every == 0:
            gap = duality_gap(game, self._crops, steps=settings.gap_steps)
        if settings.rejection > 0:
            weighed = rejection(game, self._crops, batches=settings.rejection)
        values = ({} if gap is None else {"gap": gap}) | ({} if weighed is None else asdict(weighed))
        if values and self._leads:
            self._tables[CONTESTS].add({"iteration": iteration, **values})
            if self._board is not None:
                self._board.add("contests", values, iteration)
        return gap, weighed
