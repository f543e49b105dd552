"""The generator, discriminator and encoder of ullmo2021, in two and three dimensions.

A dense layer makes 4^d features, transposed convolutions double them up to the grid; discriminator and encoder
share one body, strided convolutions down to 4^d, and differ in their last layer.  What the paper's tables leave
open (first grid, normalisation, initialisation) follows the public code that it names as its model.  The table
gives the 3D discriminator a dense layer of 4096 inputs; 256 channels on 4^3 cells are 16384.

References
----------
Ullmo, Decelle & Aghanim (2021), arXiv:2011.05244, appendix A, tables A.1 and A.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration, doublings
from cosmoloom.nets.xavier import SLOPE, xavier

START = 4
MOMENTUM = 0.5
"""Of the running statistics of the batch [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UllmoConfig(Configuration):
    """Sizes of the networks, by default those for cubes.

    Attributes
    ----------
    n : int
        Voxels per side, 4 * 2^len(widths).
    widths : tuple of int
        Channels of the discriminator and encoder after each halving; the generator has them in reverse.
    latent_size : int
        Components of the latent.
    kernel : int
        Voxels per side of every kernel.
    dimensions : int
        2 for maps, 3 for cubes.
    """

    n: int = 64
    widths: tuple[int, ...] = (32, 64, 128, 256)
    latent_size: int = 200
    kernel: int = 4
    dimensions: int = 3

    def __post_init__(self) -> None:
        if self.dimensions not in {2, 3}:
            raise InvalidInputError(f"a field has 2 or 3 dimensions, got {self.dimensions}")
        if doublings(self.n, START) != len(self.widths):
            raise InvalidInputError(
                f"{len(self.widths)} widths make {START * 2 ** len(self.widths)} voxels per side, not n = {self.n}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class UllmoMapConfig(UllmoConfig):
    """Sizes of the networks for maps."""

    n: int = 128
    widths: tuple[int, ...] = (32, 64, 128, 256, 512)
    latent_size: int = 100
    kernel: int = 5
    dimensions: int = 2


class UllmoGenerator(nn.Module):
    """Map latents (b, latent_size) to cubes (b, n, n, n) or maps (b, n, n), in (-1, 1)."""

    def __init__(self, config: UllmoConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        flat = config.dimensions == 2
        convolution = nn.ConvTranspose2d if flat else nn.ConvTranspose3d
        norm = nn.BatchNorm2d if flat else nn.BatchNorm3d
        widths = (*config.widths[::-1], 1)
        self.first = xavier(nn.Linear(config.latent_size, widths[0] * START**config.dimensions))
        layers: list[nn.Module] = [norm(widths[0], momentum=MOMENTUM), nn.ReLU()]
        padding = (config.kernel - 1) // 2
        for a, b in pairwise(widths):
            # Doubles the grid; an odd kernel leaves the last voxel open.
            up = convolution(a, b, config.kernel, stride=2, padding=padding, output_padding=config.kernel % 2)
            layers += [xavier(up), norm(b, momentum=MOMENTUM), nn.ReLU()]
        self.layers = nn.Sequential(*layers[:-2], nn.Tanh())

    def forward(self, latent: Tensor) -> Tensor:
        x = self.first(latent).view(len(latent), -1, *(START,) * self.config.dimensions)  # (b, c, 4, 4[, 4])
        return self.layers(x)[:, 0]


class UllmoBody(nn.Module):
    """Strided convolutions that discriminator and encoder have alike: fields to features (b, widths[-1] * 4^d)."""

    def __init__(self, config: UllmoConfig) -> None:
        super().__init__()
        flat = config.dimensions == 2
        convolution = nn.Conv2d if flat else nn.Conv3d
        norm = nn.BatchNorm2d if flat else nn.BatchNorm3d
        layers: list[nn.Module] = []
        for a, b in pairwise((1, *config.widths)):
            down = convolution(a, b, config.kernel, stride=2, padding=(config.kernel - 1) // 2)
            layers += [xavier(down), norm(b, momentum=MOMENTUM), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(layers[0], *layers[2:])  # the first is not normalised
        self.size = config.widths[-1] * START**config.dimensions

    def forward(self, field: Tensor) -> Tensor:
        return self.layers(field[:, None]).flatten(1)


class UllmoCritic(nn.Module):
    """Score cubes (b, n, n, n) or maps (b, n, n); a sigmoid of the score is a probability."""

    def __init__(self, config: UllmoConfig) -> None:
        super().__init__()
        self.config = config
        self.features = UllmoBody(config)
        self.score = xavier(nn.Linear(self.features.size, 1))

    def forward(self, field: Tensor) -> Tensor:
        return self.score(self.features(field)).flatten()


class UllmoEncoder(nn.Module):
    """Map cubes or maps to the latents (b, latent_size) from which the generator makes the like."""

    def __init__(self, config: UllmoConfig) -> None:
        super().__init__()
        self.config = config
        self.body = UllmoBody(config)
        self.latent = xavier(nn.Linear(self.body.size, config.latent_size))

    def forward(self, field: Tensor) -> Tensor:
        return self.latent(self.body(field))
