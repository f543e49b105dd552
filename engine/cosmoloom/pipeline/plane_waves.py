"""The longest waves of the initial conditions as directions of a latent space."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import pi, sqrt

import torch
from torch import Tensor

from cosmoloom.pipeline.directions import LatentDirections
from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
from cosmoloom.pipeline.linear_power import LinearPower

SHELLS = 2
"""Waves whose squared index is at most this: 3 along the axes and 6 along diagonals of faces."""


def longest_waves(config: LagrangianConfig, power: LinearPower) -> LatentDirections:
    """Return cosine and sine of the longest waves, as unit vectors of the latent.

    A step of one standard deviation adds a plane wave of the usual height.  Phases count from the middle of the
    region: a cosine piles matter up there, a sine makes it flow from one face to the other.

    Parameters
    ----------
    config : LagrangianConfig
        Sizes of the grids.
    power : LinearPower
        Says how far a wave moves matter.

    Returns
    -------
    LatentDirections
        ``explained`` is the share of a wave in the mean square displacement by long waves.
    """
    m, unit = config.long_n, 2 * pi / config.long_size
    waves = list(_half_space(SHELLS, config))
    k = unit * torch.tensor([sqrt(sum(i * i for i in wave)) for wave in waves], dtype=torch.float64)
    place = (torch.arange(m, dtype=torch.float64) / m - 0.5) * 2 * pi  # the middle of the box is that of the region
    vectors, names = [], []
    for wave in waves:
        phase = wave[0] * place[:, None, None] + wave[1] * place[:, None] + wave[2] * place
        length = config.long_size / sqrt(sum(i * i for i in wave))
        for name, values in (("cosine", phase.cos()), ("sine", phase.sin())):
            vectors.append(torch.nn.functional.pad(values.flatten() * sqrt(2 / m**3), (0, config.n**3)))
            names.append(f"{_text(wave)}, {length:.0f} Mpc/h, {name}")
    share = (power.at(k) / k.square() / _mean_square(config, power)).repeat_interleave(2)
    return LatentDirections(torch.stack(vectors).float(), share.float(), tuple(names))


def _half_space(longest: int, config: LagrangianConfig) -> Iterator[tuple[int, int, int]]:
    """Yield one of each pair of opposite wave vectors, the longest waves first."""
    reach = range(-config.long_modes, config.long_modes + 1)
    every = [(i, j, k) for i, j, k in product(reach, repeat=3) if (i, j, k) > (0, 0, 0)]
    squares = {wave: sum(i * i for i in wave) for wave in every}
    chosen = (wave for wave in every if squares[wave] <= longest)
    yield from sorted(chosen, key=lambda wave: (squares[wave], tuple(-i for i in wave)))


def _mean_square(config: LagrangianConfig, power: LinearPower) -> Tensor:
    """Return the sum of P / k^2 over all long waves, in the unit of one of them."""
    unit = 2 * pi / config.long_size
    index = torch.arange(-config.long_modes, config.long_modes + 1, dtype=torch.float64)
    squared = unit**2 * (index[:, None, None] ** 2 + index[:, None] ** 2 + index**2)
    squared = squared[(squared > 0) & (squared < config.k_split**2)]
    return (power.at(squared.sqrt()) / squared).sum()


def _text(wave: tuple[int, int, int]) -> str:
    """Return along which axes a wave vector points, as in "x - y"."""
    terms = [("-" if i < 0 else "+", axis) for i, axis in zip(wave, "xyz", strict=True) if i]
    return " ".join(part for sign, axis in terms for part in (sign, axis)).removeprefix("+ ")
