"""How far a generated density lies from a given one: voxel by voxel on several scales, and in power.

Logarithms of densities are compared, so that voids count as haloes do.  A halo one voxel beside its place is as wrong
as a missing one to the finest scale; the coarser ones tell that it is nearly right, and where it has to go.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from cosmoloom.nets.collapse import THIN
from cosmoloom.simulate.fourier import wavenumbers

BLOCKS = (1, 2, 4, 8)
"""Voxels per side that are averaged before logarithms are compared."""
SHELLS = 16
"""Shells in k, equal in ln k, whose power is compared."""
POWER = 0.1
"""Weight of the power beside the mean of the scales [1]."""


class Likeness:
    """Compares densities with one that is wanted.

    Parameters
    ----------
    wanted : Tensor, shape (n, n, n)
        rho over the cosmic mean [1].
    """

    def __init__(self, wanted: Tensor) -> None:
        self._blocks = [block for block in BLOCKS if wanted.shape[0] % block == 0]
        self._wanted = self._logs(wanted)
        self._scatter = [logs.var() for logs in self._wanted]
        self._shell, self._count = _shells(wanted.shape[0], wanted.device)
        self._power = self._log_power(wanted)

    def __call__(self, density: Tensor) -> Tensor:
        """Return the distance of a density, shape (n, n, n): about 2 of an unrelated one, 0 of the same [1]."""
        errors = [
            (logs - wanted).square().mean() / scatter
            for logs, wanted, scatter in zip(self._logs(density), self._wanted, self._scatter, strict=True)
        ]
        power = (self._log_power(density) - self._power).square().mean()
        return torch.stack(errors).mean() + POWER * power

    def _logs(self, density: Tensor) -> list[Tensor]:
        means = (functional.avg_pool3d(density[None, None], block)[0, 0] for block in self._blocks)
        return [torch.log(mean + THIN) for mean in means]

    def _log_power(self, density: Tensor) -> Tensor:
        waves = torch.fft.rfftn(density / density.mean() - 1)
        squares = torch.view_as_real(waves).square().sum(-1).flatten()
        return torch.log(squares.new_zeros(len(self._count)).index_add(0, self._shell, squares) / self._count)


def _shells(n: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the shell of every mode, the last for those of no shell, and the modes in each."""
    k = wavenumbers(n, box_size=2 * np.pi)
    magnitude = torch.sqrt(k[0] ** 2 + k[1] ** 2 + k[2] ** 2).flatten()
    edges = torch.tensor(np.geomspace(1, n / 2, SHELLS + 1), dtype=magnitude.dtype)
    shell = torch.bucketize(magnitude, edges, right=True) - 1
    inside = (shell >= 0) & (shell < SHELLS)
    shell = torch.where(inside, shell, SHELLS)
    count = torch.bincount(shell, minlength=SHELLS + 1)
    # Between the first whole numbers, shells may be empty: they are left out.
    names = torch.cumsum(count > 0, 0) - 1
    return names[shell].to(device), count[count > 0].to(magnitude).to(device)
