"""The logarithm as a scaling: what a network writes is ln rho, and its errors are relative ones."""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.scaling.interface import Field, library


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Positive densities to their natural logarithms."""

    def scale(self, density: Field) -> Field:
        """Return x = ln rho [1]."""
        logarithm: Field = library(density).log(density)
        return logarithm

    def unscale(self, x: Field) -> Field:
        """Return rho = exp x."""
        density: Field = library(x).exp(x)
        return density

    def error_amplification(self, x: Field) -> Field:
        """Return d rho / d x = rho: an error of x is the same relative error everywhere."""
        return self.unscale(x)
