"""Fourier modes of a cube up to a chosen wavenumber, for what needs the large scales alone."""

from __future__ import annotations

import torch
from torch import Tensor

_SLAB = 1 << 21
"""Voxels per slab: the large intermediate arrays of a whole transform are never made."""


def low_modes(field: Tensor, reach: int) -> Tensor:
    """Return the Fourier amplitudes with abs(k_i) <= reach k_f, transforming axis by axis and dropping the rest.

    Parameters
    ----------
    field : Tensor, shape (*batch, n, n, n)
        Real, single or double precision.
    reach : int
        Largest index along each axis, at most (n - 1) // 2.

    Returns
    -------
    Tensor, shape (*batch, 2 reach + 1, 2 reach + 1, reach + 1), complex
        Laid out as by ``rfftn`` of a cube of 2 reach + 1 voxels and divided by n^3, so that an amplitude
        does not depend on the voxels.  Gradients flow through it.
    """
    n = field.shape[-1]
    thickness = max(1, _SLAB // (field.shape[:-3].numel() * n * n)) if field.device.type == "cpu" else n
    slabs = []
    for slab in field.split(thickness, dim=-3):
        modes = torch.fft.rfft(slab, dim=-1, norm="forward")[..., : reach + 1]
        modes = torch.fft.fft(modes, dim=-2, norm="forward")
        slabs.append(_drop_high(modes, reach, dim=-2))
    return _drop_high(torch.fft.fft(torch.cat(slabs, -3), dim=-3, norm="forward"), reach, dim=-3)


def onto_mesh(modes: Tensor, n: int) -> Tensor:
    """Lay modes out on a finer mesh, with zeros above.

    Parameters
    ----------
    modes : Tensor, shape (*batch, 2 reach + 1, 2 reach + 1, reach + 1)
        As from :func:`low_modes`.
    n : int
        Voxels per side of the mesh, more than 2 reach.

    Returns
    -------
    Tensor, shape (*batch, n, n, n // 2 + 1)
        Laid out as by ``rfftn``.
    """
    reach = modes.shape[-1] - 1
    gap = n - (2 * reach + 1)
    for dim in (-3, -2):
        shape = list(modes.shape)
        shape[dim] = gap
        positive, negative = modes.split([reach + 1, reach], dim)
        modes = torch.cat([positive, modes.new_zeros(shape), negative], dim)
    return torch.nn.functional.pad(modes, (0, n // 2 - reach))


def _drop_high(modes: Tensor, reach: int, *, dim: int) -> Tensor:
    size = modes.shape[dim]
    return torch.cat([modes.narrow(dim, 0, reach + 1), modes.narrow(dim, size - reach, reach)], dim)
