"""Spherical shells of Fourier modes: which shell each mode of a cube falls into.

Only one octant of the modes is indexed.  Squared amplitudes are the same at k and -k, so ``rfftn`` drops
half of them, and kx and ky are folded by adding what lies at their negatives: 8 times fewer entries to sort.
A cube is folded slab by slab, for what fits into the cache of a CPU is summed twice as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

_SLAB = 1 << 18
"""Modes per slab: 2 MiB of single-precision amplitudes."""


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
        return self._total(modes.shape, modes.device, lambda planes: modes[..., planes, :, :, None].clone())

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
        one, two = torch.view_as_real(a), torch.view_as_real(b)
        return self._total(
            torch.broadcast_shapes(a.shape, b.shape),
            a.device,
            lambda planes: one[..., planes, :, :, :] * two[..., planes, :, :, :],
        )

    def _total(self, shape: torch.Size, device: torch.device, part: Callable[[slice], Tensor]) -> Tensor:
        """Sum what ``part`` returns for slices of kx, fresh tensors (*batch, planes, n, n // 2 + 1, terms)."""
        n, half = shape[-2], shape[-1]
        index = self.index.view(half, -1)
        sums = torch.zeros(*shape[:-3], self.n_bins + 2, dtype=torch.float64, device=device)
        thickness = max(1, _SLAB // (shape[:-3].numel() * n * half)) if device.type == "cpu" else half
        positive = (n - 1) // 2  # kx with a negative of their own are 1 ... positive
        for start in range(0, half, thickness):
            stop = min(start + thickness, half)
            slab = part(slice(start, stop))
            weight = self.weight.to(slab.dtype)
            low, high = max(start, 1), min(stop, positive + 1)
            if low < high:
                mirrored = part(slice(n - high + 1, n - low + 1)).flip(-4)
                slab[..., low - start : high - start, :, :, :] += mirrored
            octant = slab[..., :half, :, :]
            octant[..., 1 : positive + 1, :, :] += slab[..., half:, :, :].flip(-3)
            # Terms, such as products of real and of imaginary parts, are summed last, when they are fewest.
            folded, *others = octant.unbind(-1)
            for other in others:
                folded = folded + other
            folded = (folded * weight).double()
            sums = sums.index_add(-1, index[start:stop].flatten(), folded.flatten(-3))
        return sums[..., 1:-1]

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
        return _total_symmetric(octant, self.index, self.weight)

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
    index = (radius + 0.5).floor().long().clamp(max=n // 2 + 1).flatten()
    # A plane stands for itself and its negative, unless these coincide (zero, and Nyquist of even n).
    weight = torch.where((half == 0) | (2 * half == n), 1.0, 2.0).double()
    n_modes = _total_symmetric(torch.ones_like(radius), index, weight)
    mean_radius = _total_symmetric(radius, index, weight) / n_modes
    return SphericalBins(*(part.to(device) for part in (index, weight, n_modes, mean_radius)))


def _total_symmetric(octant: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    multiplicity = weight[:, None, None] * weight[:, None] * weight
    return torch.bincount(index, (octant * multiplicity).flatten(), len(weight) + 1)[1:-1]


def _unfold(octant: Tensor, n: int, *, dim: int) -> Tensor:
    """Copy positive wavenumbers of an axis onto the negative ones: n // 2 + 1 -> n entries."""
    return torch.cat([octant, octant.narrow(dim, 1, (n - 1) // 2).flip(dim)], dim)
