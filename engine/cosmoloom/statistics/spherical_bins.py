"""Spherical shells of Fourier modes: which shell each mode of a cube falls into.

Only one octant of the modes is indexed.  Squared amplitudes are the same at k and -k, so ``rfftn`` drops
half of them, and kx and ky are folded by adding what lies at their negatives: 8 times fewer entries to sort.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class SphericalBins:
    """Shells of width k_f = 2 pi / L, from k_f up to the Nyquist wavenumber.

    Shell i = 1 ... n // 2 holds the modes with i - 1/2 <= abs(k) / k_f < i + 1/2.

    Attributes
    ----------
    index : Tensor, shape ((n // 2 + 1)^3,), int64
        Shell of each mode of the folded octant; 0 for the mean and ``n_bins + 1`` for the corners beyond.
    weight : Tensor, shape (n // 2 + 1,)
        How many of kz and -kz each plane stands for, 1 or 2.
    n_modes : Tensor, shape (n_bins,), float64
        Modes per shell, k and -k counted both.
    radius : Tensor, shape (n_bins,), float64
        Mean abs(k) / k_f of the modes in each shell [1].
    """

    index: Tensor
    weight: Tensor
    n_modes: Tensor
    radius: Tensor

    @property
    def n_bins(self) -> int:
        """Number of shells."""
        return int(self.n_modes.shape[0])

    def total(self, modes: Tensor) -> Tensor:
        """Sum a quantity that is even in k over each shell.

        Parameters
        ----------
        modes : Tensor, shape (*batch, n, n, n // 2 + 1)
            Laid out as by ``rfftn``.

        Returns
        -------
        Tensor, shape (*batch, n_bins), float64
            Gradients flow through it.
        """
        n = modes.shape[-2]
        octant = _fold(_fold(modes, n, dim=-3), n, dim=-2) * self.weight.to(modes.dtype)
        flat = octant.flatten(-3).reshape(-1, self.index.shape[0]).double()
        sums = flat.new_zeros(flat.shape[0], self.n_bins + 2).index_add(1, self.index, flat)
        return sums[:, 1:-1].reshape(*modes.shape[:-3], self.n_bins)

    def mean(self, modes: Tensor) -> Tensor:
        """Average a quantity that is even in k over each shell; as :meth:`total`."""
        return self.total(modes) / self.n_modes

    def spread(self, shells: Tensor, n: int) -> Tensor:
        """Give each mode the value of its shell, and 0 to the mean and the corners.

        Parameters
        ----------
        shells : Tensor, shape (*batch, n_bins)
            One value per shell.
        n : int
            Voxels per side.

        Returns
        -------
        Tensor, shape (*batch, n, n, n // 2 + 1)
            Laid out as by ``rfftn``, in the dtype of ``shells``.
        """
        octant = torch.nn.functional.pad(shells, (1, 1))[..., self.index].unflatten(-1, (n // 2 + 1,) * 3)
        return _unfold(_unfold(octant, n, dim=-2), n, dim=-3)


def spherical_bins(n: int, device: torch.device | str = "cpu") -> SphericalBins:
    """Return the shells of a cube of n^3 voxels; made once per size and device."""
    return _spherical_bins(n, str(device))


@lru_cache(maxsize=16)
def _spherical_bins(n: int, device: str) -> SphericalBins:
    half = torch.arange(n // 2 + 1, dtype=torch.float64)
    radius = (half[:, None, None] ** 2 + half[:, None] ** 2 + half**2).sqrt()
    n_bins = n // 2
    index = (radius + 0.5).floor().long().clamp(max=n_bins + 1).flatten()
    # A plane stands for itself and its negative, unless these coincide (zero, and Nyquist of even n).
    weight = torch.where((half == 0) | (2 * half == n), 1.0, 2.0).double()
    multiplicity = (weight[:, None, None] * weight[:, None] * weight).flatten()
    n_modes = torch.bincount(index, multiplicity, n_bins + 2)[1:-1]
    mean_radius = torch.bincount(index, multiplicity * radius.flatten(), n_bins + 2)[1:-1] / n_modes
    return SphericalBins(*(part.to(device) for part in (index, weight, n_modes, mean_radius)))


def _fold(modes: Tensor, n: int, *, dim: int) -> Tensor:
    """Add what lies at negative wavenumbers of an axis onto the positive ones: n -> n // 2 + 1 entries."""
    positive = (n - 1) // 2
    kept = modes.narrow(dim, 0, n // 2 + 1)
    negative = modes.narrow(dim, n // 2 + 1, positive).flip(dim)
    inside = kept.narrow(dim, 1, positive) + negative
    edges = [kept.narrow(dim, 0, 1), inside, kept.narrow(dim, positive + 1, n // 2 - positive)]
    return torch.cat(edges, dim)


def _unfold(octant: Tensor, n: int, *, dim: int) -> Tensor:
    """Copy positive wavenumbers of an axis onto the negative ones: n // 2 + 1 -> n entries."""
    return torch.cat([octant, octant.narrow(dim, 1, (n - 1) // 2).flip(dim)], dim)
