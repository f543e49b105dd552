"""A training's folder as the explorer sees it: checkpoints to scrub through, and how well each was measured to do."""

from __future__ import annotations

import csv
import logging
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.errors import CosmoloomError, MissingFileError
from cosmoloom.models import load_card
from cosmoloom.models.folder import CARD

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard

CHECKPOINTS, BEST, FINAL, VALIDATION = "checkpoints", "best", "model", "validation.csv"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A generator as it stood during a training.

    Attributes
    ----------
    iteration : int
        Steps done.
    model : str
        Its folder, by which keys name it.
    card : ModelCard
        Its card.
    """

    iteration: int
    model: str
    card: ModelCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What a training has left behind so far.

    Attributes
    ----------
    folder : str
        Where it writes.
    checkpoints : tuple of Checkpoint
        By rising iteration, at least one.
    best : int or None
        Which of them its validation chose; None where it is not among them.
    scores : tuple of (int, float)
        Iteration and validation error, the mean over redshifts; lower is better [1].
    """

    folder: str
    checkpoints: tuple[Checkpoint, ...]
    best: int | None = None
    scores: tuple[tuple[int, float], ...] = ()

    @property
    def newest(self) -> Checkpoint:
        """The last checkpoint."""
        return self.checkpoints[-1]

    def index(self, model: str) -> int | None:
        """Return which checkpoint a model is; None for a model that is none of them."""
        return next((i for i, checkpoint in enumerate(self.checkpoints) if checkpoint.model == model), None)


def is_training(folder: str | Path) -> bool:
    """Tell whether a folder was written by a training: it is no model itself, but holds some."""
    folder = Path(folder)
    return not (folder / CARD).is_file() and bool(_model_folders(folder))


def read_training(folder: str | Path, known: Training | None = None) -> Training:
    """List the checkpoints of a training; a running one adds to them at any moment.

    Parameters
    ----------
    folder : path
        As given to the training.
    known : Training, optional
        What was read before: a checkpoint is written once, so those in it are not read again.

    Raises
    ------
    MissingFileError
        If there is no readable checkpoint.
    """
    folder = Path(folder)
    before = {} if known is None else {checkpoint.model: checkpoint for checkpoint in known.checkpoints}
    found: list[Checkpoint] = []
    for path in _model_folders(folder):
        try:
            found.append(before.get(str(path)) or _read_checkpoint(path))
        except CosmoloomError as error:  # thinned out, or damaged: the others can still be seen
            logger.warning("skipped: %s", error)
    if not found:
        raise MissingFileError(f"{folder} holds no model yet; wait for the training's first checkpoint")
    found.sort(key=lambda checkpoint: checkpoint.iteration)
    return Training(
        folder=str(folder), checkpoints=tuple(found), best=_best(folder, found), scores=_scores(folder)
    )


def _model_folders(folder: Path) -> list[Path]:
    """Return the checkpoints' folders; without any, that of the best or the last model."""
    numbered = [path for path in (folder / CHECKPOINTS).glob("*") if path.name.isdecimal() and (path / CARD).is_file()]
    return numbered or [path for path in (folder / BEST, folder / FINAL) if (path / CARD).is_file()][:1]


def _read_checkpoint(path: Path) -> Checkpoint:
    card = load_card(path)
    iteration = int(path.name) if path.name.isdecimal() else int(card.training.get("iterations_done", 0))
    return Checkpoint(iteration=iteration, model=str(path), card=card)


def _best(folder: Path, found: list[Checkpoint]) -> int | None:
    try:
        weights = load_card(folder / BEST).weights_sha256
    except CosmoloomError:
        return None
    return next((i for i, checkpoint in enumerate(found) if checkpoint.card.weights_sha256 == weights), None)


def _scores(folder: Path) -> tuple[tuple[int, float], ...]:
    """Return iteration and mean score; a line that is just being written is left for the next time."""
    scores: defaultdict[int, list[float]] = defaultdict(list)
    try:
        with (folder / VALIDATION).open(newline="") as file:
            for row in csv.DictReader(file):
                try:
                    scores[int(row["iteration"])].append(float(row["score"]))
                except (KeyError, TypeError, ValueError):
                    continue
    except OSError:
        return ()
    return tuple((iteration, sum(values) / len(values)) for iteration, values in sorted(scores.items()))
