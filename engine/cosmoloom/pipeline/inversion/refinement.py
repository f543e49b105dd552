"""A latent bettered step by step: what it grows into comes closer to a given box, while it stays a likely draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.inversion.fit import require_fit
from cosmoloom.pipeline.inversion.likeness import Likeness
from cosmoloom.pipeline.inversion.typicality import Typicality
from cosmoloom.pipeline.inversion.waves import Waves

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.pipeline.model import Model

RATE = 0.03
"""Step of a wave at its largest, over the scatter of the prior [1]."""
BETAS = (0.8, 0.98)
"""Decay of the mean and of the mean square of slopes."""
TYPICAL = 0.2
"""Weight of the typicality beside the likeness [1]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refined:
    """Where a refinement stands.

    Attributes
    ----------
    step : int
        Steps done; 0 is the start.
    latent : Tensor, shape (latent_size,)
        On the CPU.
    loss : float
        What is lowered [1].
    density : Tensor, shape (n, n, n)
        rho over the cosmic mean that the latent grows into, on the CPU [1].
    """

    step: int
    latent: Tensor
    loss: float
    density: Tensor


def refine(
    model: Model, box: Box, start: Tensor, *, kappa: float | None = None, steps: int = 200
) -> Iterator[Refined]:
    """Better a latent, step by step; closing the iterator ends it between two steps.

    Parameters
    ----------
    model : Model
        Frozen.
    box : Box
        Of the model's size, redshifts and unit.
    start : Tensor, shape (latent_size,)
        As :meth:`PrimordialModel.encode` finds it, or a draw.
    kappa : float, optional
        At which the latent is grown [cosmic mean]; by default the middle of the card's range.
    steps : int
        Updates after the start, 1 or more; the rate falls to zero over them.

    Yields
    ------
    Refined
        The start, then the state after every update.

    Raises
    ------
    InvalidInputError
        If box or start do not fit the model.

    References
    ----------
    Kingma & Ba (2015), arXiv:1412.6980 (the update).
    """
    redshift = require_fit(box, model.card)
    if start.shape != (model.card.latent_size,):
        raise InvalidInputError(
            f"a latent of model {model.card.name} holds {model.card.latent_size} numbers, "
            f"got shape {tuple(start.shape)}"
        )
    if steps < 1:
        raise InvalidInputError(f"a refinement takes 1 step or more, got {steps}")
    kappa = model.card.default_kappa if kappa is None else kappa
    model.check(redshift, kappa)
    return _steps(model, box, start, redshift=redshift, kappa=kappa, steps=steps)


def _steps(
    model: Model, box: Box, start: Tensor, *, redshift: float, kappa: float, steps: int
) -> Iterator[Refined]:
    likeness, waves = Likeness(box.tensor(model.device)), Waves(model)
    typicality = Typicality(waves, model.device)
    free = [each.clone().requires_grad_(True) for each in waves.of(start.detach().to(model.device))]
    optimiser = torch.optim.Adam(free, lr=RATE, betas=BETAS)
    for step in range(steps + 1):
        with torch.enable_grad():
            latent = waves.latent(free)
            density = model.differentiable_density(latent[None], redshift, kappa)[0]
            loss = likeness(density) + TYPICAL * typicality(free)
            slopes = torch.autograd.grad(loss, free)
        yield Refined(
            step=step, latent=latent.detach().cpu(), loss=float(loss.detach()), density=density.detach().cpu()
        )
        for each, slope in zip(free, slopes, strict=True):
            each.grad = slope
        optimiser.param_groups[0]["lr"] = RATE * 0.5 * (1 + cos(pi * step / steps))
        optimiser.step()
