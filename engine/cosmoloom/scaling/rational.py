"""The rational scaling of feder2020, which maps density to a bounded range.

``x = 2 rho / (rho + kappa) - 1``: voids go to -1, ``rho = kappa`` to 0, the densest haloes towards 1.
kappa is in units of the cosmic mean density; feder2020 quotes it in 10^10 Msun per (1 Mpc)^3 cell, of
which a mean voxel holds about 3.9.

References
----------
Feder, Berger & Stein (2020), eq. 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Field

FEDER_UNITS_PER_MEAN = 3.9
"""Mean density of a (1 Mpc)^3 cell in the 10^10 Msun of feder2020 [10^10 Msun]."""


def scale(density: Field, kappa: float | Field) -> Field:
    """Return x = 2 rho / (rho + kappa) - 1, in [-1, 1), for rho and kappa over the cosmic mean [1]."""
    return 2.0 * density / (density + kappa) - 1.0


def unscale(x: Field, kappa: float | Field) -> Field:
    """Return rho = kappa (1 + x) / (1 - x) over the cosmic mean [1], for x in [-1, 1)."""
    return kappa * (1.0 + x) / (1.0 - x)


def error_amplification(x: Field, kappa: float | Field) -> Field:
    """Return d rho / d x = 2 kappa / (1 - x)^2: how much an error of the network grows [1].

    References
    ----------
    Feder, Berger & Stein (2020), appendix B.
    """
    return 2.0 * kappa / (1.0 - x) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rational:
    """The three functions above with their kappa held fast: densities to [-1, 1).

    Attributes
    ----------
    kappa : float
        The density that maps to 0, in the units of the densities.
    """

    kappa: float

    def __post_init__(self) -> None:
        if not self.kappa > 0.0:
            raise InvalidInputError(f"kappa must be positive, got {self.kappa}")

    def scale(self, density: Field) -> Field:
        """Return x [1]; see :func:`scale`."""
        return scale(density, self.kappa)

    def unscale(self, x: Field) -> Field:
        """Return the density; see :func:`unscale`."""
        return unscale(x, self.kappa)

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [density]; see :func:`error_amplification`."""
        return error_amplification(x, self.kappa)
