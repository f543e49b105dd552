"""Views of napari's grid that come back when as many of them are wanted again."""

from __future__ import annotations

from contextlib import suppress
from types import MethodType
from typing import Any

import numpy as np

from napari_cosmoloom import napari_window
from napari_cosmoloom.calm_cameras import calm

FOLLOWED = {
    "center": "_on_center_change",
    "zoom": "_on_zoom_change",
    "angles": "_on_angles_change",
    "perspective": "_on_perspective_change",
    "mouse_pan": "_on_mouse_toggles_change",
    "mouse_zoom": "_on_mouse_toggles_change",
    "orientation": "_on_orientation_change",
}
"""What a camera of a view follows of the viewer's, and by which of its methods."""


class KeptGrids:
    """Takes the place of the step in which a canvas makes its grid, until :meth:`remove`.

    Whenever another number of layers is visible, napari 0.9 makes a new grid with new views and cameras, and lets
    the former one live on in the canvas, laid out at every resize: 20,000 objects more for each change of the layout,
    and 100 ms.  Here, one grid of each shape is kept; while it is away, its cameras follow nothing.
    """

    def __init__(self, viewer: Any) -> None:
        self._kept: dict[tuple[int, int], tuple[Any, list[Any], list[Any]]] = {}
        self._canvas: Any = None
        with suppress(AttributeError):
            canvas = napari_window.canvas(viewer)
            self._make = canvas._init_or_update_grid  # noqa: SLF001  napari has no public name for it
            canvas._init_or_update_grid = MethodType(lambda _canvas: self._provide(), canvas)  # noqa: SLF001
            self._canvas = canvas
            for camera in (canvas.camera, *canvas.grid_cameras):
                calm(camera)

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
                self._follow(camera)
        else:
            self._make()
            for camera in canvas.grid_cameras:
                calm(camera)

    def _put_away(self) -> None:
        canvas = self._canvas
        self._kept[canvas.grid.grid_size] = canvas.grid, canvas.grid_views, canvas.grid_cameras
        canvas.central_widget.remove_widget(canvas.grid)
        for camera in canvas.grid_cameras:
            self._rest(camera)
        canvas.grid_views, canvas.grid_cameras = [], []  # napari would take apart what it finds in these

    def _rest(self, camera: Any) -> None:
        viewer = self._canvas.viewer
        viewer.dims.events.ndisplay.disconnect(camera._on_ndisplay_change)  # noqa: SLF001
        for name, method in FOLLOWED.items():
            viewer.scene.camera.events[name].disconnect(getattr(camera, method))

    def _follow(self, camera: Any) -> None:
        viewer = self._canvas.viewer
        viewer.dims.events.ndisplay.connect(camera._on_ndisplay_change, position="first")  # noqa: SLF001
        for name, method in FOLLOWED.items():
            viewer.scene.camera.events[name].connect(getattr(camera, method))
        camera._last_viewbox_size = np.zeros(2)  # noqa: SLF001  when drawn next, it looks where the others look
