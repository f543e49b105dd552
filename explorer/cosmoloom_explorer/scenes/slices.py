"""Three orthogonal slices where they are in the cube."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.scenes.colour_scale import ColourScale, density_scale
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.toolkit import pyvista

Position = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Slices:
    """Part of a scene; see :func:`slices`."""

    box: Box
    position: Position
    low: float
    high: float

    @property
    def scale(self) -> ColourScale:
        """Of the density."""
        return density_scale(self.low, self.high)

    def draw(self, plotter: Any, style: Style) -> None:
        """Add three planes, voxel by voxel."""
        colours = self.scale.colours(style)
        for axis, position in enumerate(self.position):
            index = min(int(position / self.box.voxel_size), self.box.n - 1)
            values = np.take(self.box.density, index, axis=axis)
            plane = self._plane(axis, position)
            share = self.scale.share(values)
            plane.cell_data["colour"] = colours[(share * (len(colours) - 1)).round().astype(int), :3].reshape(
                -1, 3, order="F"
            )
            plotter.add_mesh(
                plane, scalars="colour", rgb=True, lighting=False, show_scalar_bar=False, reset_camera=False,
                render=False,
            )  # fmt: skip

    def _plane(self, axis: int, position: float) -> Any:
        """Return a plane of n^2 cells, as ``pyvista.ImageData`` in [Mpc/h]."""
        dimensions, origin = [self.box.n + 1] * 3, [0.0] * 3
        dimensions[axis], origin[axis] = 1, position
        return pyvista().ImageData(dimensions=dimensions, spacing=(self.box.voxel_size,) * 3, origin=origin)


def slices(box: Box, *, position: Position | None = None, low: float = 0.1, high: float = 30.0) -> Scene:
    """Show three slices through one point.

    Parameters
    ----------
    box : Box
        The field.
    position : tuple of float, optional
        Where they meet, x, y and z [Mpc/h]; the middle of the box by default.
    low, high : float
        Densities at the ends of the colours [cosmic mean].

    Raises
    ------
    InvalidInputError
        If the point lies outside the box, or not 0 < low < high.
    """
    where = (0.5 * box.box_size,) * 3 if position is None else position
    if len(where) != 3 or any(not 0 <= x <= box.box_size for x in where):
        raise InvalidInputError(f"position is three lengths from 0 to {box.box_size:g} Mpc/h, got {position}")
    if not 0 < low < high < np.inf:
        raise InvalidInputError(f"slices need densities 0 < low < high, got low = {low}, high = {high}")
    x, y, z = (float(each) for each in where)
    return Scene((Slices(box, (x, y, z), float(low), float(high)),))
