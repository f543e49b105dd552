"""M2: doubles the resolution of a volume patch by patch, with an encoder for the seven neighbours.

Each of the encoder's convolutions is followed by LeakyReLU, which table 3 leaves out: without, they would be one.

References
----------
Perraudin et al. (2019), appendix 3, table 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.perraudin2019.layers import bounded, double, halve, keep
from cosmoloom.nets.xavier import xavier

CODE_WIDTH = 16
"""Channels of the encoded neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class M2Config(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    patch : int
        Voxels per side of a patch, a multiple of 8.
    width : int
        d of the table.
    """

    patch: int = 32
    width: int = 32

    def __post_init__(self) -> None:
        if self.patch < 8 or self.patch % 8:
            raise InvalidInputError(f"a patch has a multiple of 8 voxels per side, got {self.patch}")

    @property
    def n(self) -> int:
        """Voxels per side of what the generator makes: one patch."""
        return self.patch

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3

    @property
    def factor(self) -> int:
        """Voxels of a patch per voxel of the low-resolution block, along one axis."""
        return 2

    @property
    def code_size(self) -> int:
        """Numbers that the neighbours are encoded in; as many of the latent join them."""
        return int(CODE_WIDTH * (self.patch // 8) ** 3)

    @property
    def latent_size(self) -> int:
        """Components of the latent: those that join the code, and one per voxel of the low-resolution block."""
        return int(self.code_size + (self.patch // 2) ** 3)


class M2Generator(nn.Module):
    """Map latents (b, latent_size), borders (b, 7, m, m, m) and blocks (b, m/2, m/2, m/2) to patches (b, m, m, m)."""

    def __init__(self, config: M2Config) -> None:
        super().__init__()
        self.config = config
        self.latent_size, self.patch, self.factor = config.latent_size, config.patch, config.factor
        d, half = config.width, config.patch // 2
        self.encoder = nn.Sequential(*halve(7, d), *halve(d, d), *halve(d, CODE_WIDTH), nn.Flatten())
        self.dense = xavier(nn.Linear(2 * config.code_size, 2 * half**3))
        layers = [*keep(4, d), *keep(d, d), *double(d, 4 * d), *keep(4 * d, 2 * d), *keep(2 * d, 1)]
        self.layers = nn.Sequential(*layers[:-1])  # any value may come out

    def forward(self, latent: Tensor, borders: Tensor, low: Tensor) -> Tensor:
        code_size, half = self.config.code_size, self.patch // 2
        joins, grid = latent.split([code_size, half**3], dim=1)
        code = torch.cat([self.encoder(borders), joins], dim=1)
        x = self.dense(code).view(-1, 2, half, half, half)
        x = torch.cat([x, low[:, None], grid.view(-1, 1, half, half, half)], dim=1)  # (b, 4, m/2, m/2, m/2)
        return self.layers(x)[:, 0]  # (b, m, m, m)


class M2Critic(nn.Module):
    """Score cubes (b, 3, 2m, 2m, 2m): neighbours and patch, enlarged low resolution, and their difference."""

    def __init__(self, config: M2Config) -> None:
        super().__init__()
        self.config = config
        d = config.width
        layers = [*keep(3, d), *halve(d, 2 * d), *halve(2 * d, 4 * d), *keep(4 * d, d), *halve(d, d)]
        self.features = nn.Sequential(*bounded(layers), nn.Flatten())
        self.score = xavier(nn.Linear(d * (config.patch // 4) ** 3, 1))

    def forward(self, cube: Tensor) -> Tensor:
        return self.score(self.features(cube)).flatten()
