"""Views of napari's grid that come back when as many of them are wanted again."""

from __future__ import annotations

from contextlib import suppress
from types import MethodType
from typing import Any

import numpy as np

from napari_cosmoloom import napari_window


class KeptGrids:
    """Takes the place of the step in which a canvas makes its grid, until :meth:`remove`.

    Whenever another number of layers is visible, napari 0.9 makes a new grid with new views and cameras, and lets
    the former one live on in the canvas, laid out at every resize: 20,000 objects more for each change of the layout,
    and 100 ms.  Here, one grid of each shape is kept.
    """

    def __init__(self, viewer: Any) -> None:
        self._kept: dict[tuple[int, int], tuple[Any, list[Any], list[Any]]] = {}
        self._canvas: Any = None
        with suppress(AttributeError):
            canvas = napari_window.canvas(viewer)
            self._make = canvas._init_or_update_grid  # noqa: SLF001  napari has no public name for it
            canvas._init_or_update_grid = MethodType(lambda _canvas: self._provide(), canvas)  # noqa: SLF001
            self._canvas = canvas

    def remove(self) -> None:
        """Leave it to napari again, and let go of the grids."""
        if self._canvas is not None:
            del self._canvas._init_or_update_grid  # noqa: SLF001  what is left is the class's own
        self._canvas = None
        self._kept.clear()

    def _provide(self) -> None:
        """Stand the grid in the canvas that the layers need now."""
        canvas, viewer = self._canvas, self._canvas.viewer
        wanted = viewer.canvas.grid.actual_shape(viewer.layers)
        if canvas.grid.grid_size == wanted:
            return
        self._put_away()
        if wanted in self._kept:
            canvas.grid, canvas.grid_views, canvas.grid_cameras = self._kept.pop(wanted)
            canvas.central_widget.add_widget(canvas.grid)
            for camera in canvas.grid_cameras:
                camera._last_viewbox_size = np.zeros(2)  # noqa: SLF001  so that it looks where the others look
        else:
            self._make()

    def _put_away(self) -> None:
        canvas = self._canvas
        self._kept[canvas.grid.grid_size] = canvas.grid, canvas.grid_views, canvas.grid_cameras
        canvas.central_widget.remove_widget(canvas.grid)
        canvas.grid_views, canvas.grid_cameras = [], []  # napari would take apart what it finds in these
