"""What painting particles onto a mesh does to a spectrum: a window that smooths, and noise of their number."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.spherical_bins import outer, spherical_bins

Assignment = Literal["ngp", "cic", "tsc"]
"""Nearest grid point, cloud in cell, or triangular-shaped cloud."""

_ORDER = {"ngp": 1, "cic": 2, "tsc": 3}


def assignment_window(
    assignment: Assignment, n: int, device: torch.device | str = "cpu", dimensions: int = 3
) -> Tensor:
    """Return the factor by which an assignment scheme damps each Fourier amplitude.

    ``W(k) = prod_i sinc(k_i / 2 k_Nyquist)^p`` with ``sinc(x) = sin(pi x) / (pi x)`` and p = 1, 2, 3.

    Parameters
    ----------
    assignment : str
        ``"ngp"``, ``"cic"`` or ``"tsc"``.
    n : int
        Voxels per side.
    device : str
        Where the window shall live.
    dimensions : int
        3, or 2 for maps.

    Returns
    -------
    Tensor, shape (n, n, n // 2 + 1), of maps (n, n // 2 + 1), float32
        Laid out as by ``rfftn`` [1].

    Raises
    ------
    InvalidInputError
        For an unknown scheme.

    References
    ----------
    Hockney & Eastwood (1988), Computer Simulation Using Particles; Jing (2005), ApJ 620, 559, eq. 18.
    """
    full = _along_axis(torch.fft.fftfreq(n, dtype=torch.float64), assignment).float()
    return outer(full, dimensions)[..., : n // 2 + 1].to(device)


def discreteness(
    assignment: Assignment, n: int, device: torch.device | str = "cpu", dimensions: int = 3
) -> Tensor:
    """Return what shot noise of unit level leaves in each shell once the window is divided out.

    Painted shot noise is white before the window and aliased by the mesh after it, so what is left of it is
    ``sum_m W^2(k + 2 m k_Nyquist)``, for which there are closed forms, over ``W^2(k)``.

    Parameters
    ----------
    assignment : str
        ``"ngp"``, ``"cic"`` or ``"tsc"``.
    n : int
        Voxels per side.
    device : str
        Where the result shall live.
    dimensions : int
        3, or 2 for maps.

    Returns
    -------
    Tensor, shape (n // 2,), float64
        In the shells of :func:`cosmoloom.statistics.spherical_bins.spherical_bins` [1].

    References
    ----------
    Jing (2005), ApJ 620, 559, eq. 20.
    """
    return _discreteness(assignment, n, dimensions).to(device)


@lru_cache(maxsize=16)
def _discreteness(assignment: Assignment, n: int, dimensions: int) -> Tensor:
    position = torch.fft.rfftfreq(n, dtype=torch.float64)
    squared_sine = torch.sin(torch.pi * position).square()
    aliased = {
        "ngp": torch.ones_like(squared_sine),
        "cic": 1 - squared_sine * (2 / 3),
        "tsc": 1 - squared_sine + squared_sine.square() * (2 / 15),
    }
    ratio = aliased[assignment] / _along_axis(position, assignment).square()
    bins = spherical_bins(n, dimensions=dimensions)
    return bins.total_symmetric(outer(ratio, dimensions)) / bins.n_modes


def _along_axis(position: Tensor, assignment: Assignment) -> Tensor:
    if assignment not in _ORDER:
        raise InvalidInputError(
            f"mass assignment must be one of {', '.join(get_args(Assignment))}, got {assignment!r}"
        )
    return torch.sinc(position) ** _ORDER[assignment]
