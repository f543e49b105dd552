"""Spherical shells of Fourier modes: which shell each mode of a cube falls into, and which ring one of a map.

Only one octant (of maps, one quadrant) of the modes is indexed, onto which all others are folded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from cosmoloom.statistics.mode_folding import can_be_compiled, fold, paired, plane_weight


@dataclass(frozen=True, slots=True)
class SphericalBins:
    """Shells of width k_f = 2 pi / L, from k_f up to the Nyquist wavenumber.

    Shell i = 1 ... n // 2 holds the modes with i - 1/2 <= abs(k) / k_f < i + 1/2.

    Attributes
    ----------
    index : Tensor, shape ((n // 2 + 1)^3,), int64
        Shell of each mode of the folded octant, of maps (n // 2 + 1)^2 of the quadrant; 0 for the mean and
        ``n_bins + 1`` for the corners beyond.
    weight : Tensor, shape (n // 2 + 1,)
        How many of kz and -kz each plane stands for, 1 or 2.
    n_modes : Tensor, shape (n_bins,), float64
        Modes per shell, k and -k counted both.
    radius : Tensor, shape (n_bins,), float64
        Mean abs(k) / k_f of the modes in each shell [1].
    dimensions : int
        3, or 2 for maps, whose shells are rings and whose modes have one axis less than below.
    """

    index: Tensor
    weight: Tensor
    n_modes: Tensor
    radius: Tensor
    dimensions: int = 3

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
        return self.total_octant(fold(modes, self.dimensions))

    def total_product(self, a: Tensor, b: Tensor) -> Tensor:
        """Sum ``Re(a conj(b))`` over each shell.

        Parameters
        ----------
        a, b : Tensor, shape (*batch, n, n, n // 2 + 1), complex
            Laid out as by ``rfftn`` of real fields; batches broadcast.

        Returns
        -------
        Tensor, shape (*batch, n_bins), float64
            Gradients flow through it.
        """
        if self.dimensions == 2 or not can_be_compiled(a, b):
            return self.total(a.real * b.real + a.imag * b.imag)
        from cosmoloom.statistics.mode_kernel import sum_shells

        batch, pairs = paired(a, b)
        sums = np.zeros((len(pairs), 2, self.n_bins + 1))
        for (one, two), out in zip(pairs, sums, strict=True):
            sum_shells(one, two, out)
        return torch.from_numpy(sums.sum(1)[:, 1:]).reshape(*batch, self.n_bins)

    def total_octant(self, octant: Tensor) -> Tensor:
        """Sum what was folded onto one octant over each shell.

        Parameters
        ----------
        octant : Tensor, shape (*batch, n // 2 + 1, n // 2 + 1, n // 2 + 1)
            As by :func:`cosmoloom.statistics.mode_folding.fold`.

        Returns
        -------
        Tensor, shape (*batch, n_bins), float64
            Gradients flow through it.
        """
        return _total_octant(octant, self.index, self.n_bins, self.dimensions)

    def total_symmetric(self, octant: Tensor) -> Tensor:
        """Sum a quantity that is the same for all signs of kx, ky and kz over each shell.

        Parameters
        ----------
        octant : Tensor, shape (n // 2 + 1, n // 2 + 1, n // 2 + 1), float64
            Its values at kx, ky, kz = 0 ... n // 2.

        Returns
        -------
        Tensor, shape (n_bins,), float64
        """
        return self.total_octant(octant * outer(self.weight, self.dimensions))

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
        modes = torch.nn.functional.pad(shells, (1, 1))[..., self.index].unflatten(-1, (n // 2 + 1,) * self.dimensions)
        for axis in range(-self.dimensions, -1):
            modes = _unfold(modes, n, dim=axis)
        return modes


def spherical_bins(n: int, device: torch.device | str = "cpu", dimensions: int = 3) -> SphericalBins:
    """Return the shells of a cube of n^3 voxels, or rings of a map of n^2 pixels; made once per size and device."""
    return _spherical_bins(n, str(device), dimensions)


def outer(along_axis: Tensor, dimensions: int) -> Tensor:
    """Return the products of one value per axis, shape (m,) to (m, m, m) or (m, m)."""
    product = along_axis
    for _ in range(dimensions - 1):
        product = along_axis[(..., *(None,) * product.ndim)] * product
    return product


@lru_cache(maxsize=16)
def _spherical_bins(n: int, device: str, dimensions: int) -> SphericalBins:
    half = torch.arange(n // 2 + 1, dtype=torch.float64)
    radius = torch.stack(torch.meshgrid([half] * dimensions, indexing="ij")).square().sum(0).sqrt()
    index = (radius + 0.5).floor().long().clamp(max=n // 2 + 1).flatten()
    weight = plane_weight(n)
    multiplicity = outer(weight, dimensions)
    n_modes = _total_octant(multiplicity, index, n // 2, dimensions)
    mean_radius = _total_octant(multiplicity * radius, index, n // 2, dimensions) / n_modes
    return SphericalBins(
        index.to(device), weight.to(device), n_modes.to(device), mean_radius.to(device), dimensions
    )


def _total_octant(octant: Tensor, index: Tensor, n_bins: int, dimensions: int) -> Tensor:
    sums = torch.zeros(*octant.shape[:-dimensions], n_bins + 2, dtype=torch.float64, device=octant.device)
    return sums.index_add(-1, index, octant.flatten(-dimensions).double())[..., 1:-1]


def _unfold(octant: Tensor, n: int, *, dim: int) -> Tensor:
    """Copy positive wavenumbers of an axis onto the negative ones: n // 2 + 1 -> n entries."""
    return torch.cat([octant, octant.narrow(dim, 1, (n - 1) // 2).flip(dim)], dim)
