"""Resumable state of a training, written so that a kill at any moment leaves the last good one.

The state lies in the folder ``state`` in parts of at most 16 MiB, each named after its SHA-256.  ``manifest.json``
lists them in order.  Parts are written first, then the manifest is replaced, and only then former parts go: at
every moment the manifest names parts that are there and whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError, UnwritableError
from cosmoloom.train.compute import Precision
from cosmoloom.train.game import Game

STATE = "state"
MANIFEST = "manifest.json"
PART = 16 * 2**20
"""Largest size of a file [bytes]."""
SINGLE_FILE = "state.pt"
"""What earlier versions wrote, all in one; it is still read."""


def save_state(folder: Path, game: Game, iteration: int, *, remembered: dict[str, Any] | None = None) -> None:
    """Write all that decides the future of a training to ``folder/state``.

    Parameters
    ----------
    folder : Path
        Of the training.
    game : Game
        Between two steps.
    iteration : int
        Steps done.
    remembered : dict, optional
        What the loop itself must remember; plain values.
    """
    state = {"iteration": iteration, "loop": remembered or {}, **game.state()}
    _write(folder, state, noted={"precision": game.compute.precision})


def save_warm_start(folder: Path, game: Game, iteration: int) -> None:
    """Write what another machine needs to go on, small enough to publish beside a model.

    Networks in half precision and running means; optimisers are left out and warm up again.  Copy it, with
    the recipe, to where a training shall go on.
    """
    state = {
        key: _halved(value) if key in ("generator", "critic") else value
        for key, value in game.state().items()
        if key != "average" and not key.endswith("optimiser")
    }
    _write(folder, {"iteration": iteration, **state}, noted={})


def load_state(folder: Path, game: Game) -> tuple[int, dict[str, Any]]:
    """Take over the state in ``folder``, if there is one.

    A warm start has neither optimisers nor a running average; they begin anew.

    Returns
    -------
    (int, dict)
        Steps done, and what the loop had to remember; 0 and nothing if there is no state.

    Raises
    ------
    BrokenFileError
        If a part is missing or altered, or the state is of another recipe.
    """
    if not has_state(folder):
        return 0, {}
    state = read_state(folder, game.compute.device)
    try:
        game.restore(state)
        return int(state["iteration"]), state.get("loop", {})
    except (RuntimeError, KeyError, ValueError) as error:
        raise _broken(folder, error) from error


def former_precision(folder: Path) -> Precision | None:
    """Return the precision in which a training was done so far, None if there is none or it is not known."""
    path = folder / STATE / MANIFEST
    if not path.exists():
        return None
    try:
        noted: Precision | None = json.loads(path.read_text()).get("precision")
        return noted
    except ValueError as error:
        raise _broken(folder, error) from error


def has_state(folder: Path) -> bool:
    """Tell whether a folder holds the state of a training."""
    return (folder / STATE / MANIFEST).exists() or (folder / SINGLE_FILE).exists()


def read_state(folder: Path, device: torch.device) -> dict[str, Any]:
    """Read the state of a training, to go on or to grow from.

    Raises
    ------
    MissingFileError
        If there is none.
    BrokenFileError
        If it is damaged.
    """
    if not has_state(folder):
        raise MissingFileError(f"{folder} holds no state of a training; train there first (on the coarser grid first)")
    try:
        content = _joined(folder / STATE) if (folder / STATE / MANIFEST).exists() else folder / SINGLE_FILE
        state: dict[str, Any] = torch.load(content, map_location=device, weights_only=True)
        return state
    except (RuntimeError, KeyError, TypeError, ValueError, OSError, EOFError) as error:
        raise _broken(folder, error) from error


def _write(folder: Path, state: dict[str, Any], *, noted: dict[str, str]) -> None:
    """Write a state so that the former one stays until the new one is whole."""
    content = BytesIO()
    torch.save(state, content)
    target = folder / STATE
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot write a checkpoint in {folder}: {error.strerror or error}") from error
    for left in target.glob(".*.partial"):  # of a process that was killed while it wrote
        shutil.rmtree(left, ignore_errors=True)
    names = []
    everything = content.getbuffer()
    for start in range(0, len(everything), PART):
        part = everything[start : start + PART]
        names.append(f"{hashlib.sha256(part).hexdigest()}.part")
        with atomic_path(target / names[-1]) as draft:
            draft.write_bytes(part)
    with atomic_path(target / MANIFEST) as draft:
        draft.write_text(json.dumps({"iteration": state["iteration"], **noted, "parts": names}, indent=1) + "\n")
    for former in target.glob("*.part"):
        if former.name not in names:
            former.unlink()
    (folder / SINGLE_FILE).unlink(missing_ok=True)


def _joined(folder: Path) -> BytesIO:
    """Return the parts of a state as one, each checked against its hash."""
    content = BytesIO()
    for name in json.loads((folder / MANIFEST).read_text())["parts"]:
        part = (folder / str(name)).read_bytes()
        if hashlib.sha256(part).hexdigest() != Path(name).stem:
            raise ValueError(f"{name} was altered")
        content.write(part)
    content.seek(0)
    return content


def _broken(folder: Path, error: Exception) -> BrokenFileError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return BrokenFileError(
        f"the state in {folder} does not fit this training or is damaged ({reason}); move it away to start anew"
    )


def _halved(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}
