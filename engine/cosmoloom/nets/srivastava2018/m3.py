"""M3: a whole low-resolution volume from noise.

References
----------
Srivastava (2018), section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from cosmoloom.nets.configuration import Configuration, doublings
from cosmoloom.nets.srivastava2018.blocks import KERNELS, Ablation, Critic, check_ablation, closing, hidden
from cosmoloom.nets.xavier import xavier

START = 2
FIRST_WIDTH = 8
LAYERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class M3Config(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    n : int
        Voxels per side, a power of two from 8 on.
    width : int
        Channels of each kernel.
    latent_size : int
        Components of the latent.
    ablation : str
        "plain" or "inception"; the thesis has no residual connections here, where every layer changes the grid
        or its width, so "residual" means "inception".
    """

    n: int = 32
    width: int = 16
    latent_size: int = 100
    ablation: Ablation = "inception"

    def __post_init__(self) -> None:
        check_ablation(self.ablation)
        doublings(self.n, START)

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3


class M3Generator(nn.Module):
    """Map latents (b, latent_size) to fields (b, n, n, n) of values >= 0."""

    def __init__(self, config: M3Config) -> None:
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        self.first = xavier(nn.Linear(config.latent_size, FIRST_WIDTH * START**3))
        wide = len(KERNELS) * config.width
        layers: list[nn.Module] = []
        for level in range(LAYERS - 1):
            doubles = level < doublings(config.n, START)
            width_in = FIRST_WIDTH if level == 0 else wide
            layers += [
                hidden(width_in, config.width, config.ablation, stride=2 if doubles else 1, transposed=True),
                nn.ReLU(),
            ]
        self.layers = nn.Sequential(*layers, closing(wide, 1, config.ablation), nn.ReLU())

    def forward(self, latent: Tensor) -> Tensor:
        x = self.first(latent).view(-1, FIRST_WIDTH, START, START, START)
        return self.layers(x)[:, 0]  # (b, n, n, n)


class M3Critic(Critic):
    """Score fields (b, n, n, n)."""

    def __init__(self, config: M3Config) -> None:
        super().__init__(1, n=config.n, cells=config.n // 4, width=config.width, ablation=config.ablation)
        self.config = config

    def features(self, volume: Tensor) -> Tensor:
        """Return all but the last layer, shape (b, 64)."""
        return super().features(volume[:, None])
