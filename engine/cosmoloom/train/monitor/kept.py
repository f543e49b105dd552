"""Models kept while a training goes on, so that it can be looked through later: a bounded number, growing intervals."""

from __future__ import annotations

import shutil
from math import log
from pathlib import Path
from tempfile import mkdtemp

from cosmoloom.train.exports import Exports


def keep_model(folder: Path, exports: Exports, *, iteration: int, at_most: int) -> None:
    """Export into ``folder/<iteration>``, whole or not at all, and thin out what is there.

    Parameters
    ----------
    folder : Path
        Of all kept models.
    exports : Exports
        Writes the model.
    iteration : int
        Steps done; a model that is there already stays as it is.
    at_most : int
        How many are kept.
    """
    target = folder / f"{iteration:07d}"
    folder.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        draft = Path(mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=folder))
        try:
            exports.write(draft / target.name, iteration)
            (draft / target.name).rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    for crowded in to_drop([int(model.name) for model in folder.iterdir() if model.name.isdecimal()], at_most):
        shutil.rmtree(folder / f"{crowded:07d}")


def to_drop(iterations: list[int], at_most: int) -> list[int]:
    """Return which of some iterations to forget, so that the others lie evenly in the logarithm.

    First and last are never forgotten: a training changes most at its beginning, and its end is the result.
    """
    left, dropped = sorted(iterations), []
    while len(left) > max(2, at_most):
        gaps = [log(left[i + 1] / max(1, left[i - 1])) for i in range(1, len(left) - 1)]
        dropped.append(left.pop(1 + gaps.index(min(gaps))))
    return dropped
