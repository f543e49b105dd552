"""A volume that is seen through, the denser the more opaque."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.scenes.colour_scale import N_COLOURS, ColourScale, density_scale
from cosmoloom_explorer.scenes.grid import LOG_DENSITY, grid_of
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.style import Style

MOST_OPAQUE = 0.5
"""Opacity of the densest colour over the thickness below [1]."""
THICKNESS = 1 / 64
"""Share of the box's side over which opacities hold [1]."""
STEEPNESS = 2.2
"""Power of the share of the colour scale with which opacity rises: voids stay clear [1]."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Part of a scene; see :func:`volume`."""

    box: Box
    low: float
    high: float

    @property
    def scale(self) -> ColourScale:
        """From transparent to opaque."""
        return density_scale(self.low, self.high)

    def draw(self, plotter: Any, style: Style) -> None:
        """Add the volume."""
        opacity = MOST_OPAQUE * np.linspace(0.0, 1.0, N_COLOURS) ** STEEPNESS
        colours = self.scale.colours(style).copy()
        colours[:, 3] = 255
        actor = plotter.add_volume(
            grid_of(self.box), scalars=LOG_DENSITY, clim=np.log((self.low, self.high)).tolist(),
            cmap=_listed(colours), opacity=(opacity * 255).round(), n_colors=N_COLOURS, mapper="smart",
            blending="composite", show_scalar_bar=False, reset_camera=False, render=False,
            opacity_unit_distance=THICKNESS * self.box.box_size,
        )  # fmt: skip
        actor.prop.SetInterpolationTypeToLinear()


def _listed(colours: Any) -> Any:
    from matplotlib.colors import ListedColormap

    return ListedColormap(colours / 255)


def volume(box: Box, *, low: float = 0.5, high: float = 50.0) -> Scene:
    """Show the whole field at once, opacity rising with the logarithm of density.

    Parameters
    ----------
    box : Box
        The field.
    low, high : float
        Densities that are transparent, and as opaque as it gets [cosmic mean].

    Raises
    ------
    InvalidInputError
        Unless 0 < low < high.
    """
    if not 0 < low < high < np.inf:
        raise InvalidInputError(f"a volume needs densities 0 < low < high, got low = {low}, high = {high}")
    return Scene((Volume(box, float(low), float(high)),))
