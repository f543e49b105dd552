"""Bins of a density in three scales: logarithmic, as scaled for a network, and as numbers of particles.

Each kind knows its edges in its own scale and the densities they stand for; :mod:`binning` compares with those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class LogBins:
    """Bins of equal width in log10(rho / mean).

    Attributes
    ----------
    lowest, highest : float
        Outer edges, log10(rho / mean) [1].
    n_bins : int
        Number of bins.
    """

    lowest: float
    highest: float
    n_bins: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lowest) and self.lowest < self.highest < 38 and self.n_bins > 0):
            raise InvalidInputError(
                "bins need lowest < highest (below 38, where single precision ends) and a positive number of bins, "
                f"got {self.lowest}, {self.highest} and {self.n_bins}"
            )

    def edges(self, device: torch.device | str = "cpu") -> Tensor:
        """Return the n_bins + 1 edges, log10(rho / mean), float64."""
        return torch.linspace(self.lowest, self.highest, self.n_bins + 1, dtype=torch.float64, device=device)

    def densities(self) -> Tensor:
        """Return rho / mean at the edges [1], float64."""
        return 10.0 ** self.edges()


@dataclass(frozen=True, slots=True)
class ScaledBins:
    """Bins of equal width in x = 2 rho / (rho + kappa) - 1, from -1 to 1, which no density leaves.

    Attributes
    ----------
    kappa : float
        Density that maps to x = 0, over the cosmic mean [1].
    n_bins : int
        Number of bins.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504, eq. 5.
    """

    kappa: float
    n_bins: int = 100

    def __post_init__(self) -> None:
        if not (math.isfinite(self.kappa) and self.kappa > 0 and self.n_bins > 0):
            raise InvalidInputError(
                "scaled bins need a positive kappa [cosmic mean] and a positive number of bins, "
                f"got {self.kappa} and {self.n_bins}"
            )

    def edges(self, device: torch.device | str = "cpu") -> Tensor:
        """Return the n_bins + 1 edges, x [1], float64."""
        return torch.linspace(-1.0, 1.0, self.n_bins + 1, dtype=torch.float64, device=device)

    def densities(self) -> Tensor:
        """Return rho / mean at the edges [1], float64, the last one infinite."""
        x = self.edges()
        return self.kappa * (1.0 + x) / (1.0 - x)


@dataclass(frozen=True, slots=True)
class CountBins:
    """Bins of particles per voxel that double in width: 0, 1 to 2, 3 to 6, 7 to 14 ...; none is ever empty.

    Attributes
    ----------
    n_bins : int
        Number of bins; the last one holds also what lies beyond.
    """

    n_bins: int = 18

    def __post_init__(self) -> None:
        if not 1 <= self.n_bins <= 40:
            raise InvalidInputError(f"there are 1 to 40 bins of particle counts, got {self.n_bins}")

    def edges(self, device: torch.device | str = "cpu") -> Tensor:
        """Return the n_bins + 1 edges, particles per voxel, float64."""
        return 2.0 ** torch.arange(self.n_bins + 1, dtype=torch.float64, device=device) - 1.0
