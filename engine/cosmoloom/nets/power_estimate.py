"""The power spectrum of a volume as features of a critic: one number for every length that k can have.

References
----------
Perraudin et al. (2019), table 4: 1914 numbers for a volume of 64^3 voxels, as many as |k| has values there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PowerEstimate(nn.Module):
    """Mean power over all modes of equal |k|: (b, n, n, n) -> (b, shells), as ln(1 + power).

    Power is |delta_k|^2 over the number of voxels, so that white noise of unit variance has power 1.

    Parameters
    ----------
    n : int
        Voxels per side, even.

    Attributes
    ----------
    shells : int
        Distinct values of |k|, from 0 to the corner of the grid.
    """

    shell: Tensor
    share: Tensor

    def __init__(self, n: int) -> None:
        super().__init__()
        whole = torch.fft.fftfreq(n, 1 / n).round().long() ** 2
        half = torch.arange(n // 2 + 1) ** 2
        lengths = whole[:, None, None] + whole[None, :, None] + half
        values, shell = torch.unique(lengths, return_inverse=True)
        # Of a real field, every mode strictly inside the half that is kept stands for its mirror image too.
        weight = torch.full((n // 2 + 1,), 2.0)
        weight[0] = weight[-1] = 1.0
        weights = weight.expand(lengths.shape).flatten()
        total = torch.zeros(len(values)).index_add_(0, shell.flatten(), weights)
        self.shells = len(values)
        self.register_buffer("shell", shell.flatten(), persistent=False)
        self.register_buffer("share", weights / total[shell.flatten()] / n**3, persistent=False)

    def forward(self, volume: Tensor) -> Tensor:
        modes = torch.fft.rfftn(volume.float(), dim=(1, 2, 3)).flatten(1)
        power = (modes.real.square() + modes.imag.square()) * self.share
        return power.new_zeros(len(power), self.shells).index_add(1, self.shell, power).log1p()
