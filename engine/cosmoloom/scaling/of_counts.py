"""Scalings of particle counts, for densities over the cosmic mean."""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.interface import Field, Scaling


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCounts:
    """A scaling that is defined on counts, applied to rho over the cosmic mean.

    Attributes
    ----------
    scaling : Scaling
        Of counts, as most of :data:`cosmoloom.scaling.published.PUBLISHED`.
    mean_count : float
        Particles (or units) per voxel at the mean density.
    """

    scaling: Scaling
    mean_count: float

    def __post_init__(self) -> None:
        if not self.mean_count > 0.0:
            raise InvalidInputError(f"mean_count must be positive, got {self.mean_count}")

    def scale(self, density: Field) -> Field:
        """Return x [1] for densities over the mean."""
        return self.scaling.scale(density * self.mean_count)

    def unscale(self, x: Field) -> Field:
        """Return the density over the mean that has the value x."""
        return self.scaling.unscale(x) / self.mean_count

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x [cosmic mean]."""
        return self.scaling.error_amplification(x) / self.mean_count
