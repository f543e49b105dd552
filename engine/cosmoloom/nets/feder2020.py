"""The generator and discriminator of feder2020, for one redshift or conditioned on it.

Five transposed convolutions of kernel 4 take the latent to 4^3, 8^3, ... 64^3 voxels; the discriminator is their
mirror image.  With the layers below the generator has 4,393,920 parameters, the number of the paper's table.  Its
paddings of 0 would make 92^3 voxels: those of 1 in the doubling layers make the 64^3 that the text states.

The redshift of the conditional networks joins the latent as it is, and is one constant channel more after the
first convolution of the discriminator.

References
----------
Feder, Berger & Stein (2020), arXiv:2005.03050, table I and section 3; Radford et al. (2016), arXiv:1511.06434
(initialisation and where to normalise).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration, doublings
from cosmoloom.nets.xavier import SLOPE

START = 4
FIRST_SCATTER = 0.02
"""Standard deviation of new weights [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FederConfig(Configuration):
    """Sizes of both networks.

    Attributes
    ----------
    n : int
        Voxels per side, 4 * 2^len(widths).
    widths : tuple of int
        Channels of the generator at 4^3, 8^3, ... up to half of the grid; mirrored in the discriminator.
    latent_size : int
        Components of the latent.
    conditional : bool
        Whether both networks are told the redshift.
    """

    n: int = 64
    widths: tuple[int, ...] = (256, 128, 64, 32)
    latent_size: int = 100
    conditional: bool = False

    def __post_init__(self) -> None:
        if doublings(self.n, START) != len(self.widths):
            raise InvalidInputError(
                f"{len(self.widths)} widths make {START * 2 ** len(self.widths)}^3 voxels, not n = {self.n}"
            )

    @property
    def dimensions(self) -> int:
        """Axes of a field."""
        return 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FederRedshiftConfig(FederConfig):
    """Sizes of the networks that are told the redshift."""

    conditional: bool = True


class FederGenerator(nn.Module):
    """Map latents (b, latent_size), and redshifts (b,) if conditional, to fields (b, n, n, n) in (-1, 1)."""

    def __init__(self, config: FederConfig) -> None:
        super().__init__()
        self.config = config
        self.latent_size = config.latent_size
        first, last = config.widths[0], config.widths[-1]
        layers = [*_up(config.latent_size + config.conditional, first, stride=1, padding=0)]
        for a, b in pairwise(config.widths):
            layers += _up(a, b, stride=2, padding=1)
        layers += [nn.ConvTranspose3d(last, 1, 4, stride=2, padding=1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        self.apply(_initialise)

    def forward(self, latent: Tensor, redshift: Tensor | None = None) -> Tensor:
        if self.config.conditional:
            latent = torch.cat([latent, _known(redshift)[:, None]], dim=1)
        return self.layers(latent[:, :, None, None, None])[:, 0]  # (b, n, n, n)


class FederCritic(nn.Module):
    """Score fields (b, n, n, n), at redshifts (b,) if conditional; a sigmoid of the score is a probability."""

    def __init__(self, config: FederConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths[::-1]
        self.entry = nn.Sequential(nn.Conv3d(1, widths[0], 4, stride=2, padding=1, bias=False), nn.ReLU())
        layers: list[nn.Module] = []
        for level, (a, b) in enumerate(pairwise(widths)):
            extra = config.conditional if level == 0 else 0
            layers += [nn.Conv3d(a + extra, b, 4, stride=2, padding=1, bias=False), nn.BatchNorm3d(b), nn.ReLU()]
        self.body = nn.Sequential(*layers)  # down to 4^3
        self.score = nn.Conv3d(widths[-1], 1, START, bias=False)
        self.apply(_initialise)

    def features(self, volume: Tensor, redshift: Tensor | None = None) -> Tensor:
        """Return all but the last layer, shape (b, widths[0] * 4^3)."""
        return self._body(volume, redshift).flatten(1)

    def forward(self, volume: Tensor, redshift: Tensor | None = None) -> Tensor:
        return self.score(self._body(volume, redshift)).flatten()

    def _body(self, volume: Tensor, redshift: Tensor | None) -> Tensor:
        x = self.entry(volume[:, None])
        if self.config.conditional:
            constant = _known(redshift)[:, None, None, None, None].expand(-1, 1, *x.shape[2:])
            x = torch.cat([x, constant.to(x.dtype)], dim=1)
        return self.body(x)


def _up(width_in: int, width_out: int, *, stride: int, padding: int) -> list[nn.Module]:
    return [
        nn.ConvTranspose3d(width_in, width_out, 4, stride=stride, padding=padding, bias=False),
        nn.BatchNorm3d(width_out),
        nn.LeakyReLU(SLOPE),
    ]


def _initialise(layer: nn.Module) -> None:
    if isinstance(layer, (nn.Conv3d, nn.ConvTranspose3d)):
        nn.init.normal_(layer.weight, std=FIRST_SCATTER)
    elif isinstance(layer, nn.BatchNorm3d):
        nn.init.normal_(layer.weight, mean=1.0, std=FIRST_SCATTER)


def _known(redshift: Tensor | None) -> Tensor:
    if redshift is None:
        raise InvalidInputError("this network is conditioned on redshift: give one per field")
    return redshift
