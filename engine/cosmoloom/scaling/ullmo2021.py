"""The scaling of ullmo2021: a logarithm, stretched so that the field's range becomes (-1, 1).

``x = (2 ln(v + c) - (b + a)) / (b - a)``.  Maps have c = 0 and hold no empty pixel; cubes do, and c = 0.001.
Values far below c become indistinguishable.

References
----------
Ullmo, Decelle & Aghanim (2021), eqs. 1 and 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Field, library


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchedLog:
    """Densities to (-1, 1).

    Attributes
    ----------
    shift : float
        c, added before the logarithm [density].
    lowest, highest : float
        exp(a) and exp(b): the values of v + c that map to -1 and 1 [density].
    """

    shift: float
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not (self.shift >= 0.0 and 0.0 < self.lowest < self.highest):
            raise InvalidInputError(
                f"a stretched logarithm needs shift >= 0 and 0 < lowest < highest, got {self.shift}, "
                f"{self.lowest} and {self.highest}"
            )

    def scale(self, density: Field) -> Field:
        """Return x [1] for densities of 0 and above; what lies below the lowest counts as that, which maps to -1."""
        return (library(density).log((density + self.shift).clip(min=self.lowest)) - self._middle) / self._reach

    def unscale(self, x: Field) -> Field:
        """Return the density that has the value x."""
        return library(x).exp(x * self._reach + self._middle) - self.shift

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [density], proportional to rho + c."""
        return self._reach * library(x).exp(x * self._reach + self._middle)

    @property
    def _middle(self) -> float:
        return 0.5 * math.log(self.lowest * self.highest)

    @property
    def _reach(self) -> float:
        return 0.5 * math.log(self.highest / self.lowest)


MAPS = StretchedLog(shift=0.0, lowest=0.01, highest=600.0)
"""As for the paper's images, in two dimensions."""

CUBES = StretchedLog(shift=0.001, lowest=0.001, highest=2632.0)
"""As for the paper's cubes, in three dimensions, of counts; 0 maps to -1."""
