"""The network that looks back: from the matter of a volume to the initial conditions that it grew from.

A U-Net over the eight voxels of a cell reads ln rho and writes white noise on the same voxels, in place before matter
moved.  What gravity has erased, and what lies beyond the faces, it cannot know: there it writes numbers near zero.
Scale and shift of every layer follow from growth factor and ln kappa.

References
----------
Ullmo, Decelle & Aghanim (2021), arXiv:2011.05244, section 3.2 (an encoder for a trained generator); Eisenstein et al.
(2007), ApJ 664, 675 (initial conditions can be regained from evolved matter, by moving it back).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from cosmoloom.nets.cell_unet import CellUNet, CellUNetConfig
from cosmoloom.nets.collapse import THIN
from cosmoloom.nets.conditional import interleave
from cosmoloom.nets.critic import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginsConfig(CellUNetConfig):
    """Size of the network; attributes as of :class:`CellUNetConfig`."""

    what: ClassVar[str] = "an encoder"

    widths: tuple[int, ...] = (24, 40, 56, 56)


def seen(density: Tensor) -> Tensor:
    """Return what the network reads of rho / mean, shape (b, n, n, n): cells (b, 8, n/2, n/2, n/2) of order one."""
    return fold(0.7 * torch.log(density + THIN)[:, None] + 0.4)


class Origins(CellUNet):
    """Map densities to the white noise of initial conditions."""

    def __init__(self, config: OriginsConfig) -> None:
        super().__init__(8, widths=config.widths, condition_width=config.condition_width)
        self.config = config
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)  # begins with what is most likely where nothing is known

    def forward(self, density: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return the noise that is most likely.

        Parameters
        ----------
        density : Tensor, shape (b, n, n, n)
            rho over the cosmic mean [1].
        growth, log_kappa : Tensor, shape (b,)
            Growth factor at the redshift of the density, and ln kappa with which it is to be grown again [1].

        Returns
        -------
        Tensor, shape (b, n, n, n), float32
            White noise, of variance 1 where it is known for certain and less elsewhere.
        """
        condition = self.condition(growth, log_kappa)
        return interleave(self.cells(seen(density), condition)).float()
