"""A box as a grid of PyVista: the one place where axes (x, y, z) become VTK's order."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom_explorer.scenes.toolkit import pyvista

FAINTEST = 1e-3
"""Density that stands in for emptiness in a logarithm [cosmic mean]."""
LOG_DENSITY = "ln density"


def grid_of(box: Box) -> Any:
    """Return ln of the density at the centres of voxels, as ``pyvista.ImageData`` in [Mpc/h].

    Between voxels VTK interpolates linearly; the logarithm makes that a fair guess next to a halo.
    """
    grid = pyvista().ImageData(
        dimensions=(box.n,) * 3, spacing=(box.voxel_size,) * 3, origin=(0.5 * box.voxel_size,) * 3
    )
    grid.point_data[LOG_DENSITY] = np.log(np.maximum(box.density, FAINTEST)).ravel(order="F")
    return grid
