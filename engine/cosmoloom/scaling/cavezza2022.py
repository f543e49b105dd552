"""The scaling of cavezza2022: that of perraudin2019 with an early cut, divided by its largest value.

References
----------
Cavezza et al. (2022), section IV: c = 11, s = 0.002, then a normalisation to [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Field
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLogLinear:
    """Densities over the mean to [0, 1]; 0 maps to 0.

    Attributes
    ----------
    highest : float
        The largest density of the training data, which maps to 1 [cosmic mean]; the paper does not tell its own.
    inner : ShiftedLogLinear
        What is normalised.
    """

    highest: float
    inner: ShiftedLogLinear = field(default=ShiftedLogLinear(cut=11.0, shift=0.002))

    def __post_init__(self) -> None:
        if not self.highest > 0.0:
            raise InvalidInputError(f"the highest density must be positive, got {self.highest}")

    def scale(self, density: Field) -> Field:
        """Return x [1] for densities of 0 and above."""
        return self.inner.scale(density) / self._top

    def unscale(self, x: Field) -> Field:
        """Return the density that has the value x."""
        return self.inner.unscale(x * self._top)

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [cosmic mean]."""
        return self._top * self.inner.error_amplification(x * self._top)

    @property
    def _top(self) -> float:
        return float(self.inner.scale(np.array([self.highest]))[0])
