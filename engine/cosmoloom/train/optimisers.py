"""The optimisers that recipes name, and their pace."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.optim import Adam, Optimizer, RMSprop

from cosmoloom.train.recipes.sections import UpdatesSection


def optimiser(updates: UpdatesSection, parameters: Iterable[nn.Parameter], *, rate: float) -> Optimizer:
    """Return the optimiser of a recipe for some weights.

    Parameters
    ----------
    updates : UpdatesSection
        Names it and its decays.
    parameters : iterable of Parameter
        What it changes.
    rate : float
        Learning rate at its highest [1].
    """
    mean_decay, square_decay = updates.betas
    if updates.optimiser == "rmsprop":
        return RMSprop(parameters, lr=rate, alpha=square_decay)
    return Adam(parameters, lr=rate, betas=(mean_decay, square_decay))


def set_pace(updates: UpdatesSection, iteration: int, optimisers: Iterable[tuple[Optimizer, float]]) -> float:
    """Set learning rates for an iteration and return their share of the highest.

    Parameters
    ----------
    updates : UpdatesSection
        Holds the schedule.
    iteration : int
        Updates of the generator so far.
    optimisers : iterable of (Optimizer, float)
        Each with its highest rate.
    """
    pace = updates.pace(iteration)
    for each, rate in optimisers:
        for group in each.param_groups:
            group["lr"] = rate * pace
    return pace
