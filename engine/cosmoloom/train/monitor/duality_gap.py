"""How much either side could gain alone: the duality gap of a game, 0 at its equilibrium.

A copy of the critic is trained against the generator as it is, and a copy of the generator against the critic as
it is, both on boxes that the game does not train on.  The gap is the difference of the two values of the game.

References
----------
Grnarova et al. (2019), arXiv:1811.05512; Cavezza (2022), section V.
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import torch
from torch import nn
from torch.optim import Adam

from cosmoloom.data.crops import Crops
from cosmoloom.train.game import Contest

RATE = 2e-4
"""Learning rate of the side that improves, a little above usual ones, as the paper has it."""
JUDGED = 8
"""Batches over which the value of the game is averaged."""
SEED = 30_000


def duality_gap(game: Contest, crops: Crops, *, steps: int) -> float:
    """Measure the duality gap; networks and random numbers of the game stay as they are.

    Parameters
    ----------
    game : Contest
        Between two steps.
    crops : Crops
        Validation boxes.
    steps : int
        Updates of the side that improves; with few, the gap is a lower bound.

    Returns
    -------
    float
        Value with the better critic less value with the better generator, on the same batches [1].
    """
    highest = _value_after(game, crops, steps=steps, improve="critic")
    return highest - _value_after(game, crops, steps=steps, improve="generator")


def _value_after(game: Contest, crops: Crops, *, steps: int, improve: str) -> float:
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(SEED)
        players: dict[str, nn.Module] = {"generator": deepcopy(game.generator), "critic": deepcopy(game.critic)}
        for name, player in players.items():
            player.requires_grad_(name == improve)
        optimiser = Adam(players[improve].parameters(), lr=RATE, betas=(0.0, 0.9))
        rng = np.random.default_rng(SEED)
        for _ in range(steps):
            played = game.play(crops, rng, **players)
            optimiser.zero_grad(set_to_none=True)
            (played.critic_loss if improve == "critic" else played.generator_loss).backward()
            optimiser.step()
        rng = np.random.default_rng(SEED + 1)
        values = [float(game.play(crops, rng, **players).value.detach()) for _ in range(JUDGED)]
    return sum(values) / JUDGED
