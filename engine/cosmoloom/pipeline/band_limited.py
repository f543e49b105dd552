"""Fields of few Fourier modes, evaluated exactly on a lattice that need not fill their box.

A transform of the whole box on the fine lattice would mostly add zeros and then throw most of the result away.  The
sum over modes factorises into one matrix product per axis, which is all that is left.
"""

from __future__ import annotations

import torch
from torch import Tensor


class BandLimited:
    """Evaluates real fields with modes ``|i| <= modes`` along each axis on ``points`` lattice points per side.

    Parameters
    ----------
    modes : int
        Largest index of a mode, in units of 2 pi over the box.
    points : int
        Lattice points per side.
    start, step : float
        First lattice point and distance of the next, over the side of the box [1].
    device : torch.device
        Where to compute.
    """

    def __init__(
        self, modes: int, *, points: int, start: float, step: float, device: torch.device | str = "cpu"
    ) -> None:
        self.modes = modes
        place = start + step * torch.arange(points, dtype=torch.float64)
        phase = 2 * torch.pi * place[:, None] * indices(modes)
        self._full = torch.polar(torch.ones_like(phase), phase).to(torch.complex64).to(device)  # (points, 2 modes + 1)
        half = phase[:, : modes + 1]
        twice = torch.full((modes + 1,), 2.0, dtype=torch.float64)
        twice[0] = 1.0  # every other mode stands for its conjugate, too
        self._half = torch.cat([twice * half.cos(), -twice * half.sin()], dim=1).float().to(device)

    def __call__(self, modes: Tensor) -> Tensor:
        """Return fields on the lattice.

        Parameters
        ----------
        modes : Tensor, shape (f, m + 1, 2 m + 1, 2 m + 1), complex64
            Coefficients c of ``sum c exp(i k x)`` of f fields, the half space along x first; see
            :func:`select_modes`.

        Returns
        -------
        Tensor, shape (points, points, points, f), float32
        """
        x = modes @ self._full.T  # (f, m+1, 2m+1, points): along z
        x = self._full @ x  # (f, m+1, points, points): along y
        x = x.permute(1, 2, 3, 0)
        rows = torch.cat([x.real, x.imag])  # (2m+2, points, points, f)
        points = len(self._half)
        return (self._half @ rows.reshape(len(rows), -1)).view(points, points, points, -1)


def indices(modes: int) -> Tensor:
    """Return the indices of modes in the order of an FFT: 0, 1, ..., m, -m, ..., -1."""
    return torch.cat([torch.arange(modes + 1), torch.arange(-modes, 0)])


def select_modes(transform: Tensor, modes: int) -> Tensor:
    """Return the modes with ``|i| <= modes`` of transforms whose half space is along x.

    Parameters
    ----------
    transform : Tensor, shape (..., n // 2 + 1, n, n), complex
        As ``rfftn`` gives it with x as its last axis.
    modes : int
        Less than n / 2.

    Returns
    -------
    Tensor, shape (..., modes + 1, 2 modes + 1, 2 modes + 1)
    """
    kept = indices(modes).to(transform.device)
    return transform[..., : modes + 1, :, :][..., kept, :][..., kept]
