"""The conditional generator: a latent vector, a redshift and kappa in; a matter field out.

A dense layer makes 4^3 features, transposed convolutions double them until half of the final grid, each
followed by a residual convolution that sharpens what was doubled, and a sub-pixel convolution writes the eight
voxels between neighbouring cells: a transposed convolution of kernel 4 and stride 2 in the form that processors
run fastest.  After each normalisation, scale and shift follow from growth factor and ln kappa, so one latent
vector is one universe at every redshift.

A hundred numbers cannot place ten thousand voxels: left to them alone, a network repeats one small-scale
pattern in every volume.  So the latent goes on after the dense layer's share with one number per cell of the
8^3, 16^3, ... grids, which are added to the features there.

References
----------
Feder, Berger & Stein (2020), table 1 (kernels and strides); Karras et al. (2019), arXiv:1812.04948 (numbers
per cell of each grid); Perez et al. (2018), arXiv:1709.07871 (scale
and shift); Shi et al. (2016), arXiv:1609.05158 (sub-pixel convolution).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.errors import InvalidInputError

START = 4
SLOPE = 0.2
STRENGTH = 0.2
"""How strongly a component of the latent acts on its cell at first, over the scatter of the features [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorConfig:
    """Size of a conditional generator.

    Attributes
    ----------
    n : int
        Voxels per side of the output; 4 * 2^len(widths).
    coarse_size : int
        Components of the latent that enter the dense layer.
    detail_levels : int
        Grids from 8^3 up of which each cell has a component of its own.
    widths : tuple of int
        Channels at 4^3, 8^3, ... up to half of the output grid.
    condition_width : int
        Hidden width of the network that reads growth factor and ln kappa.
    """

    n: int = 64
    coarse_size: int = 128
    detail_levels: int = 3
    widths: tuple[int, ...] = (128, 64, 32, 16)
    condition_width: int = 64

    def __post_init__(self) -> None:
        if self.n != START * 2 ** len(self.widths):
            raise InvalidInputError(
                f"{len(self.widths)} widths make {START * 2 ** len(self.widths)}^3 voxels, not n = {self.n}"
            )

        if not 0 <= self.detail_levels < len(self.widths):
            raise InvalidInputError(
                f"detail_levels must lie in [0, {len(self.widths) - 1}], one per grid from 8^3 to half of {self.n}^3, "
                f"got {self.detail_levels}"
            )

    @property
    def detail_sides(self) -> tuple[int, ...]:
        """Cells per side of the grids whose cells have a component of the latent."""
        return tuple(START * 2**level for level in range(1, self.detail_levels + 1))

    @property
    def latent_size(self) -> int:
        """Length of the latent vector: the dense layer's share, then 8^3, 16^3, ... components."""
        return self.coarse_size + sum(side**3 for side in self.detail_sides)

    def split(self, latent: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Part latents (b, latent_size) into the dense layer's share (b, coarse_size) and grids (b, 1, m, m, m)."""
        coarse, *grids = latent.split([self.coarse_size, *(side**3 for side in self.detail_sides)], dim=1)
        shaped = [grid.view(-1, 1, side, side, side) for grid, side in zip(grids, self.detail_sides, strict=True)]
        return coarse, shaped

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> GeneratorConfig:
        """Read the plain dictionary of :meth:`as_dict`."""
        return cls(**{**values, "widths": tuple(values["widths"])})

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return {**asdict(self), "widths": list(self.widths)}


class Condition(nn.Module):
    """Read growth factor and ln kappa into a hidden vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, width)
        self.out = nn.Linear(width, width)

    def forward(self, growth: Tensor, log_kappa: Tensor) -> Tensor:
        inputs = torch.stack([4.0 * growth - 2.5, log_kappa - 2.0], dim=1)  # both of order one
        return functional.silu(self.out(functional.silu(self.hidden(inputs))))


class ScaleShift(nn.Module):
    """Normalise each channel by fixed statistics, then scale and shift it as the condition says.

    The statistics are measured once, on random latent vectors at all conditions, when the network is made
    (:meth:`ConditionalGenerator.calibrate`).  Statistics of the batch would make a field depend on its
    neighbours in the batch, and its power differ by factors between training and use.
    """

    def __init__(self, channels: int, condition_width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm3d(channels, affine=False)
        self.affine = nn.Linear(condition_width, 2 * channels)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.zeros_(self.affine.bias)

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        scale, shift = self.affine(condition)[:, :, None, None, None].chunk(2, dim=1)
        return torch.addcmul(shift, self.norm(features), 1.0 + scale)


class ConditionalGenerator(nn.Module):
    """Map latent vectors and conditions to standardised network fields."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths, hidden = config.widths, config.condition_width
        self.condition = Condition(hidden)
        self.first = nn.Linear(config.coarse_size, widths[0] * START**3, bias=False)
        self.ups = nn.ModuleList(
            nn.ConvTranspose3d(a, b, kernel_size=4, stride=2, padding=1, bias=False)
            for a, b in pairwise(widths)
        )
        self.refines = nn.ModuleList(nn.Conv3d(width, width, kernel_size=3, padding=1) for width in widths[1:])
        for refine in self.refines:
            for parameter in refine.parameters():
                nn.init.zeros_(parameter)  # begins as the identity
        self.modulations = nn.ModuleList(ScaleShift(width, hidden) for width in widths)
        self.strengths = nn.ParameterList(
            nn.Parameter(torch.full((width,), STRENGTH)) for width in widths[1 : 1 + config.detail_levels]
        )
        self.last = nn.Conv3d(widths[-1], 8, kernel_size=2, padding=1)
        self.level_phases()
        self.eval()

    @torch.no_grad()
    def calibrate(self, latent: Tensor, growth: Tensor, log_kappa: Tensor) -> None:
        """Measure the statistics by which channels are normalised.

        Parameters
        ----------
        latent, growth, log_kappa : Tensor
            A batch as for :meth:`forward`, over all conditions.
        """
        for norm in (modulation.norm for modulation in self.scale_shifts()):
            norm.momentum = None  # takes over the first batch as it is
            norm.train()
        self(latent, growth, log_kappa)
        self.eval()

    def scale_shifts(self) -> list[ScaleShift]:
        """Return the modulations in order of computation, from 4^3 up."""
        return cast("list[ScaleShift]", list(self.modulations))

    @torch.no_grad()
    def level_phases(self) -> None:
        """Make the eight phases of every doubling answer a constant field alike.

        Features are not zero on average, and phases that answer their mean differently draw the same lattice
        into every volume.
        """
        for up in self.ups:
            weight = up.get_parameter("weight")
            taps = weight.unflatten(4, (2, 2)).unflatten(3, (2, 2)).unflatten(2, (2, 2))  # (in, out, tap, phase, ...)
            response = taps.sum(dim=(2, 4, 6), keepdim=True)
            taps.add_((response.mean(dim=(3, 5, 7), keepdim=True) - response) / 8)
        weight, bias = self.last.get_parameter("weight"), self.last.get_parameter("bias")
        response = weight.sum(dim=(2, 3, 4), keepdim=True)
        weight.add_((response.mean(dim=0, keepdim=True) - response) / 8)
        bias.fill_(float(bias.mean()))

    def newest(self) -> list[nn.Parameter]:
        """Return the weights of the finest grid, which growth from half the grid has added."""
        layers = (self.ups[-1], self.refines[-1], self.modulations[-1], self.last)
        weights = [weight for layer in layers for weight in layer.parameters()]
        return weights + list(self.strengths)[len(self.ups) - 1 :]

    def forward(self, latent: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return network fields.

        Parameters
        ----------
        latent : Tensor, shape (b, latent_size)
            Draws of the prior [1].
        growth, log_kappa : Tensor, shape (b,)
            Linear growth factor D(z) and ln kappa [1].

        Returns
        -------
        Tensor, shape (b, n, n, n)
            Standardised fields y; :class:`Standardisation` turns them into scaled density.
        """
        condition = self.condition(growth, log_kappa)
        coarse, details = self.config.split(latent)
        x = self.first(coarse).view(len(latent), -1, START, START, START)  # (b, c, 4, 4, 4)
        x = x.contiguous(memory_format=torch.channels_last_3d)
        x = functional.leaky_relu(self.modulations[0](x, condition), SLOPE)
        for level, (up, modulation, refine) in enumerate(
            zip(self.ups, self.modulations[1:], self.refines, strict=True)
        ):
            x = modulation(up(x), condition)  # doubles the grid
            if level < len(details):
                x = torch.addcmul(x, details[level], self.strengths[level][:, None, None, None])
            x = functional.leaky_relu(x, SLOPE)
            x = x + functional.leaky_relu(refine(x), SLOPE)
        return interleave(self.last(x))[:, 1:-1, 1:-1, 1:-1]  # (b, n, n, n)


def interleave(phases: Tensor) -> Tensor:
    """Write eight channels on an m^3 grid as the voxels of one (2m)^3 grid: (b, 8, m, m, m) -> (b, 2m, 2m, 2m)."""
    b, _, m = phases.shape[:3]
    cells = phases.view(b, 2, 2, 2, m, m, m).permute(0, 4, 1, 5, 2, 6, 3)
    return cells.reshape(b, 2 * m, 2 * m, 2 * m)
