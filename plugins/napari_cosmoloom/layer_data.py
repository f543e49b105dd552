"""Density fields as napari's layer data, and back: the one place where their axes are turned."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError

LayerData = tuple[Any, dict[str, Any], str]
BOX = "cosmoloom_box"
"""Key of a layer's metadata that holds its :class:`cosmoloom.Box`."""
SHOWN = (0.02, 0.999)
"""Quantiles of the density at the ends of the colours."""


def as_layer_data(box: Box) -> LayerData:
    """Return a field for napari: rho over the cosmic mean, axes (z, y, x), world coordinates in [Mpc/h]."""
    low, high = (float(end) for end in np.quantile(box.density, SHOWN))
    name = box.label.rpartition("/")[2] or "density"
    settings = {
        "name": name if box.redshift is None else f"{name}, z = {box.redshift:g}",
        "scale": (box.voxel_size,) * 3,
        "translate": (box.voxel_size / 2,) * 3,  # voxel i covers i to i + 1 voxel sizes
        "axis_labels": ("z", "y", "x"),
        "colormap": "magma",
        "contrast_limits": (low, max(high, low + 1e-6)),
        "gamma": 0.4,  # a density spans decades
        "rendering": "attenuated_mip",
        "metadata": {BOX: box},
    }
    return np.ascontiguousarray(box.density.transpose(2, 1, 0)), settings, "image"


def as_box(data: Any, settings: dict[str, Any]) -> Box:
    """Return a layer's field as a box.

    Raises
    ------
    InvalidInputError
        If it is no cube of densities, or its voxels are none.
    """
    known = settings.get("metadata", {}).get(BOX)
    if isinstance(known, Box):  # with redshift and whether it is periodic
        return known
    values, scale = np.asarray(data), np.asarray(settings.get("scale", (1.0, 1.0, 1.0)), dtype=float)
    if values.ndim != 3 or len(scale) != 3 or np.ptp(scale) > 1e-6 * scale.max():
        raise InvalidInputError(f"only cubes of cubic voxels can be written, got shape {values.shape}, scale {scale}")
    return Box.from_array(values.transpose(2, 1, 0), box_size=float(scale[0]) * len(values))
