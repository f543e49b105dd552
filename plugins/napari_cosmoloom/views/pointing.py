"""Clicks into the main view: the crosshair goes to a peak, into a slice, or to the densest voxel behind the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.picking import Voxel, densest_on_ray, nearest_to_ray, voxel_at
from napari_cosmoloom.layers import FieldLayers
from napari_cosmoloom.views.arrangement import Arrangement, peaks_of

REACH = 10.0
"""Farthest from a peak that a click still means it [pixels]."""
STILL = 3.0
"""A press that moves less than this is a click [pixels]."""


class Pointing:
    """Follows the clicks of one viewer, for as long as the explorer is open; a drag is left to the camera."""

    def __init__(self, viewer: Any, state: ExplorerState, layers: FieldLayers, arrangement: Arrangement) -> None:
        self._viewer, self._state, self._layers, self._arrangement = viewer, state, layers, arrangement
        self._callback = self._on_pressed  # one object, so that it can be taken out again
        viewer.mouse_drag_callbacks.append(self._callback)

    def close(self) -> None:
        """Stop following."""
        if self._callback in self._viewer.mouse_drag_callbacks:
            self._viewer.mouse_drag_callbacks.remove(self._callback)

    def point(self, column: int, position: Any, direction: Any | None) -> None:
        """Go to what stands at a point (x, y, z) [Mpc/h] of the generated (0) or the simulated (1) field.

        With a direction of sight, in a volume, the point is one of the line of sight.
        """
        frame, n = self._arrangement.frame, self._state.limits.n
        if frame is None or len(frame.generated) != n:
            return
        peaks = peaks_of(frame, column)
        reach = REACH / float(self._viewer.scene.camera.zoom)
        sight = (0.0, 0.0, 1.0) if direction is None else direction
        found: int | None = None
        voxel: Voxel | None
        if peaks is not None and self._state.peaks:
            shown = np.arange(len(peaks.voxels))
            if direction is None:  # those of the slice shown
                shown = np.flatnonzero(peaks.voxels[:, 2] == self._state.slices[2])
            nearest = nearest_to_ray(peaks.positions[shown], position, sight, reach)
            found = None if nearest is None else int(shown[nearest])
        if peaks is not None and found is not None:
            x, y, z = (int(at) for at in peaks.voxels[found])
            voxel = (x, y, z)
            self._viewer.status = peaks.text(found)
        elif direction is None:
            at = voxel_at((position[0], position[1], 0.0), frame.box_size, n)
            voxel = None if at is None else (at[0], at[1], self._state.slices[2])
        else:
            volume = frame.generated if column == 0 or frame.reference is None else frame.reference
            voxel = densest_on_ray(volume, position, sight, frame.box_size)
        if voxel is not None:
            self._arrangement.choose_peak(column, found)
            self._state.slices = voxel

    def _on_pressed(self, viewer: Any, event: Any) -> Iterator[None]:
        if event.button != 1 or event.modifiers:
            return
        start = np.array(event.pos, dtype=float)
        position = np.array(event.position)[-3:][::-1]
        flat = viewer.dims.ndisplay == 2
        direction = None if flat else np.array(event.view_direction)[-3:][::-1]
        column = self._column(viewer, event.viewbox)
        yield
        while event.type == "mouse_move":
            yield
        if column is not None and np.abs(np.array(event.pos, dtype=float) - start).max() < STILL:
            self.point(column, position, direction)

    def _column(self, viewer: Any, viewbox: Any) -> int | None:
        """Return which field stands in a view; a comparison, or a guest, counts as the generated one."""
        shown = [viewer.layers[index] for index in viewer.canvas.grid.contents_at(viewbox, viewer.layers)]
        if self._layers.simulation in shown:
            return 1
        counted = {self._layers.generated, *self._arrangement.compared.all, *self._arrangement.guests}
        return 0 if set(shown) & counted else None
