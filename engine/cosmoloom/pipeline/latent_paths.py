"""Ways through a latent space that no point of leaves what the prior draws: great circles, turns and walks.

A straight line between two draws of a prior of many numbers passes through its middle, where the prior draws nothing:
halfway it is shorter by a factor sqrt 2, and a universe of such initial conditions has half of the power.  A great
circle of the normal scores (:mod:`cosmoloom.pipeline.latent_prior`) keeps the length.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, sin
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_prior import LatentPrior

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model

NEARLY = 1e-7
"""Angle below which two latents point the same way, or exactly opposite ones [radian]."""


def slerp(start: Tensor, end: Tensor, fraction: float, prior: LatentPrior) -> Tensor:
    """Return the point between two latents on their great circle.

    Parameters
    ----------
    start, end : Tensor, shape (latent_size,)
        Ends; at fractions 0 and 1 they come back as they are.
    fraction : float
        Share of the way, in [0, 1]; equal steps are equal angles.
    prior : LatentPrior
        Of both.

    Returns
    -------
    Tensor, shape (latent_size,), float32
        Its direction turns along the circle; the length of its scores goes evenly from one end's to the other's.

    Raises
    ------
    InvalidInputError
        If the fraction lies outside, the sizes differ, or the ends are opposite or zero, so that no circle is the
        shortest.

    References
    ----------
    Shoemake (1985), SIGGRAPH 19, 245.
    """
    if not 0.0 <= fraction <= 1.0:
        raise InvalidInputError(f"a fraction of the way between two latents lies in [0, 1], got {fraction}")
    if start.shape != end.shape or start.ndim != 1:
        raise InvalidInputError(
            f"two latents of the same size have a way between them, got shapes {tuple(start.shape)} and "
            f"{tuple(end.shape)}"
        )
    if fraction in (0.0, 1.0):
        return (end if fraction else start).float()
    a, b = prior.scores(start), prior.scores(end)
    lengths = a.norm(), b.norm()
    if min(lengths) == 0:
        raise InvalidInputError("a latent of zeros has no direction: no great circle passes through it")
    a, b = a / lengths[0], b / lengths[1]
    angle = float(2 * torch.atan2((a - b).norm(), (a + b).norm()))
    if torch.pi - angle < NEARLY:
        raise InvalidInputError("two opposite latents are joined by every great circle; go by way of a third")
    shares = (1.0, 0.0) if angle < NEARLY else tuple(sin(f * angle) / sin(angle) for f in (1 - fraction, fraction))
    middle = shares[0] * a + shares[1] * b
    return prior.latent(middle * ((1 - fraction) * lengths[0] + fraction * lengths[1]))


def turn(latent: Tensor, step: Tensor, prior: LatentPrior) -> Tensor:
    """Return the latent that lies a step away on the sphere of its own length.

    Parameters
    ----------
    latent : Tensor, shape (latent_size,)
        Where to begin.
    step : Tensor, shape (latent_size,)
        Where to go, in scores [standard deviations]; what points along the latent itself is left out.
    prior : LatentPrior
        Of the latent.

    Returns
    -------
    Tensor, shape (latent_size,), float32
        The arc from ``latent`` is as long as the step.
    """
    scores = prior.scores(latent)
    length = scores.norm()
    along = tangent(step.double(), scores)
    arc = along.norm()
    if float(arc) == 0.0 or float(length) == 0.0:
        return latent.float()
    angle = float(arc / length)
    return prior.latent(cos(angle) * scores + sin(angle) * length / arc * along)


def tangent(vectors: Tensor, scores: Tensor) -> Tensor:
    """Return vectors, shape (..., latent_size), without their parts along the scores of a latent."""
    return vectors - (vectors @ scores)[..., None] / scores.square().sum() * scores


def random_walk(model: Model, *, seed: int, step: float = 0.1) -> Iterator[Tensor]:
    """Walk through a latent space without end, every point as typical of the prior as a draw.

    The walk goes along great circles from the draw of ``seed`` to that of ``seed + 1``, on to ``seed + 2`` ...

    Parameters
    ----------
    model : Model
        Whose latents.
    seed : int
        Where it begins.
    step : float
        Share of a circle's arc per point, in (0, 1]; 0.1 of a right angle, as two draws of many numbers form, is 9
        degrees.

    Yields
    ------
    Tensor, shape (latent_size,)

    Raises
    ------
    InvalidInputError
        If the step lies outside its range.
    """
    if not 0.0 < step <= 1.0:
        raise InvalidInputError(f"a step of a walk lies in (0, 1] of the way to the next draw, got {step}")
    prior = LatentPrior.of(model.card)
    start, way = model.draw_latent(seed)[0], 0.0
    end = model.draw_latent(seed + 1)[0]
    while True:
        yield slerp(start, end, way, prior)
        way += step
        if way > 1.0 - 1e-9:
            seed, way = seed + 1, max(way - 1.0, 0.0)
            start, end = end, model.draw_latent(seed + 1)[0]
