"""A snapshot of particles: what its header says, and its particles in parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import BrokenFileError, InvalidInputError

PARTICLES_PER_PART = 1 << 20
"""How many particles are read at once."""

CENTIMETRES_PER_MPC = 3.085677581e24

Part = tuple[NDArray[np.float32], NDArray[np.float32] | None]
"""Positions [Mpc/h], shape (m, 3), and masses in any one unit, shape (m,), or None where all are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticleSnapshot:
    """Particles of a periodic box at one redshift, on disk.

    Attributes
    ----------
    path : Path
        The file, folder or first of several files.
    format : str
        Its kind, in words.
    box_size : float
        Comoving side in [Mpc/h].
    redshift : float
        Redshift [1].
    n_particles : int
        Particles of all kinds, over all files.
    cosmology : mapping
        Those fields of :class:`cosmoloom.Cosmology` that the file states.
    parts : callable
        Returns an iterator over the particles, in an order that is always the same.
    """

    path: Path
    format: str
    box_size: float
    redshift: float
    n_particles: int
    cosmology: Mapping[str, float]
    parts: Callable[[], Iterator[Part]]

    def __post_init__(self) -> None:
        if not (math.isfinite(self.box_size) and self.box_size > 0):
            raise BrokenFileError(f"{self.path} claims a box of {self.box_size} Mpc/h; it may be damaged")
        if not (math.isfinite(self.redshift) and self.redshift > -1e-3):
            raise BrokenFileError(f"{self.path} claims the redshift {self.redshift}; it may be damaged")
        if self.n_particles < 1:
            raise BrokenFileError(f"{self.path} holds no particles")


def unit_length(path: Path, centimetres: float | None, given: float | None) -> float:
    """Return the unit of length [Mpc/h], as the user gives it or as the file states it.

    Raises
    ------
    InvalidInputError
        Where both are silent: a guess could be wrong by a factor of a thousand.
    """
    if given is not None:
        return given
    if centimetres is None:
        raise InvalidInputError(
            f"{path} does not tell its unit of length; add --unit-length 0.001 for kpc/h or 1 for Mpc/h"
        )
    unit = centimetres / CENTIMETRES_PER_MPC
    nearest = 10.0 ** round(math.log10(unit))
    return nearest if abs(unit / nearest - 1) < 1e-3 else unit  # codes round the parsec differently


def known_cosmology(**values: Any) -> dict[str, float]:
    """Return the parameters that a header states; many write 0 for what they do not know."""
    numbers = {name: _number(value) for name, value in values.items()}
    return {name: number for name, number in numbers.items() if number}


def _number(value: Any) -> float:
    return 0.0 if value is None else float(np.asarray(value).ravel()[0])
