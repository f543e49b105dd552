"""Surfaces of equal density, one inside the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.scenes.colour_scale import ColourScale, density_scale
from cosmoloom_explorer.scenes.grid import LOG_DENSITY, grid_of
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.style import Style

OUTERMOST = 0.2
"""Opacity of the outermost of several surfaces; the innermost is solid [1]."""
MOST_LAYERS = 8
"""Surfaces behind one another that are told apart in front of a pixel."""


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Part of a scene; see :func:`surfaces`."""

    box: Box
    levels: tuple[float, ...]

    @property
    def scale(self) -> ColourScale:
        """From below the outermost to above the innermost, so that both stand out from the ground."""
        return density_scale(0.1 * self.levels[0], 2.0 * self.levels[-1])

    def mesh(self, level: float) -> Any:
        """Return one surface in [Mpc/h], with normals, as ``pyvista.PolyData``."""
        return grid_of(self.box).contour(
            [float(np.log(level))], scalars=LOG_DENSITY, compute_normals=True, compute_scalars=False
        )

    def draw(self, plotter: Any, style: Style) -> None:
        """Add the surfaces from inside out."""
        opacities = np.geomspace(OUTERMOST, 1.0, len(self.levels)) if len(self.levels) > 1 else [1.0]
        for level, opacity in reversed(list(zip(self.levels, opacities, strict=True))):
            mesh = self.mesh(level)
            if mesh.n_points:
                plotter.add_mesh(
                    mesh, color=self.scale.colour(level, style), opacity=float(opacity), smooth_shading=True,
                    ambient=0.35, diffuse=0.8, specular=0.25, specular_power=18, reset_camera=False, render=False,
                )  # fmt: skip
        if len(self.levels) > 1:
            plotter.enable_depth_peeling(MOST_LAYERS)


def surfaces(box: Box, *, levels: Sequence[float] = (3.0, 15.0)) -> Scene:
    """Show where the density reaches given values: the web at 3, haloes at 15 times the mean.

    Parameters
    ----------
    box : Box
        The field.
    levels : sequence of float
        Densities [cosmic mean], above 0; outer surfaces are seen through.

    Raises
    ------
    InvalidInputError
        If no level is given, one is not above 0, or the field reaches none of them.
    """
    chosen = tuple(sorted({float(level) for level in levels}))
    if not chosen or not chosen[0] > 0 or not np.isfinite(chosen[-1]):
        raise InvalidInputError(f"levels are densities above 0 over the cosmic mean, as in [5, 20], got {list(levels)}")
    low, high = float(box.density.min()), float(box.density.max())
    if not any(low < level < high for level in chosen):
        raise InvalidInputError(
            f"the density of this box lies between {low:.3g} and {high:.3g} of the mean; none of the levels "
            f"{', '.join(f'{level:g}' for level in chosen)} is a surface in it"
        )
    return Scene((Surfaces(box, chosen),))
