"""Statistics beyond the first ones: how each is measured on many fields, drawn and named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.evaluate.samples import Values
from cosmoloom.statistics.bispectrum import bispectrum
from cosmoloom.statistics.correlation_function import correlation_function
from cosmoloom.statistics.minkowski_functionals import minkowski_functionals

ANGLES = np.linspace(0.0, pi, 13)


@dataclass(frozen=True, slots=True)
class Curves:
    """One curve per field.

    Attributes
    ----------
    x : array, shape (m,)
        Where they were measured.
    values : array, shape (N, m)
        One row per field.
    """

    x: Values
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A statistic that gives one curve per field.

    Attributes
    ----------
    key : str
        Name in JSON and of the picture's file.
    title, x_label, y_label : str
        For readers; labels carry units.
    definition : str
        What is measured, in one sentence.
    x_log, y_log : bool
        Whether an axis reads best in logarithms.
    """

    key: str
    title: str
    x_label: str
    y_label: str
    definition: str
    x_log: bool = False
    y_log: bool = False


_THRESHOLD = r"threshold $\rho/\bar\rho$"
_TRIANGLES = "triangles with sides k1 = k_Ny / 8 and k2 = 2 k1 (at least k_f), over the angle between these vectors"
_REGIONS = "of the regions denser than a threshold, fields not periodic"

FURTHER: tuple[Further, ...] = (
    Further(
        key="bispectrum", title="Bispectrum", x_label=r"angle between $k_1$ and $k_2$ [$\pi$ rad]",
        y_label=r"$B$ [(Mpc/$h$)$^6$]", y_log=True, definition=f"B [(Mpc/h)^6] of {_TRIANGLES}",
    ),
    Further(
        key="reduced_bispectrum", title="Reduced bispectrum", x_label=r"angle between $k_1$ and $k_2$ [$\pi$ rad]",
        y_label="$Q$", definition=f"Q = B / (P1 P2 + P2 P3 + P3 P1) [1] of {_TRIANGLES}",
    ),
    Further(
        key="xi", title="Correlation function", x_label=r"$r$ [Mpc/$h$]", y_label=r"$r\,\xi(r)$ [Mpc/$h$]", x_log=True,
        definition="r times the mean product of overdensities at separation r [Mpc/h], pairs inside a field only",
    ),
    Further(
        key="minkowski_0", title="Minkowski functional V0 (volume)", x_label=_THRESHOLD, y_label="$V_0$", x_log=True,
        definition=f"share of the volume {_REGIONS} [1]",
    ),
    Further(
        key="minkowski_1", title="Minkowski functional V1 (surface)", x_label=_THRESHOLD, y_label=r"$V_1$ [$h$/Mpc]",
        x_log=True, definition=f"a sixth of the surface per volume {_REGIONS} [h/Mpc]",
    ),
    Further(
        key="minkowski_2", title="Minkowski functional V2 (curvature)", x_label=_THRESHOLD,
        y_label=r"$V_2$ [($h$/Mpc)$^2$]", x_log=True,
        definition=f"integral of the sum of principal curvatures over 6 pi, per volume, {_REGIONS} [(h/Mpc)^2]",
    ),
    Further(
        key="minkowski_3", title="Minkowski functional V3 (topology)", x_label=_THRESHOLD,
        y_label=r"$V_3$ [($h$/Mpc)$^3$]", x_log=True,
        definition=f"Euler characteristic per volume {_REGIONS} [(h/Mpc)^3]",
    ),
)


def measure_further(densities: Tensor, *, box_size: float) -> dict[str, Curves]:
    """Measure all further statistics of a batch of fields.

    Parameters
    ----------
    densities : Tensor, shape (N, n, n, n)
        rho / cosmic mean [1], of at least 8^3 voxels.
    box_size : float
        Side in [Mpc/h].
    """
    pairs = correlation_function(densities, box_size=box_size).numpy()
    return {
        **measure_triangles(densities, box_size=box_size),
        "xi": _curves(pairs.r[1:], (pairs.r * pairs.xi)[:, 1:]),
        **measure_regions(densities, box_size=box_size),
    }


def measure_triangles(densities: Tensor, *, box_size: float) -> dict[str, Curves]:
    """Measure the bispectrum, and the reduced one; otherwise as :func:`measure_further`."""
    first, second = triangle_sides(densities.shape[-1], box_size)
    triangles = bispectrum(densities, k1=first, k2=second, theta=ANGLES, box_size=box_size).numpy()
    return {
        "bispectrum": _curves(ANGLES / pi, triangles.bispectrum),
        "reduced_bispectrum": _curves(ANGLES / pi, triangles.reduced),
    }


def triangle_sides(n: int, box_size: float) -> tuple[float, float]:
    """Return the two sides of all triangles [h/Mpc] for fields of n voxels and box_size [Mpc/h] per side."""
    side = 2 * pi / box_size * max(1.0, n / 16)
    return side, 2 * side


def measure_regions(densities: Tensor, *, box_size: float) -> dict[str, Curves]:
    """Measure the four Minkowski functionals; otherwise as :func:`measure_further`."""
    regions = minkowski_functionals(densities, box_size=box_size).numpy()
    return {f"minkowski_{order}": _curves(regions.threshold, getattr(regions, f"v{order}")) for order in range(4)}


def join_further(parts: Iterable[dict[str, Curves]]) -> dict[str, Curves]:
    """Join the curves of several batches."""
    known = list(parts)
    return {
        key: Curves(first.x, np.concatenate([part[key].values for part in known]))
        for key, first in known[0].items()
    }


def difference_in_scatter(sampled: Curves, simulated: Curves) -> Values:
    """Return the difference of means over the standard deviation among simulations [1]; NaN where that is 0."""
    scatter = simulated.values.std(0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(scatter > 0, (sampled.values.mean(0) - simulated.values.mean(0)) / scatter, np.nan)


def _curves(x: NDArray[np.floating] | Tensor, values: NDArray[np.floating] | Tensor) -> Curves:
    return Curves(np.asarray(x, dtype=np.float64), np.asarray(values, dtype=np.float64))
