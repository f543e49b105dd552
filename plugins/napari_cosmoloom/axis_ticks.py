"""Numbers and names along the edges of the boxes in the main view."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom_explorer import box_frame, colours
from napari_cosmoloom import scene_nodes

FONT = 8
"""[points]"""


class AxisTicks:
    """Ticks in [Mpc/h] around each layer's box; they move to other edges when the view is turned.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layers are.
    layers : tuple
        Each in a view of its own.
    """

    def __init__(self, viewer: Any, layers: tuple[Any, ...]) -> None:
        self._viewer, self._layers = viewer, layers
        self._box_size = 1.0
        self._shown: tuple[object, ...] = ()
        self._texts: dict[Any, Any] = {}
        viewer.scene.camera.events.angles.connect(self.place)

    def show_box(self, box_size: float) -> None:
        """Take another side [Mpc/h]."""
        self._box_size = box_size
        self.place()

    def place(self, _event: object = None) -> None:
        """Write the labels at the edges that are the outline now; those that stand right are left alone."""
        camera, flat = self._viewer.scene.camera, self._viewer.dims.ndisplay == 2
        if flat:
            edges: tuple[box_frame.Edge, ...] = box_frame.flat_edges()
        else:  # napari's axes are (z, y, x)
            edges = box_frame.tick_edges(camera.view_direction[::-1], camera.up_direction[::-1])
        shown = (edges, self._box_size, flat)
        if shown == self._shown:
            return
        self._shown = shown
        found = [box_frame.labels(edge, self._box_size, flat=flat) for edge in edges]
        positions = np.vstack([where for where, _ in found])
        texts = [text for _, names in found for text in names]
        for layer in self._layers:
            if layer not in self._texts:
                self._texts[layer] = scene_nodes.add_text(self._viewer, layer, color=colours.MUTED, font_size=FONT)
            node = self._texts[layer]
            if node is not None:
                node.text, node.pos = texts, positions

    def include(self, layer: Any) -> None:
        """Stand around another layer's box, too."""
        self._layers = (*(kept for kept in self._layers if kept in self._viewer.layers), layer)
        self._shown = ()
        self.place()

    def settle(self) -> None:
        """Go to where the layers are drawn now: napari rebuilds its views when layers are shown or hidden."""
        for layer, node in self._texts.items():
            if node is not None:
                scene_nodes.follow(self._viewer, layer, node)

    def remove(self) -> None:
        """Take the labels out."""
        self._viewer.scene.camera.events.angles.disconnect(self.place)
        for node in self._texts.values():
            if node is not None:
                node.parent = None
        self._texts.clear()
