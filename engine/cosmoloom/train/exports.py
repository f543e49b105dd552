"""The model of a game in several folders, made once per iteration: at the end of a training it is calibrated."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from cosmoloom.data.atomic import atomic_path
from cosmoloom.models.card import ModelCard
from cosmoloom.train.game import Game


class Exports:
    """Writes model folders of one training.

    Parameters
    ----------
    game : Game
        Whose running average is exported.
    name : str
        On the models' cards.
    """

    def __init__(self, game: Game, name: str) -> None:
        self._game, self._name = game, name
        self._last: tuple[int, Path, ModelCard] | None = None

    def write(self, folder: Path, iteration: int) -> ModelCard:
        """Write the model as it is after so many steps, and return its card."""
        if self._last is not None and self._last[0] == iteration and self._last[1].is_dir():
            _, source, card = self._last
            folder.mkdir(parents=True, exist_ok=True)
            with ExitStack() as stack:
                for file in source.iterdir():
                    shutil.copyfile(file, stack.enter_context(atomic_path(folder / file.name)))
            return card
        card = self._game.export(folder, name=self._name, iteration=iteration)
        self._last = iteration, folder, card
        return card
