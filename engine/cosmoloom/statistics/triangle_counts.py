"""Closed triangles of Fourier modes: how many there are between three shells, and the mesh that closes them.

Shells reach one fundamental wavenumber ``k_f = 2 pi / L`` to either side of their k.  They are bounded by
squared wavenumbers in units of k_f, which are whole numbers, so counts are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isqrt

import torch
from scipy.fft import next_fast_len
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Shell:
    """Modes with ``lowest <= (k / k_f)^2 < limit``; the mean of the field is in none.

    Attributes
    ----------
    lowest, limit : int
        Bounds of the squared wavenumber in units of k_f [1].
    """

    lowest: int
    limit: int

    @classmethod
    def around(cls, k: float) -> Shell:
        """Return the shell of a wavenumber in units of k_f, from k - 1 up to below k + 1."""
        k = round(k, 9)  # wavenumbers given as multiples of k_f shall mean just that
        return cls(max(1, ceil(max(k - 1, 0) ** 2)), max(1, ceil((k + 1) ** 2)))

    @property
    def reach(self) -> int:
        """Largest whole wavenumber in the shell, so the largest component of a mode [k_f]."""
        return isqrt(self.limit - 1)


@dataclass(frozen=True, slots=True)
class TriangleMesh:
    """Mesh on which two shells meet a third of any wavenumber up to a limit, and the triangles counted there.

    Products of modes on a mesh also close when wavenumbers add to a multiple of n; this one is large enough
    that none of these reaches the third side, and no larger.

    Attributes
    ----------
    n : int
        Voxels per side.
    reach : int
        Largest component of any mode that takes part [k_f].
    first, second : Tensor, shape (n, n, n // 2 + 1)
        Whether a mode lies in the shell of k1, of k2.
    squared : Tensor, shape (n * n * (n // 2 + 1),), int64
        Squared wavenumber of each mode [k_f^2], clipped to that of no third side.
    weight : Tensor, shape (n // 2 + 1,)
        How many of kz and -kz each plane stands for, 1 or 2.
    modes_below : Tensor, shape (limit + 1,), float64
        Modes with a squared wavenumber below 0, 1 ... limit.
    triangles_below : Tensor, shape (limit + 1,), float64
        Closed triangles whose third side has a squared wavenumber below 0, 1 ... limit.
    """

    n: int
    reach: int
    first: Tensor
    second: Tensor
    squared: Tensor
    weight: Tensor
    modes_below: Tensor
    triangles_below: Tensor

    def sum_below(self, modes: Tensor) -> Tensor:
        """Sum a quantity over the modes below each squared wavenumber.

        Parameters
        ----------
        modes : Tensor, shape (*batch, n, n, n // 2 + 1)
            Real, the same at k and -k.

        Returns
        -------
        Tensor, shape (*batch, limit + 1), float64
            Gradients flow through it.
        """
        return _sum_below(modes, self.squared, self.weight, self.modes_below.shape[0] - 1)


def sum_between(sums_below: Tensor, shells: list[Shell]) -> Tensor:
    """Return what each shell holds, shape (*batch, len(shells)), of sums as by :meth:`TriangleMesh.sum_below`."""
    low = torch.tensor([shell.lowest for shell in shells], device=sums_below.device)
    high = torch.tensor([shell.limit for shell in shells], device=sums_below.device)
    return sums_below[..., high] - sums_below[..., low]


@lru_cache(maxsize=32)
def triangle_mesh(first: Shell, second: Shell, *, limit: int, device: str = "cpu") -> TriangleMesh:
    """Return the mesh for two sides, made once.

    Parameters
    ----------
    first, second : Shell
        Where k1 and k2 lie.
    limit : int
        Squared wavenumber that no side reaches [k_f^2].
    device : str
        Where the tensors shall live.
    """
    third = isqrt(limit - 1)
    reach = max(first.reach, second.reach, third)
    least = max(first.reach + second.reach + third + 1, 2 * reach + 2)
    n = 2 * next_fast_len(-(-least // 2), real=True)
    whole = torch.fft.fftfreq(n, 1 / n, device=device, dtype=torch.float64).round().long()
    half = torch.arange(n // 2 + 1, device=device)
    squared = whole[:, None, None] ** 2 + whole[:, None] ** 2 + half**2
    inside = [(squared >= shell.lowest) & (squared < shell.limit) for shell in (first, second)]
    flat = squared.clamp(max=limit).flatten()
    weight = torch.where((half == 0) | (2 * half == n), 1.0, 2.0).double()
    one, two = (torch.fft.irfftn(mask.double(), s=(n, n, n), norm="forward") for mask in inside)
    closings = torch.fft.rfftn(one * two, norm="forward").real.round()
    return TriangleMesh(
        n=n,
        reach=reach,
        first=inside[0],
        second=inside[1],
        squared=flat,
        weight=weight,
        modes_below=_sum_below(torch.ones_like(closings), flat, weight, limit),
        triangles_below=_sum_below(closings, flat, weight, limit),
    )


def _sum_below(modes: Tensor, squared: Tensor, weight: Tensor, limit: int) -> Tensor:
    flat = (modes * weight.to(modes.dtype)).flatten(-3).double()
    sums = flat.new_zeros(*flat.shape[:-1], limit + 1).index_add(-1, squared, flat)
    return torch.nn.functional.pad(sums[..., :-1].cumsum(-1), (1, 0))
