"""Text in a scene, at a place of the picture or of the box, with a height that follows the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.toolkit import pyvista


def add_text(
    plotter: Any,
    text: str,
    where: Sequence[float],
    style: Style,
    *,
    across: Literal["left", "centre", "right"] = "centre",
    turned: bool = False,
) -> Any:
    """Write a text and return its actor.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Where to write.
    text : str
        What.
    where : sequence of float
        Two shares of the picture's width and height, or three coordinates in the box [Mpc/h].
    style : Style
        Colour and height.
    across : str
        Which part of the text lies at the place.
    turned : bool
        Write upwards.
    """
    from vtkmodules.vtkRenderingCore import vtkTextActor

    actor = vtkTextActor()
    actor.SetInput(text)
    place = actor.GetPositionCoordinate()
    if len(where) == 3:
        place.SetCoordinateSystemToWorld()
    else:
        place.SetCoordinateSystemToNormalizedViewport()
    place.SetValue([*where, 0.0][:3])
    look = actor.GetTextProperty()
    look.SetFontFamilyToArial()
    look.SetFontSize(max(6, round(style.font * plotter.window_size[1])))
    look.SetColor(pyvista().Color(style.ink).float_rgb)
    look.SetJustification({"left": 0, "centre": 1, "right": 2}[across])
    look.SetVerticalJustificationToCentered()
    if turned:
        look.SetOrientation(90)
        look.SetJustificationToCentered()
    plotter.renderer.AddViewProp(actor)
    return actor
