"""A colour bar at the right of a scene, with round ticks."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom_explorer.scenes.colour_scale import N_COLOURS, ColourScale
from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.text import add_text
from cosmoloom_explorer.scenes.toolkit import pyvista

BOTTOM, TOP, RIGHT = 0.2, 0.8, 0.9
"""Where the first bar is, as shares of the picture [1]."""
WIDTH, PITCH = 0.014, 0.13
"""Width of a bar, and distance to the next, as shares of the picture's width [1]."""


def add_colour_bar(plotter: Any, scale: ColourScale, style: Style, place: int) -> None:
    """Draw the bar of a scale; ``place`` counts bars from the right, from 0."""
    left = RIGHT - place * PITCH
    right = left + WIDTH
    heights = np.linspace(BOTTOM, TOP, N_COLOURS + 1)
    plotter.renderer.AddViewProp(_bar(left, right, heights, scale.colours(style)))
    for tick in scale.ticks():
        height = BOTTOM + (TOP - BOTTOM) * float(scale.share(tick))
        add_text(plotter, _number(tick), (right + 0.006, height), style, across="left")
    add_text(plotter, scale.label, (left - 0.012, 0.5 * (BOTTOM + TOP)), style, across="right", turned=True)


def _bar(left: float, right: float, heights: Any, colours: Any) -> Any:
    """Return one quadrilateral per colour, in shares of the picture."""
    from vtkmodules.vtkRenderingCore import vtkActor2D, vtkCoordinate, vtkPolyDataMapper2D

    points = np.zeros((len(heights), 2, 3))
    points[:, 0, 0], points[:, 1, 0] = left, right
    points[..., 1] = heights[:, None]
    first = 2 * np.arange(len(colours))
    faces = np.stack([np.full_like(first, 4), first, first + 1, first + 3, first + 2], axis=1)
    mesh = pyvista().PolyData(points.reshape(-1, 3), faces.ravel())
    mesh.cell_data["colour"] = colours
    mesh.set_active_scalars("colour", preference="cell")
    place = vtkCoordinate()
    place.SetCoordinateSystemToNormalizedViewport()
    mapper = vtkPolyDataMapper2D()
    mapper.SetInputData(mesh)
    mapper.SetTransformCoordinate(place)
    mapper.SetTransformCoordinateUseDouble(True)
    actor = vtkActor2D()
    actor.SetMapper(mapper)
    return actor


def _number(value: float) -> str:
    """Return a number as it is read: 0.1, 30, 1e14."""
    return f"{value:g}" if 1e-3 <= abs(value) < 1e5 or value == 0 else f"{value:.0e}".replace("e+", "e")
