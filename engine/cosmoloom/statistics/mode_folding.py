"""Fold Fourier modes of a cube onto one octant: what is even in k needs an eighth of the modes.

Squared amplitudes are the same at k and -k, so ``rfftn`` drops half of them, and kx and ky are folded by adding
what lies at their negatives.  On a CPU compiled loops do so, where no gradient is asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Parts = NDArray[np.floating[Any]]
"""Modes read as real numbers: real and imaginary parts in turn."""


def plane_weight(n: int, device: torch.device | str = "cpu") -> Tensor:
    """Return how many of k and -k each of the n // 2 + 1 planes of an axis stands for, 1 or 2, float64."""
    half = torch.arange(n // 2 + 1, device=device)
    # A plane stands for itself and its negative, unless these coincide (zero, and Nyquist of even n).
    return torch.where((half == 0) | (2 * half == n), 1.0, 2.0).double()


def fold(modes: Tensor, dimensions: int = 3) -> Tensor:
    """Sum a quantity over the modes that differ in the signs of kx, ky and kz only; it is the same at k and -k.

    Parameters
    ----------
    modes : Tensor, shape (*batch, n, n, n // 2 + 1)
        Real, laid out as by ``rfftn``.
    dimensions : int
        3, or 2 for modes of maps, shape (*batch, n, n // 2 + 1).

    Returns
    -------
    Tensor, shape (*batch, n // 2 + 1, n // 2 + 1, n // 2 + 1), or one axis less
        In the dtype of ``modes``; gradients flow through it.
    """
    n, half = modes.shape[-2:]
    positive = (n - 1) // 2  # wavenumbers with a negative of their own are 1 ... positive
    for axis in range(-dimensions, -1):
        folded = modes.narrow(axis, 0, half).clone()
        folded.narrow(axis, 1, positive).add_(modes.narrow(axis, half, positive).flip(axis))
        modes = folded
    return modes * plane_weight(n, modes.device).to(modes.dtype)


def fold_product(a: Tensor, b: Tensor) -> Tensor:
    """Fold ``Re(a conj(b))``, as :func:`fold`.

    Parameters
    ----------
    a, b : Tensor, shape (*batch, n, n, n // 2 + 1), complex
        Laid out as by ``rfftn`` of real fields; batches broadcast.

    Returns
    -------
    Tensor, shape (*batch, n // 2 + 1, n // 2 + 1, n // 2 + 1)
        In double precision where compiled loops fold; else gradients flow through it.
    """
    if not can_be_compiled(a, b):
        return fold(a.real * b.real + a.imag * b.imag)
    from cosmoloom.statistics.mode_kernel import fold_products

    batch, pairs = paired(a, b)
    octants = np.empty((len(pairs), *(a.shape[-1],) * 3))
    for (one, two), octant in zip(pairs, octants, strict=True):
        fold_products(one, two, octant)
    return torch.from_numpy(octants).unflatten(0, batch or (1,)).reshape(*batch, *octants.shape[1:])


def can_be_compiled(a: Tensor, b: Tensor) -> bool:
    """Tell whether compiled loops can read the modes, and lose no gradient."""
    watched = torch.is_grad_enabled() and (a.requires_grad or b.requires_grad)
    return a.device.type == "cpu" and a.dtype == b.dtype and not watched


def paired(a: Tensor, b: Tensor) -> tuple[torch.Size, list[tuple[Parts, Parts]]]:
    """Return the batch that two tensors of modes form, and its pairs, shape (n, n, 2 (n // 2 + 1)) each."""
    batch = torch.broadcast_shapes(a.shape[:-3], b.shape[:-3])
    ours = [_rows(modes, batch) for modes in ((a,) if a is b else (a, b))]
    return batch, list(zip(ours[0], ours[-1], strict=True))


def _rows(modes: Tensor, batch: torch.Size) -> Parts:
    parts = torch.view_as_real(modes.detach()).flatten(-2)
    return parts.expand(*batch, *parts.shape[-3:]).reshape(-1, *parts.shape[-3:]).contiguous().numpy()
