"""Titles of layers that are hidden, kept for when these are shown again."""

from __future__ import annotations

from contextlib import suppress
from types import MethodType
from typing import Any

from napari_cosmoloom import napari_window


class KeptTitles:
    """Takes the place of the step in which a canvas sees to what is written over a layer, until :meth:`remove`.

    In a grid, napari 0.9 takes the titles of hidden layers apart, and makes them anew when these are shown: 20 ms for
    each layer of each change of the layout.  Here they only leave the view.
    """

    def __init__(self, viewer: Any) -> None:
        self._canvas: Any = None
        with suppress(AttributeError):
            canvas = napari_window.canvas(viewer)
            self._update = canvas._update_layer_overlays  # noqa: SLF001  napari has no public name for it
            canvas._update_layer_overlays = MethodType(  # noqa: SLF001
                lambda _canvas, layer: self._provide(layer), canvas
            )
            self._canvas = canvas

    def remove(self) -> None:
        """Leave it to napari again."""
        if self._canvas is not None:
            del self._canvas._update_layer_overlays  # noqa: SLF001  what is left is the class's own
        self._canvas = None

    def _provide(self, layer: Any) -> None:
        canvas = self._canvas
        viewer = canvas.viewer
        if layer.visible or layer not in viewer.layers or not viewer.canvas.grid.enabled:
            self._update(layer)
            return
        for visual in canvas._layer_overlay_to_visual.get(layer, {}).values():  # noqa: SLF001
            visual.node.parent = None
