"""The densest places of a field, as a person asks about them: where, how dense, how rare, how heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.cosmology import Cosmology

MOST = 100
"""Peaks of a field to show, the densest first."""
CRITICAL_DENSITY = 2.775e11
"""rho_crit today [(Msun/h) / (Mpc/h)^3]."""
SUPERSCRIPTS = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of one field, the densest first.

    Attributes
    ----------
    positions : array, shape (m, 3)
        Centres of the voxels, axes (x, y, z) [Mpc/h].
    voxels : array, shape (m, 3)
        Their indices.
    densities : array, shape (m,)
        rho over the cosmic mean [1].
    heights : array, shape (m,)
        (rho - mean) / standard deviation over the field's voxels [1].
    masses : array, shape (m,)
        Mass in the 27 voxels around, of which a peak at the border has fewer [Msun/h].
    """

    positions: NDArray[np.float64]
    voxels: NDArray[np.int64]
    densities: NDArray[np.float64]
    heights: NDArray[np.float64]
    masses: NDArray[np.float64]

    def text(self, index: int) -> str:
        """Return what is known of one peak, in a line."""
        x, y, z = self.positions[index]
        exponent = int(np.floor(np.log10(self.masses[index])))
        mass = f"{self.masses[index] / 10.0**exponent:.2f} \N{MULTIPLICATION SIGN} 10" + str(exponent).translate(
            SUPERSCRIPTS
        )
        return (
            f"peak {index + 1}: \u03c1 = {self.densities[index]:.4g} \u03c1\u0304, "
            f"height {self.heights[index]:.1f} \u03c3, {mass} M\u2299/h in 27 voxels, "
            f"at x, y, z = {x:.1f}, {y:.1f}, {z:.1f} Mpc/h"
        )


def find_peaks(
    density: Tensor, *, box_size: float, universe: Cosmology, heights: tuple[float, float] | None = None
) -> Peaks:
    """Find the densest local maxima among 124 neighbours.

    Parameters
    ----------
    density : Tensor, shape (n, n, n)
        rho over the cosmic mean [1].
    box_size : float
        Side [Mpc/h].
    universe : Cosmology
        Whose mean density weighs the voxels.
    heights : (float, float), optional
        Only peaks from the first to below the second log10 rho over the cosmic mean.
    """
    from cosmoloom.statistics import peak_positions

    found = peak_positions(density, box_size=box_size).numpy()
    field = density.detach().cpu().numpy()
    positions, voxels = np.asarray(found.positions), np.asarray(found.voxels)
    densities = np.asarray(found.heights, dtype=np.float64)
    if heights is not None:
        wanted = (densities >= 10 ** heights[0]) & (densities < 10 ** heights[1])
        positions, voxels, densities = positions[wanted], voxels[wanted], densities[wanted]
    positions, voxels, densities = positions[:MOST], voxels[:MOST], densities[:MOST]
    around = [
        field[tuple(slice(max(0, at - 1), at + 2) for at in voxel)].sum(dtype=np.float64) for voxel in voxels
    ]
    volume = (box_size / len(field)) ** 3
    spread = float(field.std(dtype=np.float64)) or 1.0  # a field without any has no peaks either
    return Peaks(
        positions=positions,
        voxels=voxels,
        densities=densities,
        heights=(densities - float(field.mean(dtype=np.float64))) / spread,
        masses=np.array(around) * CRITICAL_DENSITY * universe.Omega_m * volume,
    )
