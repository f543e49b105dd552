"""How typical of its prior a latent is: the length of its scores, and of initial conditions the power of each band.

A latent of many numbers that the prior draws has a length that hardly scatters.  What was edited, fitted or
extrapolated may leave that shell, and a network was trained on nothing beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import erfc, sqrt
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_prior import LatentPrior

if TYPE_CHECKING:
    from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
    from cosmoloom.pipeline.model import Model

Values = NDArray[np.float64]
BANDS = 6
WARNING = 4.0
"""Deviation beyond which a latent is called untypical [standard deviations]: one draw in 2000 with seven gauges."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Mean square of normal numbers, beside what it should be.

    Attributes
    ----------
    ratio : float
        Mean square [1]; draws have 1 on average.
    freedom : int
        Independent numbers in it.
    k : (float, float) or None
        Wavenumbers of the band [h/Mpc]; None for a whole latent.
    """

    ratio: float
    freedom: int
    k: tuple[float, float] | None = None

    @property
    def sigma(self) -> float:
        """Deviation from the prior as that of a normal number [standard deviations].

        By Wilson & Hilferty (1931): the cube root of a chi square is nearly normal.
        """
        width = 2.0 / (9.0 * self.freedom)
        return (self.ratio ** (1 / 3) - (1.0 - width)) / sqrt(width)

    @property
    def p_value(self) -> float:
        """Chance that a draw deviates as far, to either side [1]."""
        return erfc(abs(self.sigma) / sqrt(2.0))


@dataclass(frozen=True, slots=True)
class Typicality:
    """Where a latent lies in its prior.

    Attributes
    ----------
    whole : Gauge
        Of all numbers that decide the field.
    bands : tuple of Gauge
        Of the waves of initial conditions, from long to short; empty for other latents.
    """

    whole: Gauge
    bands: tuple[Gauge, ...] = ()

    @property
    def worst(self) -> Gauge:
        """The gauge that deviates most."""
        return max((self.whole, *self.bands), key=lambda gauge: abs(gauge.sigma))

    @property
    def typical(self) -> bool:
        """Whether no gauge deviates by more than :data:`WARNING`."""
        return abs(self.worst.sigma) <= WARNING


def typicality(model: Model, latent: Tensor) -> Typicality:
    """Measure where a latent lies in its prior.

    Parameters
    ----------
    model : Model
        Whose latent; for one of initial conditions waves count that move matter, not the rest of the noise.
    latent : Tensor, shape (latent_size,)
        The latent [1].

    Returns
    -------
    Typicality

    Raises
    ------
    InvalidInputError
        If the latent has another size.
    """
    if latent.shape != (model.card.latent_size,):
        raise InvalidInputError(
            f"a latent of model {model.card.name} holds {model.card.latent_size} numbers, got {tuple(latent.shape)}"
        )
    from cosmoloom.pipeline.primordial import PrimordialModel

    scores = LatentPrior.of(model.card).scores(latent)
    if not isinstance(model, PrimordialModel):
        return Typicality(Gauge(float(scores.square().mean()), len(scores)))
    k, power, weight = _waves(model.grids, scores)
    edges = np.geomspace(k.min() * 0.999, k.max() * 1.001, BANDS + 1)
    bands = []
    for low, high in pairwise(edges):
        inside = (k >= low) & (k < high)
        if inside.any():
            bands.append(_gauge(power[inside], weight[inside], (float(low), float(high))))
    return Typicality(_gauge(power, weight), tuple(bands))


def warning(found: Typicality) -> str:
    """Return what to say of a latent that the prior would not draw; empty for one that it would."""
    if found.typical:
        return ""
    gauge = found.worst
    where = "its length" if gauge.k is None else f"waves of k = {gauge.k[0]:.2g} to {gauge.k[1]:.2g} h/Mpc"
    sense = "too strong" if gauge.sigma > 0 else "too weak"
    return f"outside the prior: {where} {sense} by {abs(gauge.sigma):.1f} \N{GREEK SMALL LETTER SIGMA}"


def _gauge(power: Values, weight: Values, k: tuple[float, float] | None = None) -> Gauge:
    freedom = weight.sum()
    return Gauge(float((power * weight).sum() / freedom), int(freedom), k)


def _waves(grids: LagrangianConfig, scores: Tensor) -> tuple[Values, Values, Values]:
    """Return wavenumbers [h/Mpc], power over white noise's [1], and for how many numbers each coefficient stands."""
    sides = (grids.long_n, grids.n)
    long, short = (
        noise.view(side, side, side)
        for noise, side in zip(scores.split([side**3 for side in sides]), sides, strict=True)
    )
    found = []
    for noise, size, is_long in ((long, grids.long_size, True), (short, grids.size, False)):
        n = len(noise)
        whole = torch.fft.fftfreq(n, 1 / n, dtype=torch.float64)
        half = torch.arange(n // 2 + 1, dtype=torch.float64)
        k = (whole[:, None, None] ** 2 + whole[:, None] ** 2 + half**2).sqrt() * (2 * torch.pi / size)
        twice = torch.full(k.shape, 2.0, dtype=torch.float64)  # a coefficient and its conjugate
        twice[..., 0] = 1.0
        used = (k > 0) & (k < grids.k_split) if is_long else k >= grids.k_split
        for axis in range(3):
            used.select(axis, n // 2).fill_(False)  # waves of the Nyquist wavenumber move nothing
        power = torch.fft.rfftn(noise).abs().square() / n**3
        found.append([values[used].numpy() for values in (k, power, twice)])
    k, power, weight = (np.concatenate(pair) for pair in zip(*found, strict=True))
    return k, power, weight
