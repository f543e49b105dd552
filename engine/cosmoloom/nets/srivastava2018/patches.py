"""M2, M1 and the uni-scale Mu: one design that refines a volume patch by patch.

References
----------
Srivastava (2018), sections 5.2, 5.3, 5.5 (Mu) and 5.6 (the three kinds of layers).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.perraudin2019.m1 import as_channels
from cosmoloom.nets.srivastava2018.blocks import Ablation, Critic, check_ablation, generator_layers


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchConfig(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    patch : int
        Voxels per side of a patch, a multiple of 4.
    width : int
        Channels of each kernel.
    factor : int
        Voxels of a patch per voxel of the low-resolution block, along one axis; 1 means that there is no block.
    ablation : str
        "plain", "inception" or "residual".
    """

    patch: int = 32
    width: int = 16
    factor: int = 4
    ablation: Ablation = "residual"

    def __post_init__(self) -> None:
        check_ablation(self.ablation)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class M2Config(PatchConfig):
    """Sizes of M2: twice the resolution."""

    factor: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UniscaleConfig(PatchConfig):
    """Sizes of Mu: no low-resolution block."""

    factor: int = 1


class PatchGenerator(nn.Module):
    """Map latents (b, m^3), borders (b, 7, m, m, m) and blocks (b, m/f, m/f, m/f) to patches (b, m, m, m), >= 0."""

    def __init__(self, config: PatchConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_size, self.patch, self.factor = config.latent_size, config.patch, config.factor
        self.layers = generator_layers(8 + (config.factor > 1), config.width, config.ablation)

    def forward(self, latent: Tensor, borders: Tensor, low: Tensor | None = None) -> Tensor:
        return self.layers(as_channels(latent, borders, low, factor=self.factor))[:, 0]


class PatchCritic(Critic):
    """Score cubes (b, 3, 2m, 2m, 2m): neighbours and patch, enlarged low resolution, and their difference.

    Without low resolution there is only the first: (b, 1, 2m, 2m, 2m).
    """

    def __init__(self, config: PatchConfig) -> None:
        super().__init__(
            3 if config.factor > 1 else 1, n=2 * config.patch, cells=config.patch // 4, width=config.width,
            ablation=config.ablation,
        )  # fmt: skip
        self.config = config
