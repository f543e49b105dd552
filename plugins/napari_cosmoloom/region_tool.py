"""Statistics of a region that a person draws into the generated field, as shapes or as labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QObject, QTimer

from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom_explorer import ExplorerState, colours
from cosmoloom_explorer.regions import Mask, box_mask, ellipsoid_mask, measure_region
from napari_cosmoloom import napari_window, region_brush
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.presenter import Presenter
from napari_cosmoloom.statistics_panel import StatisticsPanel

SETTLED = 250
"""A region is measured once neither it nor the field changed for this time [ms]."""
NAME = "Region: draw a box or an ellipse"
OUTLINE = "#ffffff"


class RegionTool(QObject):
    """Follows the newest layer of shapes or labels in a viewer, and measures the generated field inside of it.

    A rectangle stands for a box and an ellipse for an ellipsoid; drawn in a slice they reach as far before and behind
    it as they do on average within it.  All shapes of a layer together are one region, and so are all labels.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose layers are followed.
    state : ExplorerState
        Drawing begins in a slice, both fields beside each other.
    layers : FieldLayers
        Where the field stands.
    presenter : Presenter
        Has the field.
    plots : StatisticsPanel
        Shows the statistics.
    """

    def __init__(
        self,
        viewer: Any,
        state: ExplorerState,
        *,
        layers: FieldLayers,
        presenter: Presenter,
        plots: StatisticsPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._state, self._layers = viewer, state, layers
        self._presenter, self._plots = presenter, plots
        self._layer: Any = None
        self._ours: Any = None
        self._shape_before: Any = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED)
        self._settle.timeout.connect(self.measure)
        plots.choice.region.toggled.connect(self._on_toggled)
        viewer.layers.events.inserted.connect(self._on_inserted)
        viewer.layers.events.removed.connect(self._on_removed)
        presenter.frame_shown.connect(self._on_changed)

    def close(self) -> None:
        """Follow nothing any more."""
        self._settle.stop()
        self._follow(None)
        self._viewer.layers.events.inserted.disconnect(self._on_inserted)
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        self._presenter.frame_shown.disconnect(self._on_changed)

    def remove(self) -> None:
        """Take the layer out that was added for drawing."""
        if self._ours is not None and self._ours in self._viewer.layers:
            self._viewer.layers.remove(self._ours)

    def measure(self) -> None:
        """Show what is in the region now; nothing where there is none."""
        frame = self._presenter.frame
        drawn = self._layer is not None and self._layer.editable  # an overlap of fields is no region
        if not drawn or frame is None or frame.density is None or self._presenter.facts is None:
            self._plots.show_region(None)
            return
        try:
            mask = self._mask(len(frame.density), frame.box_size)
            universe = self._presenter.facts.card.universe
            found = None if mask is None else measure_region(
                frame.density, mask, box_size=frame.box_size, universe=universe
            )  # fmt: skip
        except CosmoloomError as error:
            self._viewer.status = str(error)
            found = None
        self._plots.show_region(found)

    def _mask(self, n: int, box_size: float) -> Mask | None:
        layer = self._layer
        if layer._type_string == "labels":  # noqa: SLF001  napari has no public name for the kind of a layer
            labels = np.asarray(layer.data)
            if labels.shape != (n, n, n):
                raise InvalidInputError(f"the field has {(n, n, n)} voxels and the labels {labels.shape}")
            return np.asarray(labels.transpose(2, 1, 0) > 0)
        mask = np.zeros((n, n, n), dtype=bool)
        for vertices, kind in zip(layer.data, layer.shape_type, strict=True):
            low, high = self._corners(np.asarray(vertices), n / box_size)
            mask |= (ellipsoid_mask if kind == "ellipse" else box_mask)(n, low, high)
        return mask if len(layer.data) else None

    def _corners(self, vertices: NDArray[Any], voxels: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the corners of what encloses a shape, axes (x, y, z) [voxel]; flat ones get a depth."""
        world = np.array([self._layer.data_to_world(vertex) for vertex in vertices])[:, ::-1] * voxels
        low, high = world.min(axis=0), world.max(axis=0)
        flat = high - low < 1e-6
        if flat.any() and not flat.all():
            half = (high - low)[~flat].mean() / 2
            middle = (low + high) / 2
            low, high = np.where(flat, middle - half, low), np.where(flat, middle + half, high)
        return low, high

    def provide(self) -> None:
        """Make the layer to draw on, hidden, if there is none for fields of this size."""
        image = self._layers.generated
        if self._ours is not None and tuple(self._ours.scale) != tuple(image.scale):
            self.remove()
        if self._ours is None:
            selected = set(self._viewer.layers.selection)
            self._ours = self._viewer.add_shapes(
                ndim=3, name=NAME, scale=image.scale, translate=image.translate, edge_color=OUTLINE,
                face_color=colours.TEXT, opacity=0.35, edge_width=0.6, visible=False,
            )  # fmt: skip
            self._viewer.layers.selection = selected

    def _on_toggled(self, wanted: bool) -> None:
        if wanted:
            self._begin()
        elif self._ours is not None:
            self._end()

    def _begin(self) -> None:
        """Show the layer to draw on over the generated field."""
        self.provide()
        with napari_window.arranged_once(self._viewer):
            self._state.ndisplay, self._state.layout = 2, "beside"
            grid = self._viewer.canvas.grid
            self._shape_before = grid.shape
            grid.shape = (1, 2)  # a third layer then shares the first one's place
            self._ours.visible = True
        self._viewer.layers.selection = {self._ours}
        self._ours.mode = "add_rectangle"
        self._follow(self._ours)
        self._viewer.status = "draw a box or an ellipse into the slice; its statistics appear in the plots"

    def _end(self) -> None:
        """Put the layer away, with what was drawn."""
        with napari_window.arranged_once(self._viewer):
            self._ours.data = []
            self._ours.mode = "pan_zoom"
            self._ours.visible = False
            self._restore_grid()
        self._viewer.layers.selection = {self._layers.generated}
        self._follow(None)

    def _restore_grid(self) -> None:
        if self._shape_before is not None:
            self._viewer.canvas.grid.shape, self._shape_before = self._shape_before, None

    def _on_inserted(self, event: Any) -> None:
        layer = event.value
        drawn = layer._type_string in ("shapes", "labels") and layer.name not in (region_brush.NAME, NAME)  # noqa: SLF001
        if drawn:  # by a person; as above
            self._follow(layer)

    def _on_removed(self, event: Any) -> None:
        if event.value is self._ours:
            self._ours = None
            self._restore_grid()
            self._plots.choice.region.setChecked(False)
        if event.value is self._layer:
            self._follow(None)

    def _follow(self, layer: Any) -> None:
        if self._layer is not None:
            self._layer.events.set_data.disconnect(self._on_changed)
        self._layer = layer
        if layer is not None:
            layer.events.set_data.connect(self._on_changed)
        self._on_changed()

    def _on_changed(self, _event: Any = None) -> None:
        self._settle.start()
