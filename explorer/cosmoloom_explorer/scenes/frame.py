"""The edges of the box, and its ticks in [Mpc/h], which move to the outline of whatever side is seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom_explorer import box_frame
from cosmoloom_explorer.scenes.style import Style
from cosmoloom_explorer.scenes.text import add_text
from cosmoloom_explorer.scenes.toolkit import pyvista

NAME_FURTHER = 1.5
"""How much farther out an axis's name stands, because it carries a unit [1]."""


class BoxFrame:
    """Edges and ticks around a box.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Where to draw.
    box_size : float
        Side of the box [Mpc/h].
    style : Style
        Colours and height of text.
    """

    def __init__(self, plotter: Any, box_size: float, style: Style) -> None:
        self._plotter, self._box_size, self._style = plotter, box_size, style
        self._edges: tuple[box_frame.Edge, ...] = ()
        self._texts: list[Any] = []
        edges = pyvista().Box(bounds=(0, box_size) * 3).extract_all_edges()
        plotter.add_mesh(
            edges, color=style.line, line_width=max(1.0, 0.0016 * plotter.window_size[1]), lighting=False,
            reset_camera=False, render=False, pickable=False,
        )  # fmt: skip

    def place(self) -> None:
        """Write the ticks at the edges that are the outline for the camera as it is now."""
        camera = self._plotter.camera
        edges = box_frame.tick_edges(camera.GetDirectionOfProjection(), camera.GetViewUp())
        if edges == self._edges:
            return
        for text in self._texts:
            self._plotter.renderer.RemoveViewProp(text)
        self._edges, self._texts = edges, []
        for edge in edges:
            positions, texts = box_frame.labels(edge, self._box_size)
            texts[-1] += " [Mpc/h]"
            on_edge = self._box_size * (np.asarray(edge.start) + 0.5 * np.eye(3)[edge.axis])
            positions[-1] = on_edge + NAME_FURTHER * (positions[-1] - on_edge)
            for where, text in zip(positions, texts, strict=True):
                self._texts.append(add_text(self._plotter, text, [float(x) for x in where], self._style))
