"""Files and folders that are dropped onto the window, and rolling what came in that way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QEvent, QObject

from cosmoloom.data.readers.fields import open_field
from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom.pipeline.inversion import fitted
from cosmoloom.scaling.rational import scale
from cosmoloom_explorer import colours
from cosmoloom_explorer.dropped import kind_of, lacks_its_size, rolled
from cosmoloom_explorer.training import read_training
from napari_cosmoloom import napari_window
from napari_cosmoloom.controls.own_box import worded
from napari_cosmoloom.layer_data import BOX, as_layer_data

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.keys import OwnBox
    from napari_cosmoloom.explorer import Explorer

FILE = "cosmoloom_file"
"""Under which a layer keeps the name of its file."""


class Drops(QObject):
    """Opens what is dropped onto an explorer's window.

    A session goes on, a model is shown, of a training the newest checkpoint.  A cube or a snapshot that fits the model,
    or is made to as a person chose, takes the simulation's place; others stand beside the fields, in their colours and
    scaled with the same kappa.  What this program cannot read is left to napari.
    """

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._explorer = explorer
        self.layers: list[Any] = []
        self._panels = explorer.controls, explorer.slices, explorer.plots
        self._targets = (*napari_window.drop_targets(explorer.viewer), *self._panels)
        for target in self._targets:
            target.installEventFilter(self)
            target.setAcceptDrops(True)
        explorer.state.events.own_box.connect(self._on_own_box)
        for name in ("kappa", "display_kappa"):
            explorer.state.events[name].connect(self._on_kappa_changed)

    def close(self) -> None:
        """Stop watching the window."""
        for target in self._targets:
            target.removeEventFilter(self)
        self._explorer.state.events.own_box.disconnect(self._on_own_box)
        for name in ("kappa", "display_kappa"):
            self._explorer.state.events[name].disconnect(self._on_kappa_changed)

    def remove(self) -> None:
        """Take out the layers that were dropped."""
        for layer in self._present():
            self._explorer.viewer.layers.remove(layer)

    def eventFilter(self, target: Any, event: Any) -> bool:
        """Take drops that this program can read; return whether napari shall not see one."""
        if event.type() == QEvent.Type.DragEnter and target in self._panels and event.mimeData().hasUrls():
            event.acceptProposedAction()
            return True
        if event.type() != QEvent.Type.Drop:
            return False
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        opened = [self.open(path) for path in paths]  # all of them, whatever the first one is
        if not opened or not all(opened):
            return False
        event.acceptProposedAction()
        return True

    def open(self, path: str | Path) -> bool:
        """Open a file or folder; return whether it was one of this program's, be it a broken one."""
        explorer, kind = self._explorer, kind_of(path)
        try:
            if kind == "session":
                explorer.keeper.open(path)
            elif kind == "model":
                explorer.controls.model.chosen.emit(str(path))
            elif kind == "training":
                explorer.controls.model.chosen.emit(read_training(path).newest.model)
            else:
                self._show_field(path)
        except CosmoloomError as error:
            explorer.controls.show_error(worded(str(error)))
            return kind != "field" or lacks_its_size(path)  # which a person can type
        return True

    def roll(self) -> None:
        """Roll the chosen field so that the crosshair comes to its middle, or say why that cannot be."""
        explorer = self._explorer
        layer = explorer.viewer.layers.selection.active
        try:
            box = None if layer is None else layer.metadata.get(BOX)
            if box is None:
                raise InvalidInputError(
                    "fields of models and those beside them are parts of larger boxes, whose opposite faces are no "
                    "neighbours: choose a whole simulation that was dropped here, and roll that"
                )
            at = (np.array(explorer.state.slices) + 0.5) / explorer.state.limits.n * self._side()
            voxel = np.clip((at / box.voxel_size).astype(int), 0, box.n - 1)
            layer.metadata[BOX] = rolled(box, (int(voxel[0]), int(voxel[1]), int(voxel[2])))
            self._fill(layer)
        except InvalidInputError as error:
            explorer.controls.show_error(str(error))

    def _side(self) -> float:
        frame = self._explorer.presenter.frame
        return 1.0 if frame is None else frame.box_size

    def _show_field(self, path: str | Path) -> None:
        section, facts = self._explorer.controls.own_box, self._explorer.presenter.facts
        fit, size, redshift = section.chosen()
        try:
            box = open_field(path, box_size=size, redshift=redshift)
        except CosmoloomError as error:
            section.offer(path, str(error))
            raise
        try:
            if facts is not None:
                fitted(box, facts.card, fit)
                section.ask(path)
        except InvalidInputError as error:
            section.offer(path, str(error))
            self._show(box)
            self.layers[-1].metadata[FILE] = str(path)

    def _show(self, box: Box) -> None:
        explorer = self._explorer
        data, settings, _ = as_layer_data(box)
        settings |= {
            "contrast_limits": explorer.state.contrast, "gamma": 1.0, "interpolation2d": "linear",
            "colormap": explorer.layers.generated.colormap, "attenuation": explorer.layers.generated.attenuation,
        }  # fmt: skip
        layer = explorer.viewer.add_image(self._scaled(data), **settings)
        layer.name_overlay.visible, layer.name_overlay.font_size, layer.name_overlay.color = True, 10, colours.TEXT
        frame = layer.bounding_box
        frame.visible, frame.points, frame.line_thickness, frame.line_color = True, False, 1.0, colours.LINE
        self.layers.append(layer)
        explorer.layers.fit()

    def _scaled(self, density: Any) -> Any:
        return np.ascontiguousarray(scale(density, np.float32(self._explorer.state.shown_kappa)), dtype=np.float32)

    def _fill(self, layer: Any) -> None:
        layer.data = self._scaled(layer.metadata[BOX].density.transpose(2, 1, 0))

    def _present(self) -> list[Any]:
        return [layer for layer in self.layers if layer in self._explorer.viewer.layers]

    def _on_own_box(self, own: OwnBox | None) -> None:
        """Take out the layer of a box that now stands in the simulation's place."""
        for layer in self._present():
            if own is not None and layer.metadata.get(FILE) == own[0]:
                self._explorer.viewer.layers.remove(layer)
                self._explorer.layers.fit()

    def _on_kappa_changed(self) -> None:
        for layer in self._present():
            self._fill(layer)
