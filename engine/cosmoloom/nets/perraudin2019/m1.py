"""M1: four times the resolution, patch by patch, by inception blocks that see the neighbours as channels.

Table 4 states d = 64, but its critic ends with 8^3 d = 16,384 features: d is 64 in the generator here and 32 in
the critic, so that every number of the table holds.  The critic is told the power spectrum of the cube that it
judges, as the 1914 values that the table counts.

References
----------
Perraudin et al. (2019), appendix 3, table 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.inception import MergedInception, alive
from cosmoloom.nets.power_estimate import PowerEstimate
from cosmoloom.nets.xavier import SLOPE, xavier

STRIDES = (2, 1, 1, 1, 1, 1, 2, 2)
"""Of the critic's blocks."""
DENSE = (64, 16)
"""Widths of the critic's dense layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class M1Config(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    patch : int
        Voxels per side of a patch, a multiple of 4.
    width : int
        d of the generator.
    critic_width : int
        d of the critic.
    factor : int
        Voxels of a patch per voxel of the low-resolution block, along one axis; 1 means that there is no block.
    """

    patch: int = 32
    width: int = 64
    critic_width: int = 32
    factor: int = 4

    def __post_init__(self) -> None:
        if self.patch < 8 or self.patch % 4:
            raise InvalidInputError(f"a patch has a multiple of 4 voxels per side, from 8 on, got {self.patch}")
        if self.factor < 1 or self.patch % self.factor:
            raise InvalidInputError(f"a patch of {self.patch} voxels per side has no blocks of {self.factor} voxels")

    @property
    def n(self) -> int:
        """Voxels per side of what the generator makes: one patch."""
        return self.patch

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3

    @property
    def latent_size(self) -> int:
        """Components of the latent, one per voxel."""
        return int(self.patch**3)


class M1Generator(nn.Module):
    """Map latents (b, m^3), borders (b, 7, m, m, m) and blocks (b, m/f, m/f, m/f) to patches (b, m, m, m), >= 0."""

    def __init__(self, config: M1Config) -> None:
        super().__init__()
        self.config = config
        self.latent_size, self.patch, self.factor = config.latent_size, config.patch, config.factor
        d = config.width
        layers: list[nn.Module] = []
        for a, b in pairwise((8 + (config.factor > 1), *[d] * 7)):
            layers += [MergedInception(a, b), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, alive(MergedInception(d, 1)), nn.ReLU())

    def forward(self, latent: Tensor, borders: Tensor, low: Tensor | None = None) -> Tensor:
        return self.layers(as_channels(latent, borders, low, factor=self.factor))[:, 0]


class M1Critic(nn.Module):
    """Score cubes (b, 3, 2m, 2m, 2m): neighbours and patch, enlarged low resolution, and their difference.

    Without low resolution there is only the first: (b, 1, 2m, 2m, 2m).
    """

    def __init__(self, config: M1Config) -> None:
        super().__init__()
        self.config = config
        d = config.critic_width
        widths = pairwise((3 if config.factor > 1 else 1, 2 * d, 2 * d, *[d] * 6))
        layers: list[nn.Module] = []
        for (a, b), stride in zip(widths, STRIDES, strict=True):
            layers += [MergedInception(a, b, stride=stride, wrap=spectral_norm), nn.LeakyReLU(SLOPE)]
        self.convolutions = nn.Sequential(*layers, nn.Flatten())
        self.power = PowerEstimate(2 * config.patch)
        sizes = (d * (config.patch // 4) ** 3 + self.power.shells, *DENSE)
        dense: list[nn.Module] = []
        for a, b in pairwise(sizes):
            dense += [xavier(nn.Linear(a, b)), nn.LeakyReLU(SLOPE)]
        self.dense = nn.Sequential(*dense)
        self.score = xavier(nn.Linear(DENSE[-1], 1))

    def features(self, cube: Tensor) -> Tensor:
        """Return all but the last layer, shape (b, 16)."""
        x = self.convolutions(cube)
        return self.dense(torch.cat([x, self.power(cube[:, 0]).to(x.dtype)], dim=1))

    def forward(self, cube: Tensor) -> Tensor:
        return self.score(self.features(cube)).flatten()


def as_channels(latent: Tensor, borders: Tensor, low: Tensor | None, *, factor: int) -> Tensor:
    """Return latent, borders and the enlarged block as channels on the grid of the patch, (b, 8 or 9, m, m, m).

    Parameters
    ----------
    latent : Tensor, shape (b, m^3)
        One component per voxel.
    borders : Tensor, shape (b, 7, m, m, m)
        Neighbours, flipped so that the face that they share with the patch comes first.
    low : Tensor, shape (b, m/f, m/f, m/f)
        Low-resolution block; None where the network sees none (a factor of 1).
    factor : int
        f above.

    Raises
    ------
    InvalidInputError
        If a block is missing, or given to a network that sees none.
    """
    m = borders.shape[-1]
    channels = [latent.view(-1, 1, m, m, m), borders]
    if (low is None) != (factor == 1):
        raise InvalidInputError(
            "this network refines a low-resolution block: give one per patch" if low is None
            else "this network sees no low-resolution block: give none"
        )  # fmt: skip
    if low is not None:
        channels.append(functional.interpolate(low[:, None], scale_factor=factor))  # repeats each voxel
    return torch.cat(channels, dim=1)
