"""Live statistics that take longer than the others, measured only where somebody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.live_statistics import Curves, Values, band_curves

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.evaluate.reference import HeldOut

FURTHER = ("bispectrum", "minkowski")
"""What can be measured: the reduced bispectrum Q, and the four Minkowski functionals."""
_NAMES = {
    "reduced_bispectrum": ("Reduced bispectrum", "angle between k1 and k2 [pi rad]", "Q"),
    "minkowski_0": ("Volume", "log10 rho/mean", "V0"),
    "minkowski_1": ("Surface", "log10 rho/mean", "V1 [h/Mpc]"),
    "minkowski_2": ("Curvature", "log10 rho/mean", "V2 [(h/Mpc)^2]"),
    "minkowski_3": ("Topology", "log10 rho/mean", "V3 [(h/Mpc)^3]"),
}


def measure_further(name: str, density: Tensor, *, box_size: float) -> dict[str, tuple[Values, Values]]:
    """Measure one of :data:`FURTHER`.

    Parameters
    ----------
    name : str
        Which.
    density : Tensor, shape (n, n, n)
        rho over the cosmic mean [1].
    box_size : float
        Side in [Mpc/h].

    Returns
    -------
    dict
        Pairs (x, values) by name of the curve.
    """
    from cosmoloom.evaluate.further import measure_regions, measure_triangles

    measure = measure_triangles if name == "bispectrum" else measure_regions
    curves = measure(density[None], box_size=box_size)
    return {key: (curve.x, curve.values[0]) for key, curve in curves.items() if key in _NAMES}


def compare_further(
    generated: Mapping[str, tuple[Values, Values]],
    *,
    redshift: float,
    n: int,
    box_size: float,
    reference: Mapping[str, tuple[Values, Values]] | None = None,
    held_out: HeldOut | None = None,
    trusted_k: float | None = None,
) -> dict[str, Curves]:
    """Put curves beside those of a simulated field, and of all held-out ones where such are kept.

    Parameters
    ----------
    generated, reference : mapping
        As :func:`measure_further` returns them.
    redshift : float
        Of the generated field [1].
    n : int
        Voxels per side.
    box_size : float
        Side in [Mpc/h].
    held_out : HeldOut, optional
        Simulations that the model never saw.
    trusted_k : float, optional
        To where the simulations' power is trusted [h/Mpc].
    """
    from cosmoloom.evaluate.further_reference import further_for

    known = None if held_out is None else further_for(held_out)
    bands = {} if known is None else known.at(redshift)
    found = {}
    for key, (x, values) in generated.items():
        name, x_label, y_label = _NAMES[key]
        triangles = key == "reduced_bispectrum"
        found[key] = Curves(
            name=name, x_label=x_label, y_label=y_label,
            x=x if triangles else np.log10(x),
            generated=values,
            reference=None if reference is None else reference[key][1],
            **band_curves(bands.get(key)),
            untrusted=_untrusted_angles(n, box_size, trusted_k) if triangles else None,
        )  # fmt: skip
    return found


def _untrusted_angles(n: int, box_size: float, trusted_k: float | None) -> tuple[float, float] | None:
    """Return the angles [pi rad] of triangles of which a side exceeds the trusted k; None where there are none.

    The third side, from ``k3^2 = k1^2 + k2^2 + 2 k1 k2 cos(theta)``, falls with the angle.
    """
    from cosmoloom.evaluate.further import triangle_sides

    k1, k2 = triangle_sides(n, box_size)
    if trusted_k is None or k1 + k2 <= trusted_k:
        return None
    if k2 > trusted_k:
        return 0.0, 1.0
    cosine = (trusted_k**2 - k1**2 - k2**2) / (2 * k1 * k2)
    return 0.0, float(np.arccos(np.clip(cosine, -1.0, 1.0)) / pi)
