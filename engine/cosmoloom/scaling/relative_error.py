"""What an error of a network means for the density: the error amplification, relative to the density itself.

A network errs in the scaled field x.  In the density that error grows by ``d rho / d x``, and matters as
``(d rho / d x) dx / rho``: with ``x = 2 rho / (rho + kappa) - 1`` it is least where rho = kappa, and grows towards
haloes as towards voids.

References
----------
Feder, Berger & Stein (2020), appendix B.
"""

from __future__ import annotations

from math import log10

from cosmoloom.scaling.interface import Field, Scaling, library

NETWORK_ERROR = 0.01
"""The error of the scaled field that is spoken of, half a per cent of the range from -1 to 1 [1]."""
COLOURED = (0.01, 10.0)
"""Relative errors of the density that colours tell apart [1]."""
EMPTY = 1e-6
"""A density that stands in for zero, where a relative error has no meaning [cosmic mean]."""


def relative_error(density: Field, scaling: Scaling, error: float = NETWORK_ERROR) -> Field:
    """Return (d rho / d x) dx / rho [1] for densities in the scaling's units and an error dx of the network [1]."""
    filled = library(density).clip(density, EMPTY, None)
    return error * scaling.error_amplification(scaling.scale(filled)) / filled


def as_colours(relative: Field) -> Field:
    """Return relative errors as x in [-1, 1], logarithmic over :data:`COLOURED`; what lies beyond saturates."""
    low, high = (log10(bound) for bound in COLOURED)
    where = (library(relative).log10(relative) - low) / (high - low)
    return library(relative).clip(2.0 * where - 1.0, -1.0, 1.0)
