"""The main view as the state wants it: which layers stand there, how volumes are drawn, and what is marked."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QObject, QTimer

from cosmoloom.scaling.rational import scale
from cosmoloom_explorer import ExplorerState, Frame, colours
from cosmoloom_explorer.layouts import COMPARING, Rendering
from cosmoloom_explorer.peaks import Peaks
from napari_cosmoloom import napari_window
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.views.compared_layers import ComparedLayers
from napari_cosmoloom.views.scene_marks import SceneMarks

BLINK = 700
"""Time that each field is shown while they blink [ms]."""
MODES: dict[Rendering, str] = {"attenuated": "attenuated_mip", "mip": "mip", "iso": "iso", "points": "mip"}
"""napari's names; sized points replace the volume."""
TITLE, NARROW_TITLE, NARROWEST_TITLE, NARROW = 10, 8, 7, 3
"""Sizes of titles [points], the least beside orthogonal slices, and from how many views on they are narrow."""
FOLLOWED = ("layout", "rendering", "iso_density", "contrast", "peaks", "slices", "ndisplay", "limits")


class Arrangement(QObject):
    """Follows layout, rendering, contrast, crosshair and peaks of a state.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose layers are arranged.
    state : ExplorerState
        What is followed; a contrast that a person sets in napari's own controls goes back to it.
    layers : FieldLayers
        Both fields.
    parent : QObject
        Owner.
    """

    def __init__(self, viewer: Any, state: ExplorerState, layers: FieldLayers, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._state, self._layers = viewer, state, layers
        self.compared = ComparedLayers(viewer, layers.generated)
        self.marks = {layer: SceneMarks(viewer, layer) for layer in layers.both}
        self.guests: list[Any] = []
        self.frame: Frame | None = None
        self.chosen_peak: tuple[int, int] | None = None
        self._blink = QTimer(self)
        self._blink.setInterval(BLINK)
        self._blink.timeout.connect(self._on_blink)
        for name in FOLLOWED:
            state.events[name].connect(self._on_state_changed)
        layers.generated.events.contrast_limits.connect(self._on_contrast_set)
        self._arranged: tuple[object, ...] = ()
        self._titled: tuple[object, ...] = ()
        napari_window.on_draw_begun(viewer, self._on_draw_begun)

    def show(self, frame: Frame) -> None:
        """Show what belongs to the fields of a frame besides themselves."""
        if self.frame is None or frame.view.scaled.density != self.frame.view.scaled.density:
            self.chosen_peak = None
        self.frame = frame
        self._arrange()
        self.compared.fill(self._state.layout, frame, self._state.slices[0])
        self._draw_marks()

    def choose_peak(self, column: int, index: int | None) -> None:
        """Ring one peak of the generated (0) or simulated (1) field more widely."""
        self.chosen_peak = None if index is None else (column, index)
        self._draw_marks()

    def receive(self, layer: Any) -> None:
        """Give a layer of the same box, whatever its voxels, the frame, ticks and crosshair of the fields."""
        self.guests.append(layer)
        self._layers.others = (*self.compared.volumes, *self.guests)
        self._mark(layer)
        self._draw_marks()

    def dismiss(self, layer: Any) -> None:
        """Take them from a layer that is about to go."""
        self.guests = [guest for guest in self.guests if guest is not layer]
        self._layers.others = (*self.compared.volumes, *self.guests)
        if layer in self.marks:
            self.marks.pop(layer).remove()

    def auto_contrast(self) -> None:
        """Spread the colours over the central 99 % of the voxels shown."""
        if self.frame is not None:
            fields = [field for field in (self.frame.generated, self.frame.reference) if field is not None]
            low, high = np.quantile(np.concatenate([field.ravel() for field in fields]), (0.005, 0.995))
            self._state.contrast = float(max(low, -1.0)), float(min(max(high, low + 1e-3), 1.0))

    def close(self) -> None:
        """Stop blinking and let go of the last frame."""
        self._blink.stop()
        self.frame = None
        napari_window.off_draw_begun(self._viewer, self._on_draw_begun)
        for name in FOLLOWED:
            self._state.events[name].disconnect(self._on_state_changed)
        self._layers.generated.events.contrast_limits.disconnect(self._on_contrast_set)

    def remove(self) -> None:
        """Take out the layers and marks that were added."""
        for marks in self.marks.values():
            marks.remove()
        self.compared.remove()

    def _arrange(self) -> None:
        state, layout = self._state, self._state.layout
        arranged = (layout, self._layers.n)
        if arranged != self._arranged:
            self._arranged = arranged
            compared = self.compared.provide(layout)  # a new layer is put into the views of before
            with napari_window.arranged_once(self._viewer):
                self.compared.show(layout)
                self._show_fields(generated=layout != "swipe", simulation=layout in ("beside", *COMPARING))
            self._mark(compared)
            self._layers.others = (*self.compared.volumes, *self.guests)
            self._layers.enclose()
            (self._blink.start if layout == "blink" else self._blink.stop)()
        as_points = state.rendering == "points" and state.ndisplay == 3
        for layer in self._look_alike():
            if layer.rendering != MODES[state.rendering]:
                layer.rendering = MODES[state.rendering]
            threshold = float(scale(np.array([state.iso_density]), state.shown_kappa)[0])
            if abs(layer.iso_threshold - threshold) > 1e-6:
                layer.iso_threshold = threshold
            if tuple(layer.contrast_limits) != state.contrast:
                layer.contrast_limits = state.contrast
            napari_window.draw_volume(self._viewer, layer, not as_points)

    def _look_alike(self) -> list[Any]:
        found = [layer for layer in self._layers.both if layer in self._viewer.layers]
        return found + [layer for layer in (self.compared.layer("swipe"),) if layer is not None]

    def _show_fields(self, *, generated: bool, simulation: bool) -> None:
        for layer, visible in zip(self._layers.both, (generated, simulation), strict=True):
            if layer in self._viewer.layers and layer.visible != visible:
                layer.visible = visible

    def _on_draw_begun(self, _event: object) -> None:
        """Follow napari to the views that it made anew because layers came, went, were shown or hidden."""
        self._layers.ticks.settle()
        for marks in self.marks.values():
            marks.settle()
        columns = self._viewer.canvas.grid.actual_shape(self._viewer.layers)[1]
        titled = columns, len(self._viewer.layers), self._state.layout
        if titled != self._titled:
            self._titled = titled
            size = TITLE if columns < NARROW else NARROW_TITLE
            for layer in self._viewer.layers:
                layer.name_overlay.font_size = NARROWEST_TITLE if self._state.layout == "orthogonal" else size

    def _mark(self, layer: Any) -> None:
        """Provide marks for a layer that was made now, and forget those of layers that are gone."""
        for gone in [marked for marked in self.marks if marked not in self._viewer.layers]:
            self.marks.pop(gone).remove()
        if layer is not None and layer not in self.marks:
            self.marks[layer] = SceneMarks(self._viewer, layer)
            self._layers.ticks.include(layer)

    def _draw_marks(self) -> None:
        frame, state = self.frame, self._state
        if frame is None or len(frame.generated) != state.limits.n:
            return
        size, flat = frame.box_size, state.ndisplay == 2
        at = (np.array(state.slices) + 0.5) * size / state.limits.n
        as_points = state.rendering == "points" and not flat
        wall = state.slices[0] * size / state.limits.n if state.layout == "swipe" else None
        for marks in self.marks.values():
            marks.show_cross(at, size, flat=flat)
            marks.show_frame(size, flat=flat, wall=wall)
        volumes, ring_colours = (frame.generated, frame.reference), (colours.GENERATED, colours.SIMULATION)
        fields = zip(self._layers.both, volumes, ring_colours, strict=True)
        for column, (layer, volume, colour) in enumerate(fields):
            if layer in self.marks:
                self._draw_peaks(self.marks[layer], column, colour, flat=flat)
                self.marks[layer].show_points(
                    volume if as_points else None, size, frame.view.scaled.colouring, state.contrast
                )

    def _draw_peaks(self, marks: SceneMarks, column: int, colour: str, *, flat: bool) -> None:
        peaks = peaks_of(self.frame, column) if self._state.peaks else None
        chosen = None if self.chosen_peak is None or self.chosen_peak[0] != column else self.chosen_peak[1]
        if peaks is None:
            marks.show_peaks(None, colour)
        elif flat:  # those of the slice shown
            marks.show_peaks(peaks.positions[peaks.voxels[:, 2] == self._state.slices[2]], colour)
        else:
            marks.show_peaks(peaks.positions, colour, chosen)

    def _on_state_changed(self) -> None:
        self._arrange()
        frame = self.frame
        if self._state.layout == "swipe" and frame is not None and len(frame.generated) == self._state.limits.n:
            self.compared.fill("swipe", frame, self._state.slices[0])
        self._draw_marks()

    def _on_contrast_set(self) -> None:
        low, high = self._layers.generated.contrast_limits
        if -1.0 <= low < high <= 1.0:
            self._state.contrast = float(low), float(high)

    def _on_blink(self) -> None:
        generated = not self._layers.generated.visible
        with napari_window.arranged_once(self._viewer):
            self._show_fields(generated=generated, simulation=not generated)


def peaks_of(frame: Frame | None, column: int) -> Peaks | None:
    """Return the peaks of the generated (0) or the simulated (1) field, None where there are none."""
    return frame.peaks[column] if frame is not None and column < len(frame.peaks) else None
