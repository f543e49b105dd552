"""What is drawn into the boxes besides fields: crosshair, peaks, and voxels as sized points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.visuals.transforms import STTransform

from cosmoloom.keys import Colouring
from cosmoloom_explorer import colours
from cosmoloom_explorer.frames import Volume
from napari_cosmoloom import scene_nodes

SMALLEST_SIZE = 0.25
"""Points smaller than this, of sizes that go to 32, are left out [1]."""
MOST_POINTS = 40_000
LARGEST = 3.0
"""Width of the largest point [voxels]."""
GROUND = "#000004"
"""Of a box on a light ground; that of empty voxels."""
PEAK_SIZE = 9
"""[pixels]"""
CUBE_EDGES = np.array(
    [np.insert(rest, axis, end) for axis in range(3) for rest in np.ndindex(2, 2) for end in (0, 1)], dtype=np.float32
)
"""Both ends of the twelve edges of a unit cube, shape (24, 3)."""


def sized_points(volume: Volume) -> tuple[NDArray[np.int64], Volume]:
    """Return the voxels that are seen as points, and their sizes ``(x + 1)^5`` for a scaled density x in [-1, 1].

    At most the :data:`MOST_POINTS` densest are returned.

    References
    ----------
    Feder, Berger & Stein (2020), PRD 102, 103504, fig. 3.
    """
    flat = volume.ravel()
    chosen = np.flatnonzero(flat > SMALLEST_SIZE**0.2 - 1)
    if len(chosen) > MOST_POINTS:
        chosen = chosen[np.argpartition(flat[chosen], -MOST_POINTS)[-MOST_POINTS:]]
    return np.stack(np.unravel_index(chosen, volume.shape), axis=1), (flat[chosen] + 1) ** 5


class SceneMarks:
    """Marks in the view of one layer; positions are (x, y, z) in [Mpc/h].

    napari rebuilds its views when layers are shown or hidden; :meth:`settle` then moves the marks to the new one.
    """

    def __init__(self, viewer: Any, layer: Any) -> None:
        self._viewer, self.layer = viewer, layer
        self._shown_frame: tuple[object, ...] = ()
        self._shown_cross: tuple[float, ...] = ()
        on_fields = colours.THEMES["dark"]["TEXT"]  # which are dark in either theme
        self._cross = scene_nodes.add_lines(viewer, layer, color=f"{on_fields}88", order=900_001)
        self._peaks = scene_nodes.add_markers(viewer, layer, order=900_002, in_world=False)
        self._frame = scene_nodes.add_lines(viewer, layer, color=colours.LINE, order=800_000)
        self._points = scene_nodes.add_markers(viewer, layer, order=900_000, in_world=True)
        # Rays that pass a volume's edges between two samples see through it: ragged holes on a light ground.
        self._ground = scene_nodes.add_cube(viewer, layer, color=GROUND) if colours.on_light() else None

    def settle(self) -> None:
        """Go to where the layer is drawn now."""
        for node in self._nodes():
            scene_nodes.follow(self._viewer, self.layer, node)

    def show_cross(self, at: NDArray[np.float64], box_size: float, *, flat: bool) -> None:
        """Draw lines through a point, along each axis."""
        shown = (*at, box_size, flat)
        if self._cross is None or shown == self._shown_cross:
            return
        self._shown_cross = shown
        ends = np.repeat(at[None], 4 if flat else 6, axis=0)
        for axis in range(2 if flat else 3):
            ends[2 * axis : 2 * axis + 2, axis] = 0.0, box_size
        if flat:  # the canvas is seen along z
            ends[:, 2] = 0.0
        self._cross.set_data(pos=ends, connect="segments")

    def show_frame(self, box_size: float, *, flat: bool, wall: float | None = None) -> None:
        """Draw the edges of the box, and of a wall across x [Mpc/h]; None draws no wall."""
        shown = box_size, wall, flat
        if self._frame is None or shown == self._shown_frame:
            return
        self._shown_frame = shown
        if self._ground is not None:
            _set_visible(self._ground, not flat)
            self._ground.transform = STTransform(scale=(box_size, box_size, box_size))
        edges = CUBE_EDGES * box_size
        if wall is not None:
            square = edges[8:].copy()  # those along y and z, of which every other one stands at x = 0
            square[:, 0] = wall
            edges = np.vstack([edges, square])
        self._frame.set_data(pos=edges, connect="segments")

    def show_peaks(self, positions: NDArray[np.float64] | None, colour: str, chosen: int | None = None) -> None:
        """Mark peaks by rings, one of them by a larger one; None marks nothing."""
        if self._peaks is None:
            return
        _set_visible(self._peaks, positions is not None and len(positions) > 0)
        if positions is not None and len(positions):
            sizes = np.full(len(positions), PEAK_SIZE)
            if chosen is not None:
                sizes[chosen] = 2 * PEAK_SIZE
            self._peaks.set_data(
                pos=positions, size=sizes, face_color=(0, 0, 0, 0), edge_color=colour, edge_width=1.6, symbol="o"
            )

    def show_points(
        self, volume: Volume | None, box_size: float, colouring: Colouring, contrast: tuple[float, float]
    ) -> None:
        """Show a scaled field as sized points in the colours of its voxels; None shows none."""
        if self._points is None:
            return
        if volume is None:
            _set_visible(self._points, False)
            return
        voxels, sizes = sized_points(volume)
        _set_visible(self._points, len(voxels) > 0)
        if len(voxels):
            pixels = colours.paint(volume[tuple(voxels.T)], colouring, contrast)
            rgb = np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)], axis=1) / 255.0
            voxel_size = box_size / len(volume)
            self._points.set_data(
                pos=(voxels + 0.5) * voxel_size,
                size=np.sqrt(sizes / 32.0) * LARGEST * voxel_size,
                face_color=np.column_stack([rgb, np.full(len(rgb), 0.85)]),
                edge_width=0,
                symbol="disc",
            )

    def remove(self) -> None:
        """Take the marks out."""
        for node in self._nodes():
            node.parent = None

    def _nodes(self) -> list[Any]:
        nodes = self._ground, self._cross, self._peaks, self._points, self._frame
        return [node for node in nodes if node is not None]


def _set_visible(node: Any, visible: bool) -> None:
    if node.visible != visible:  # vispy draws anew even for the same
        node.visible = visible
