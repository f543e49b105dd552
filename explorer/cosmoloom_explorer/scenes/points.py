"""Points whose size rises steeply with density, as feder2020 shows its volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.rational import scale as scaled
from cosmoloom_explorer.scenes.colour_scale import ColourScale
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.toolkit import pyvista

SMALLEST = 0.012
"""Points smaller than this share of the largest possible are left out; most voxels are [1]."""
LARGEST = 1.1
"""Radius of a point of infinite density, in voxels [1]."""


@dataclass(frozen=True, slots=True)
class Points:
    """Part of a scene; see :func:`points`."""

    box: Box
    kappa: float

    @property
    def scale(self) -> ColourScale:
        """Position along x."""
        return ColourScale(
            quantity="position", label="x [Mpc/h]", low=0.0, high=self.box.box_size, logarithmic=False
        )

    def cloud(self) -> Any:
        """Return the points in [Mpc/h], with ``radius`` [Mpc/h] and ``share`` along x, as ``pyvista.PolyData``."""
        size = ((scaled(self.box.density, self.kappa) + 1) / 2) ** 5
        shown = np.argwhere(size > SMALLEST)
        places = (shown + 0.5) * self.box.voxel_size
        cloud = pyvista().PolyData(places)
        # The size of a marker is its area.
        cloud["radius"] = LARGEST * self.box.voxel_size * np.sqrt(size[tuple(shown.T)])
        cloud["share"] = self.scale.share(places[:, 0])
        return cloud

    def draw(self, plotter: Any, style: Style) -> None:
        """Add the points as spheres."""
        cloud = self.cloud()
        if not cloud.n_points:
            return
        colours = self.scale.colours(style)
        cloud["colour"] = colours[(cloud["share"] * (len(colours) - 1)).round().astype(int), :3]
        ball = pyvista().Icosphere(radius=1.0, nsub=1)
        spheres = cloud.glyph(scale="radius", orient=False, geom=ball)
        plotter.add_mesh(
            spheres, scalars="colour", rgb=True, smooth_shading=True, ambient=0.3, diffuse=0.75, specular=0.15,
            show_scalar_bar=False, reset_camera=False, render=False,
        )  # fmt: skip


def points(box: Box, *, kappa: float = 7.7) -> Scene:
    """Show every voxel as a point of size (c + 1)^5, c = 2 rho / (rho + kappa) - 1, coloured by its x.

    Parameters
    ----------
    box : Box
        The field.
    kappa : float
        Scaling [cosmic mean]; larger ones leave denser points only.

    Raises
    ------
    InvalidInputError
        Unless kappa is above 0.

    References
    ----------
    Feder, Berger & Stein (2020), fig. 4.
    """
    if not 0 < kappa < np.inf:
        raise InvalidInputError(f"kappa must be above 0, in units of the cosmic mean, got {kappa}")
    return Scene((Points(box, float(kappa)),))
