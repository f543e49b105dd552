"""The collapse network: matter moved by Lagrangian theory in, the cosmic web that gravity makes of it out.

Displacements from the initial conditions put matter near where it ends; what they cannot do is stop where streams
cross, so walls and haloes come out blurred.  The network writes a correction to ln rho: a U-Net over the eight voxels
of a cell as channels, beside the linear field and its whitened noise, which tell it where what collapses comes from.
Scale and shift of every layer follow from growth factor and ln kappa.  Beyond the faces of the volume it sees zeros.

References
----------
He et al. (2019), PNAS 116, 13825 (a U-Net from Lagrangian displacements to N-body ones).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from cosmoloom.nets.cell_unet import CellUNet, CellUNetConfig
from cosmoloom.nets.conditional import interleave
from cosmoloom.nets.critic import fold

THIN = 0.1
"""Density that is added before a logarithm is taken, over the cosmic mean [1]: displaced voxels may be empty."""
LOG_DENSITIES = (-6.0, 7.5)
"""Least and largest ln rho that is written [1]: below the emptiest voxels of simulations, beyond the densest."""
FEATURES = 3
"""Fields that are read: displaced density, linear overdensity, white noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollapseConfig(CellUNetConfig):
    """Size of a collapse network; attributes as of :class:`CellUNetConfig`."""

    what: ClassVar[str] = "a collapse network"

    widths: tuple[int, ...] = (16, 32, 64)


def features(displaced: Tensor, linear: Tensor, white: Tensor, growth: Tensor) -> tuple[Tensor, Tensor]:
    """Return ln of the displaced density, and all that the network reads, of order one: (b, 24, n/2, n/2, n/2)."""
    log_displaced = torch.log(displaced + THIN)
    grown = linear * growth[:, None, None, None]
    return log_displaced, fold(torch.stack([0.7 * log_displaced + 0.4, 0.5 * grown, white], dim=1))


class Collapse(CellUNet):
    """Map displaced density and initial conditions to ln rho."""

    def __init__(self, config: CollapseConfig) -> None:
        super().__init__(8 * FEATURES, widths=config.widths, condition_width=config.condition_width)
        self.config = config
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)  # begins with the displaced density as it is

    def forward(self, displaced: Tensor, linear: Tensor, white: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return ln of rho over the cosmic mean.

        Parameters
        ----------
        displaced : Tensor, shape (b, n, n, n)
            Density after Lagrangian displacements, over the cosmic mean [1].
        linear : Tensor, shape (b, n, n, n)
            Linear overdensity at z = 0 [1].
        white : Tensor, shape (b, n, n, n)
            The same with equal power at all scales, of variance 1.
        growth, log_kappa : Tensor, shape (b,)
            Linear growth factor D(z) and ln kappa [1].

        Returns
        -------
        Tensor, shape (b, n, n, n), float32
            Within :data:`LOG_DENSITIES`.
        """
        condition = self.condition(growth, log_kappa)
        log_displaced, x = features(displaced, linear, white, growth)
        correction = interleave(self.cells(x, condition)).float()  # (b, n, n, n)
        return (log_displaced + correction).clamp(*LOG_DENSITIES)
