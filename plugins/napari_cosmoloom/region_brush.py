"""A brush that paints a region onto the generated field, slice by slice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer import colours
from napari_cosmoloom import napari_window
from napari_cosmoloom.layers import FieldLayers

NAME = "Region to edit"


class RegionBrush:
    """A layer of labels over the generated field; while it is painted the simulation beside makes room.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layer goes.
    layers : FieldLayers
        Both fields.
    """

    def __init__(self, viewer: Any, layers: FieldLayers) -> None:
        self._viewer, self._layers = viewer, layers
        self._layer: Any = None

    @property
    def layer(self) -> Any:
        """The layer of labels; None where none is painted, or it was removed."""
        return self._layer if self._layer in self._viewer.layers else None

    @property
    def region(self) -> NDArray[np.float32]:
        """Which voxels are painted, shape (n, n, n), axes (x, y, z); nothing where there is no layer."""
        n = self._layers.n
        if self.layer is None or len(self.layer.data) != n:
            return np.zeros((n, n, n), dtype=np.float32)
        return (self.layer.data > 0).transpose(2, 1, 0).astype(np.float32)

    def provide(self) -> None:
        """Make the layer, hidden, if there is none for fields of this size."""
        like, n = self._layers.generated, self._layers.n
        if self.layer is None or len(self.layer.data) != n:
            self.remove()
            selected = set(self._viewer.layers.selection)
            self._layer = self._viewer.add_labels(
                np.zeros((n, n, n), dtype=np.uint8), name=NAME, scale=like.scale, translate=like.translate,
                axis_labels=like.axis_labels, opacity=0.4, visible=False,
                colormap=napari_window.label_colours([colours.SIMULATION]),
            )  # fmt: skip
            self._viewer.layers.selection = selected

    def begin(self, radius: float) -> None:
        """Take the brush, of a radius in [Mpc/h]; what was painted before is still there."""
        self.provide()
        with napari_window.arranged_once(self._viewer):
            self._viewer.canvas.grid.shape = (1, 1)  # all in one view
            self._layers.simulation.visible = False
            self.layer.visible = True
        self._layers.ticks.settle()
        self._viewer.layers.selection = {self.layer}
        self._layers.enclose()
        self.layer.selected_label = 1
        self.layer.n_edit_dimensions = 3  # a ball, not a disc
        self.size(radius)
        self.layer.mode = "paint"

    def size(self, radius: float) -> None:
        """Make the brush as large as a radius [Mpc/h]."""
        if self.layer is not None:
            self.layer.brush_size = max(1, round(2 * radius / float(self.layer.scale[0])))

    def end(self) -> None:
        """Put the brush away and bring the simulation back."""
        with napari_window.arranged_once(self._viewer):
            if self.layer is not None:
                self.layer.mode = "pan_zoom"
                self.layer.visible = False
            self._viewer.canvas.grid.shape = (1, -1)
            self._layers.simulation.visible = True
        self._layers.ticks.settle()
        self._viewer.layers.selection = {self._layers.generated}
        self._layers.enclose()

    def remove(self) -> None:
        """Take the layer out."""
        if self.layer is not None:
            self._viewer.layers.remove(self.layer)
        self._layer = None
