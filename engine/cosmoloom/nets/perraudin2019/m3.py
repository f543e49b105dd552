"""M3: a whole low-resolution volume from noise.

Where table 2 contradicts itself, the shapes of what goes out of each layer are taken: the critic halves the grid
in its last three layers, not in its first two, and ends with 512 d features.

References
----------
Perraudin et al. (2019), appendix 3, table 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.perraudin2019.layers import bounded, double, halve, keep
from cosmoloom.nets.xavier import xavier


@dataclass(frozen=True, slots=True, kw_only=True)
class M3Config(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    n : int
        Voxels per side, a multiple of 8.
    width : int
        d of the table.
    latent_size : int
        Components of the latent.
    """

    n: int = 32
    width: int = 64
    latent_size: int = 256

    def __post_init__(self) -> None:
        if self.n < 16 or self.n % 8:
            raise InvalidInputError(f"n must be a multiple of 8 voxels per side, from 16 on, got {self.n}")

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3


class M3Generator(nn.Module):
    """Map latents (b, latent_size) to fields (b, n, n, n) of any value."""

    def __init__(self, config: M3Config) -> None:
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        self.start = config.n // 8
        d = config.width
        self.first = xavier(nn.Linear(config.latent_size, 4 * d * self.start**3))
        layers = [*double(4 * d, 4 * d), *double(4 * d, 2 * d), *double(2 * d, d), *keep(d, d), *keep(d, 1)]
        self.layers = nn.Sequential(*layers[:-1])  # any value may come out

    def forward(self, latent: Tensor) -> Tensor:
        x = self.first(latent).view(len(latent), -1, self.start, self.start, self.start)
        return self.layers(x)[:, 0]  # (b, n, n, n)


class M3Critic(nn.Module):
    """Score fields (b, n, n, n)."""

    def __init__(self, config: M3Config) -> None:
        super().__init__()
        self.config = config
        d = config.width
        layers = [*keep(1, d), *keep(d, d), *halve(d, 2 * d), *halve(2 * d, 4 * d), *halve(4 * d, 8 * d)]
        self.features = nn.Sequential(nn.Unflatten(1, (1, config.n)), *bounded(layers), nn.Flatten())
        self.score = xavier(nn.Linear(8 * d * (config.n // 8) ** 3, 1))

    def forward(self, volume: Tensor) -> Tensor:
        return self.score(self.features(volume)).flatten()
