"""The layers that M1, M2 and M3 are made of, in the three kinds that the thesis compares.

References
----------
Srivastava (2018), sections 5.1, 5.2 and 5.6, figure 5.3.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, get_args

from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.inception import Inception, MergedInception, alive, same_convolution

Ablation = Literal["plain", "inception", "residual"]
"""Convolutions of 5^3; inception blocks; inception blocks with residual connections in the generator."""

KERNELS = (1, 3, 5)
DENSE = 64
"""Width of the critic's first dense layer; the thesis prints none."""


def check_ablation(name: str) -> None:
    """Raise InvalidInputError if there is no such kind."""
    if name not in get_args(Ablation):
        raise InvalidInputError(f"ablation is one of {', '.join(get_args(Ablation))}, got {name!r}")


def hidden(width_in: int, width: int, ablation: Ablation, *, stride: int = 1, transposed: bool = False) -> nn.Module:
    """Return a layer of 3 ``width`` channels, followed by ReLU elsewhere."""
    if ablation == "plain":
        return same_convolution(width_in, len(KERNELS) * width, KERNELS[-1], stride=stride, transposed=transposed)
    return Inception(width_in, width, kernels=KERNELS, stride=stride, transposed=transposed)


def closing(width_in: int, width_out: int, ablation: Ablation) -> nn.Module:
    """Return a layer of exactly ``width_out`` channels that keeps the grid."""
    if ablation == "plain":
        return alive(same_convolution(width_in, width_out, KERNELS[-1]))
    return alive(MergedInception(width_in, width_out, kernels=KERNELS))


class Residual(nn.Module):
    """Two layers added to what comes in, before the second one's ReLU."""

    def __init__(self, width: int, ablation: Ablation) -> None:
        super().__init__()
        wide = len(KERNELS) * width
        last = hidden(wide, width, ablation)
        for weights in last.parameters():
            nn.init.zeros_(weights)  # begins as the identity: three blocks would else amplify several times over
        self.layers = nn.Sequential(hidden(wide, width, ablation), nn.ReLU(), last)

    def forward(self, x: Tensor) -> Tensor:
        return (x + self.layers(x)).relu()


def generator_layers(width_in: int, width: int, ablation: Ablation) -> nn.Sequential:
    """Return eight layers on one grid, to one channel of values >= 0; layers 2 to 7 pair up in residual blocks."""
    wide = len(KERNELS) * width
    layers: list[nn.Module] = [hidden(width_in, width, ablation), nn.ReLU()]
    if ablation == "residual":
        layers += [Residual(width, ablation) for _ in range(3)]
    else:
        for _ in range(6):
            layers += [hidden(wide, width, ablation), nn.ReLU()]
    return nn.Sequential(*layers, closing(wide, 1, ablation), nn.ReLU())


class Critic(nn.Module):
    """Six layers down to 8^3 cells of two channels, and two dense layers.

    Parameters
    ----------
    width_in : int
        Channels of what is judged.
    n : int
        Voxels per side of what is judged.
    cells : int
        Cells per side that are left, 8 in the thesis.
    width : int
        Channels of each kernel.
    ablation : str
        Kind of layers; residual connections are in generators only.
    """

    def __init__(self, width_in: int, *, n: int, cells: int, width: int, ablation: Ablation) -> None:
        super().__init__()
        wide = len(KERNELS) * width
        halvings = (n // cells).bit_length() - 1
        layers: list[nn.Module] = []
        for level, (a, _) in enumerate(pairwise((width_in, *[wide] * 5))):
            layers += [hidden(a, width, ablation, stride=2 if level < halvings else 1), nn.ReLU()]
        layers += [closing(wide, 2, ablation), nn.ReLU(), nn.Flatten()]
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Linear(2 * cells**3, DENSE)
        self.score = nn.Linear(DENSE, 1)

    def features(self, volume: Tensor) -> Tensor:
        """Return all but the last layer, shape (b, 64)."""
        return self.dense(self.convolutions(volume)).relu()

    def forward(self, volume: Tensor) -> Tensor:
        return self.score(self.features(volume)).flatten()
