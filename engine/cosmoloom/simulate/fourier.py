"""Wavenumbers of a periodic mesh and the gradient of the inverse Laplacian."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


def wavenumbers(n: int, *, box_size: float, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor, Tensor]:
    """Return kx, ky, kz [h/Mpc] of ``torch.fft.rfftn``, shaped to broadcast to (n, n, n // 2 + 1)."""
    unit = 2 * torch.pi / box_size
    full = torch.fft.fftfreq(n, 1 / n, device=device, dtype=torch.float32) * unit
    half = torch.fft.rfftfreq(n, 1 / n, device=device, dtype=torch.float32) * unit
    return full[:, None, None], full[None, :, None], half[None, None, :]


def inverse_laplacian(
    n: int, *, box_size: float, device: torch.device | str = "cpu", sharpen_to: float = 0.0
) -> Tensor:
    """Return the kernel -1 / k^2 of the inverse Laplacian [(Mpc/h)^2], zero at k = 0.

    Parameters
    ----------
    n : int
        Mesh cells per side.
    box_size : float
        Side of the box in [Mpc/h].
    device : str
        Where the kernel shall live.
    sharpen_to : float
        Undo the cloud-in-cell window twice (assignment and interpolation) along each axis, up to this wavenumber
        [h/Mpc]; beyond it, by as much as there.  It sharpens forces close to the mesh scale.

    Returns
    -------
    Tensor, shape (n, n, n // 2 + 1)
    """
    k = wavenumbers(n, box_size=box_size, device=device)
    squared = k[0] ** 2 + k[1] ** 2 + k[2] ** 2
    squared[0, 0, 0] = torch.inf
    if sharpen_to > 0:
        for component in k:
            squared *= torch.sinc(component.abs().clamp(max=sharpen_to) * box_size / (2 * torch.pi * n)) ** 4
    return -1.0 / squared


def gradient(potential: Tensor, *, box_size: float) -> Iterator[Tensor]:
    """Yield the three components of the gradient of a field on the mesh.

    Parameters
    ----------
    potential : Tensor, shape (n, n, n // 2 + 1), complex
        ``rfftn`` of the field.
    box_size : float
        Side of the box in [Mpc/h].

    Yields
    ------
    Tensor, shape (n, n, n)
        In units of the field over [Mpc/h]; Nyquist planes are dropped, as their gradient is not real.
    """
    n = potential.shape[0]
    for component in wavenumbers(n, box_size=box_size, device=potential.device):
        derivative = component.clone()
        derivative.view(-1)[n // 2] = 0.0
        yield torch.fft.irfftn(potential * (1j * derivative), s=(n, n, n))
