"""The generator with residual blocks and the critic with dilation of cavezza2022.

References
----------
Cavezza (2022), tables 1 (critic), 2 (generator) and 3 (residual block).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.xavier import SLOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class CavezzaConfig(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    n : int
        Voxels per side, a multiple of 8.
    widths : tuple of int
        Channels of the generator at n/8, n/4, n/2, n voxels per side, and before its last convolution.
    critic_widths : tuple of int
        Channels of the critic: three that halve the grid, one dilated, one plain.
    latent_size : int
        Components of the latent.
    """

    n: int = 32
    widths: tuple[int, ...] = (256, 128, 64, 32, 16)
    critic_widths: tuple[int, ...] = (64, 128, 256, 512, 512)
    latent_size: int = 256

    def __post_init__(self) -> None:
        if self.n < 16 or self.n % 8:
            raise InvalidInputError(f"n must be a multiple of 8 voxels per side, from 16 on, got {self.n}")
        if len(self.widths) != 5 or len(self.critic_widths) != 5:
            raise InvalidInputError(
                f"both networks have 5 widths, got {len(self.widths)} and {len(self.critic_widths)}"
            )

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3


class ResidualBlock(nn.Module):
    """Two normalised convolutions added to what comes in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(width, width, 3, padding=1), nn.BatchNorm3d(width), nn.LeakyReLU(SLOPE),
            nn.Conv3d(width, width, 3, padding=1), nn.BatchNorm3d(width), nn.LeakyReLU(SLOPE),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class CavezzaGenerator(nn.Module):
    """Map latents (b, latent_size) to fields (b, n, n, n) in (0, 1)."""

    def __init__(self, config: CavezzaConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        self.start = config.n // 8
        self.first = nn.Linear(config.latent_size, config.widths[0] * self.start**3)
        layers: list[nn.Module] = []
        for a, b in pairwise(config.widths[:4]):
            layers += [nn.ConvTranspose3d(a, b, 4, stride=2, padding=1), nn.BatchNorm3d(b), nn.LeakyReLU(SLOPE)]
            layers += [ResidualBlock(b)]
        last, end = config.widths[3:]
        layers += [nn.ConvTranspose3d(last, end, 3, padding=1), nn.BatchNorm3d(end), nn.LeakyReLU(SLOPE)]
        layers += [nn.ConvTranspose3d(end, 1, 3, padding=1), nn.Sigmoid()]
        self.layers = nn.Sequential(*layers)

    def forward(self, latent: Tensor) -> Tensor:
        x = self.first(latent).view(len(latent), -1, self.start, self.start, self.start)
        return self.layers(x)[:, 0]  # (b, n, n, n)


class CavezzaCritic(nn.Module):
    """Score fields (b, n, n, n)."""

    def __init__(self, config: CavezzaConfig) -> None:
        super().__init__()
        self.config = config
        *halving, dilated, plain = config.critic_widths
        layers: list[nn.Module] = []
        for a, b in pairwise((1, *halving)):
            layers += [spectral_norm(nn.Conv3d(a, b, 4, stride=2, padding=1)), nn.LeakyReLU(SLOPE)]
        layers += [spectral_norm(nn.Conv3d(halving[-1], dilated, 3, padding=2, dilation=2)), nn.LeakyReLU(SLOPE)]
        layers += [spectral_norm(nn.Conv3d(dilated, plain, 3, padding=1)), nn.LeakyReLU(SLOPE)]
        self.features = nn.Sequential(nn.Unflatten(1, (1, config.n)), *layers, nn.Flatten())
        self.score = nn.Linear(plain * (config.n // 8) ** 3, 1)

    def forward(self, volume: Tensor) -> Tensor:
        return self.score(self.features(volume)).flatten()
