"""Resumable state of a training, written so that a kill at any moment leaves the last good one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError, UnwritableError
from cosmoloom.train.game import PairGame
from cosmoloom.train.grow import grow_critic, grow_generator

STATE = "state.pt"


def save_state(folder: Path, game: PairGame, iteration: int) -> None:
    """Write networks, optimisers, running means and random state to ``folder/state.pt``."""
    state = {
        "iteration": iteration,
        "generator": game.generator.state_dict(),
        "average": game.average.state_dict(),
        "critic": game.critic.state_dict(),
        "optimiser": game.optimiser.state_dict(),
        "critic_optimiser": game.critic_optimiser.state_dict(),
        "match": game.match.state(),
        "rng": _plain(game.rng.bit_generator.state),
    }
    _write(folder, state)


def save_warm_start(folder: Path, game: PairGame, iteration: int) -> None:
    """Write what another machine needs to go on, small enough to publish beside a model.

    Networks in half precision and running means; optimisers are left out and warm up again.  Copy it, with
    ``plan.json``, to where a training shall go on.
    """
    state = {
        "iteration": iteration,
        "generator": _halved(game.generator.state_dict()),
        "critic": _halved(game.critic.state_dict()),
        "match": game.match.state(),
        "rng": _plain(game.rng.bit_generator.state),
    }
    _write(folder, state)


def _write(folder: Path, state: dict[str, Any]) -> None:
    """Write a state so that the former one stays until the new one is whole."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot write a checkpoint in {folder}: {error.strerror or error}") from error
    with atomic_path(folder / STATE) as draft:
        torch.save(state, draft)


def load_state(folder: Path, game: PairGame) -> int:
    """Take over the state in ``folder``, if there is one, and return its iteration.

    A warm start has neither optimisers nor a running average; they begin anew.
    """
    path = folder / STATE
    if not path.exists():
        return 0
    try:
        state = torch.load(path, map_location=game.device, weights_only=True)
        game.generator.load_state_dict(state["generator"])
        game.average.load_state_dict(state.get("average", state["generator"]))
        game.critic.load_state_dict(state["critic"])
        if "optimiser" in state:
            game.optimiser.load_state_dict(state["optimiser"])
            game.critic_optimiser.load_state_dict(state["critic_optimiser"])
        game.match.restore(state["match"])
        game.rng.bit_generator.state = state["rng"]
        return int(state["iteration"])
    except (RuntimeError, KeyError, ValueError, OSError, EOFError) as error:
        raise BrokenFileError(
            f"{path} does not fit this training plan or is damaged ({str(error).splitlines()[0]}); "
            "move it away to start anew"
        ) from error


def grow_networks(folder: Path, game: PairGame) -> None:
    """Start generator and critic from a training on half the grid: its running average, where it has one."""
    path = folder / STATE
    if not path.exists():
        raise MissingFileError(f"{folder} holds no {STATE} to grow from; train on the coarser grid first")
    state = torch.load(path, map_location=game.device, weights_only=True)
    grow_generator(game.generator, state.get("average", state["generator"]))
    game.average.load_state_dict(game.generator.state_dict())
    if game.critic_n * 2 == game.plan.n:  # it sees as many voxels as before, on half the scale
        game.critic.load_state_dict(state["critic"])
    else:
        grow_critic(game.critic, state["critic"])


def _halved(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


def _plain(state: Any) -> Any:
    """Return the generator's state in plain Python numbers, which loading accepts."""
    return {k: _plain(v) if isinstance(v, dict) else (v if isinstance(v, str) else int(v)) for k, v in state.items()}
