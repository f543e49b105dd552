"""The scaling of srivastava2018: logarithmic up to a cut, linear beyond it.

``x = (g(rho) - g(0)) / width`` with ``g(r) = ln((r + 1) / (c + 1))`` up to r = c and
``(r + 1) / (c + 1) - 1`` beyond, so that value and slope are continuous.

References
----------
Srivastava (2018), eqs. 4.1-4.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cosmoloom.scaling.interface import Field, library


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLinear:
    """Counts to [0, 5.3); 0 maps to 0.

    Attributes
    ----------
    cut : float
        c, where the linear part begins [counts].
    width : float
        What the logarithm is divided by [1]; the paper calls it scale.
    """

    cut: float = 8_000.0
    width: float = 6.0

    def scale(self, density: Field) -> Field:
        """Return x [1] for counts of 0 and above."""
        xp = library(density)
        straight = self._knee + (density - self.cut) / (self.cut + 1.0)
        return xp.where(density <= self.cut, xp.log1p(density), straight) / self.width

    def unscale(self, x: Field) -> Field:
        """Return the counts that have the value x."""
        xp = library(x)
        y = x * self.width
        straight = self.cut + (self.cut + 1.0) * (y - self._knee)
        return xp.where(y <= self._knee, xp.expm1(y.clip(max=self._knee)), straight)

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [counts]: grows with the density up to the cut, then stays width (c + 1)."""
        xp = library(x)
        return self.width * xp.exp((x * self.width).clip(max=self._knee))

    @property
    def _knee(self) -> float:
        return math.log(self.cut + 1.0)
