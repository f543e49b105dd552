"""Two numbers per growth factor and kappa that set mean density and power of a model that writes ln rho."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RegularGridInterpolator


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCalibration:
    """ln rho becomes ``shift + stretch * ln rho``; straight between the nodes, and beyond the last as at the last.

    Attributes
    ----------
    growth : tuple of float
        Nodes in the growth factor D, ascending [1].
    log_kappa : tuple of float
        Nodes in ln kappa, ascending [1].
    shift, stretch : tuple of tuple of float
        Rows over growth, columns over ln kappa [1].
    """

    growth: tuple[float, ...]
    log_kappa: tuple[float, ...]
    shift: tuple[tuple[float, ...], ...]
    stretch: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        shape = (len(self.growth), len(self.log_kappa))
        if np.shape(self.shift) != shape or np.shape(self.stretch) != shape:
            raise ValueError(f"shift and stretch must hold {shape[0]} rows of {shape[1]} numbers")

    def at(self, growth: float, log_kappa: float) -> tuple[float, float]:
        """Return shift and stretch at a growth factor and ln kappa."""
        nodes = (self.growth, self.log_kappa)
        where = [np.clip(value, axis[0], axis[-1]) for value, axis in zip((growth, log_kappa), nodes, strict=True)]
        values = np.stack([self.shift, self.stretch], axis=-1)
        shift, stretch = RegularGridInterpolator(nodes, values)(where)[0]
        return float(shift), float(stretch)
