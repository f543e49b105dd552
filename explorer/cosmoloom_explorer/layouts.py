"""Names of the views: how fields stand together in the main view, and how a volume is drawn."""

from __future__ import annotations

from typing import Literal

Layout = Literal["beside", "difference", "overlap", "swipe", "blink", "orthogonal"]
Rendering = Literal["attenuated", "mip", "iso", "points"]

LAYOUTS: dict[Layout, str] = {
    "beside": "side by side",
    "difference": "and their difference",
    "overlap": "and their overlap",
    "swipe": "swipe at the crosshair's x",
    "blink": "blink",
    "orthogonal": "three orthogonal slices",
}
"""What each layout is called."""
RENDERINGS: dict[Rendering, str] = {
    "attenuated": "attenuated maximum",
    "mip": "maximum along the ray",
    "iso": "surface of one density",
    "points": "sized points",
}
"""What each way to draw a volume is called."""
COMPARING: tuple[Layout, ...] = ("difference", "overlap")
"""Layouts for which something is computed of both fields."""
ISO_RANGE = (0.1, 1000.0)
"""Densities at which a surface may stand [cosmic mean]."""
TOP_RANGE = (0.1, 50.0)
"""Share of the densest voxels whose overlap is shown [%]."""
