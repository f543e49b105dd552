"""Peaks of the density, the seats of haloes, as balls sized by mass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.scenes.colour_scale import ColourScale
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.toolkit import pyvista

CRITICAL_DENSITY = 2.77536627e11
"""Critical density today in [(Msun/h) / (Mpc/h)^3]."""
HALO_OVER_MEAN = 200.0
"""Mean density of a ball over the cosmic mean: that of a halo [1]."""
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peaks:
    """Part of a scene; see :func:`peaks`."""

    box: Box
    positions: Values = field(repr=False)
    masses: Values = field(repr=False)
    mean: float

    @property
    def scale(self) -> ColourScale:
        """Of the mass."""
        low, high = float(self.masses.min()), float(self.masses.max())
        return ColourScale(quantity="mass", label="mass [Msun/h]", low=0.999 * low, high=max(high, 1.01 * low))

    @property
    def radii(self) -> Values:
        """Radius of a sphere that holds the mass at 200 times the cosmic mean [Mpc/h]."""
        return np.asarray((3 * self.masses / (4 * np.pi * HALO_OVER_MEAN * self.mean)) ** (1 / 3))

    def draw(self, plotter: Any, style: Style) -> None:
        """Add the balls."""
        cloud = pyvista().PolyData(self.positions)
        cloud["radius"] = self.radii
        colours = self.scale.colours(style)
        cloud["colour"] = colours[(self.scale.share(self.masses) * (len(colours) - 1)).round().astype(int), :3]
        balls = cloud.glyph(scale="radius", orient=False, geom=pyvista().Icosphere(radius=1.0, nsub=3))
        plotter.add_mesh(
            balls, scalars="colour", rgb=True, smooth_shading=True, ambient=0.25, diffuse=0.8, specular=0.35,
            specular_power=25, show_scalar_bar=False, reset_camera=False, render=False,
        )  # fmt: skip


def peaks(box: Box, *, lowest: float = 10.0, cosmology: Cosmology | None = None) -> Scene:
    """Show the peaks of a field as balls that would be haloes of their mass, in true proportion.

    The mass of a peak is that of the 27 voxels around it; nothing is fitted.

    Parameters
    ----------
    box : Box
        The field.
    lowest : float
        Least density at a peak [cosmic mean].
    cosmology : Cosmology, optional
        Gives the mean density; Planck 2018 by default.

    Raises
    ------
    InvalidInputError
        If no peak is as high.
    """
    from cosmoloom.statistics import peak_positions

    found = peak_positions(box, lowest=lowest).numpy()
    if not len(found.voxels):
        raise InvalidInputError(
            f"no peak of this box reaches {lowest:g} times the cosmic mean; its densest voxel has "
            f"{float(box.density.max()):.3g}"
        )
    mean = CRITICAL_DENSITY * (cosmology or Cosmology()).Omega_m
    around = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), axis=-1).reshape(1, 27, 3)
    # Only a periodic box has peaks whose neighbours are beyond its faces.
    voxels = np.moveaxis((found.voxels[:, None] + around) % box.n, -1, 0)
    masses = box.density[tuple(voxels)].sum(axis=1, dtype=np.float64) * mean * box.voxel_size**3
    return Scene((Peaks(box, np.asarray(found.positions), masses, mean),))
