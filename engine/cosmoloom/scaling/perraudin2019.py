"""The scaling of perraudin2019: logarithmic, and linear for the few densest voxels.

``x = f(rho + s) - f(s)`` with ``f(r) = 3 ln(r + 1)`` up to r = c and ``3 (ln(c + 1) + r / c - 1)`` beyond.
Written with ``log1p(rho / (s + 1))``, which is the same below c and loses no digits in voids.

References
----------
Perraudin et al. (2019), appendix 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cosmoloom.scaling.interface import Field, library

_AMPLITUDE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedLogLinear:
    """Counts to [0, 55); 0 maps to 0.

    Attributes
    ----------
    cut : float
        c, where the linear part begins [counts].
    shift : float
        s, below which the logarithm flattens [counts].
    """

    cut: float = 20_000.0
    shift: float = 3.0

    def scale(self, density: Field) -> Field:
        """Return x [1] for counts of 0 and above."""
        xp = library(density)
        bent = _AMPLITUDE * xp.log1p(density / (self.shift + 1.0))
        straight = self._knee + _AMPLITUDE / self.cut * (density - (self.cut - self.shift))
        return xp.where(density <= self.cut - self.shift, bent, straight)

    def unscale(self, x: Field) -> Field:
        """Return the counts that have the value x."""
        xp = library(x)
        bent = (self.shift + 1.0) * xp.expm1(x.clip(max=self._knee) / _AMPLITUDE)
        straight = self.cut - self.shift + self.cut / _AMPLITUDE * (x - self._knee)
        return xp.where(x <= self._knee, bent, straight)

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [counts]: grows with the density up to the cut, then stays c / 3."""
        xp = library(x)
        bent = (self.shift + 1.0) / _AMPLITUDE * xp.exp(x.clip(max=self._knee) / _AMPLITUDE)
        return xp.where(x <= self._knee, bent, self.cut / _AMPLITUDE)

    @property
    def _knee(self) -> float:
        return _AMPLITUDE * math.log((self.cut + 1.0) / (self.shift + 1.0))
