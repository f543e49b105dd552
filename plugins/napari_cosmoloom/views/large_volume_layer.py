"""The layer of a large volume: it sharpens where tiles land, in the colours of the generated field and its place."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import Any

from qtpy.QtCore import QObject, QTimer

from cosmoloom_explorer import ExplorerState, colours
from cosmoloom_explorer.landing import Landing, Level
from napari_cosmoloom import napari_window
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.views.arrangement import Arrangement

LINKED = ("contrast_limits", "gamma", "rendering", "attenuation", "interpolation2d", "iso_threshold")
"""What the layer has in common with the generated field; its colours only while those are of the density."""
OFTEN, SHARE = 0.1, 0.2
"""Shortest time between two refreshes [s], and the share of its time that the window gives to them [1]."""
SOLID = 256
"""Voxels per side of the finest scale that is drawn as a volume."""
PLACES = {"alone": "alone", "beside": "beside the generated field", "all": "beside both fields", "hidden": "not at all"}
"""Where the volume stands in the main view."""


class LargeVolumeLayer(QObject):
    """Shows a landing in a viewer.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layer goes.
    state : ExplorerState
        Whose kappa, colours and layout it follows.
    layers : FieldLayers
        The fields beside it.
    arrangement : Arrangement
        Frames, ticks and crosshair of the view.
    parent : QObject
        Owner.
    """

    def __init__(
        self, viewer: Any, state: ExplorerState, layers: FieldLayers, arrangement: Arrangement, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._viewer, self._state, self._layers, self._arrangement = viewer, state, layers, arrangement
        self.layer: Any = None
        self.place = "alone"
        self._landing: Landing | None = None
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._refresh)
        self._pause = OFTEN
        self._last = 0.0
        for name in ("kappa", "display_kappa"):
            state.events[name].connect(self._on_kappa)
        for name in ("layout", "ndisplay", "limits"):
            state.events[name].connect(self._arrange)
        layers.generated.events.colormap.connect(self._on_colormap)
        viewer.layers.events.removed.connect(self._on_removed)

    def show(self, landing: Landing, title: str) -> None:
        """Show another volume, as far as it has landed."""
        self._due.stop()
        self._landing = landing
        landing.kappa = self._state.shown_kappa
        finest = len(landing.sides) - 1
        least = min(SOLID, landing.sides[-1])
        levels = [Level(landing, scale) for scale in range(finest, -1, -1) if landing.sides[scale] >= least]
        landing.take()
        if self.present and not self.layer.multiscale and len(levels) == 1:
            self.layer.data = levels[0]
            self.layer.scale, self.layer.translate = _where(landing)
        else:
            self._take_out()
            self._add(levels, landing)
        self.rename(title)
        self._pause, self._last = OFTEN, perf_counter()
        self._arrange()
        self._layers.fit()

    def rename(self, title: str) -> None:
        """Write another title."""
        if self.present and self.layer.name != title:
            self.layer.name = title

    @property
    def present(self) -> bool:
        """Whether the layer is there; a person may have removed it."""
        return self.layer is not None and self.layer in self._viewer.layers

    def touch(self) -> None:
        """Show soon what has landed, with what else lands until then."""
        if not self._due.isActive() and self.present:
            wait = max(0.0, self._last + self._pause - perf_counter())
            self._due.start(round(1000 * wait))

    def settle(self) -> None:
        """Show at once what has landed: nothing comes after it for now."""
        if self.present:
            self._due.start(0)

    def stand(self, place: str) -> None:
        """Stand elsewhere, one of :data:`PLACES`."""
        self.place = place
        self._arrange()

    def close(self) -> None:
        """Follow nothing any more."""
        self._due.stop()
        for name in ("kappa", "display_kappa"):
            self._state.events[name].disconnect(self._on_kappa)
        for name in ("layout", "ndisplay", "limits"):
            self._state.events[name].disconnect(self._arrange)
        self._layers.generated.events.colormap.disconnect(self._on_colormap)
        self._viewer.layers.events.removed.disconnect(self._on_removed)
        self._landing = None

    def remove(self) -> None:
        """Take the layer out."""
        self._take_out()
        self._landing = None

    def _add(self, levels: list[Level], landing: Landing) -> None:
        """Make the layer, hidden until it has its place among the views."""
        generated, selected = self._layers.generated, set(self._viewer.layers.selection)
        scale, translate = _where(landing)
        self.layer = self._viewer.add_image(
            levels if len(levels) > 1 else levels[0],
            multiscale=len(levels) > 1,
            contrast_limits=generated.contrast_limits,
            colormap=colours.COLORMAPS["density"],
            scale=scale,
            translate=translate,
            axis_labels=("z", "y", "x"),
            rendering=generated.rendering,
            attenuation=generated.attenuation,
            interpolation2d=generated.interpolation2d,
            interpolation3d="nearest",
            visible=False,
        )
        self._viewer.layers.selection = selected
        self.layer.contrast_limits_range = colours.CONTRAST
        overlay = self.layer.name_overlay
        overlay.visible, overlay.font_size, overlay.color = True, 10, colours.TEXT
        self._viewer.layers.link_layers([self.layer, generated], LINKED)
        self._on_colormap()

    def _take_out(self) -> None:
        self._due.stop()
        if self.present:
            with suppress(KeyError, ValueError):
                self._viewer.layers.unlink_layers([self.layer, self._layers.generated], LINKED)
            self._arrangement.dismiss(self.layer)
            layer, self.layer = self.layer, None
            self._viewer.layers.remove(layer)
        self.layer = None

    def _on_removed(self, event: Any) -> None:
        """Bring the fields back when a person takes the volume out of napari's list."""
        if self.layer is None or event.value is not self.layer:
            return
        self._due.stop()
        self._arrangement.dismiss(self.layer)
        self.layer = None
        if self._state.layout == "beside":
            for field in self._layers.both:
                field.visible = True

    def _refresh(self) -> None:
        """Bring what has landed on screen, and rest the longer the longer that took."""
        if self._landing is None or not self.present:
            return
        begun = perf_counter()
        if self._landing.take() and self.layer.visible:
            self.layer.refresh(thumbnail=False, highlight=False, extent=False)
        self._last = perf_counter()
        self._pause = max(OFTEN, (self._last - begun) / SHARE)

    def _on_kappa(self) -> None:
        if self._landing is not None and self.present:
            self._landing.kappa = self._state.shown_kappa
            self.layer.refresh(thumbnail=False, highlight=False, extent=False)

    def _on_colormap(self) -> None:
        if self.present and self._state.colouring == "density" and self._state.band is None:
            self.layer.colormap = self._layers.generated.colormap

    def _arrange(self) -> None:
        """Show and hide, once the arrangement of the fields has done so."""
        if not self.present:
            return
        wanted = {self.layer: self.place != "hidden"}
        if self._state.layout == "beside":
            wanted[self._layers.generated] = self.place != "alone"
            wanted[self._layers.simulation] = self.place in ("all", "hidden")
        changed = {
            layer: visible
            for layer, visible in wanted.items()
            if layer in self._viewer.layers and layer.visible != visible
        }
        if not changed:
            return
        with napari_window.arranged_once(self._viewer):
            for layer, visible in changed.items():
                layer.visible = visible
        if self.layer.visible and self.layer not in self._arrangement.guests:  # a hidden layer has no view
            self._arrangement.receive(self.layer)
        self._layers.enclose()


def _where(landing: Landing) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return scale and place of the finest voxels: voxel i covers i to i + 1 voxel sizes, at every scale."""
    voxel_size = landing.box_size / landing.sides[-1]
    return (voxel_size,) * 3, (voxel_size / 2,) * 3
