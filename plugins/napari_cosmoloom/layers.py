"""Two image layers, generated and simulated, side by side in napari's grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom_explorer import Frame, colours, readouts
from cosmoloom_explorer.frames import Volume
from napari_cosmoloom import napari_window

LINKED = ("colormap", "contrast_limits", "gamma", "opacity", "rendering", "attenuation", "interpolation2d")
VIEW_DIRECTION, UP = (-1.0, -0.38, -0.5), (0.0, 1.0, 0.0)
"""Line of sight (z, y, x) when the explorer opens, so that three faces show with y upright."""
MARGIN = 0.1


class FieldLayers:
    """The layers of one explorer; their buffers are written in place, so a new field is one upload each.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layers go.
    n : int
        Voxels per side.
    voxel_size : float
        In [Mpc/h]; napari's world coordinates are [Mpc/h].
    """

    def __init__(self, viewer: Any, n: int, voxel_size: float) -> None:
        self._viewer = viewer
        self._width = f"{n * voxel_size:g} Mpc/h wide"
        self._shown: dict[Any, Volume] = {}
        grid = viewer.canvas.grid
        self._grid_before = (grid.enabled, grid.shape, grid.stride, grid.spacing)
        self._orientation_before = viewer.scene.camera.orientation
        self.generated = self._add("Generated", n, voxel_size, colours.GENERATED)
        self.simulation = self._add("Simulation", n, voxel_size, colours.SIMULATION)
        viewer.layers.link_layers([self.simulation, self.generated], LINKED)
        viewer.layers.selection = {self.generated}
        grid.shape, grid.stride, grid.spacing = (1, -1), 1, 0.0
        grid.enabled = True
        axes = viewer.canvas.overlays.axes
        axes.visible, axes.colored, axes.box, axes.position, axes.size = True, False, False, "bottom_left", 70
        # x to the right, y up, z towards the viewer: a right-handed frame, as on paper.
        viewer.scene.camera.orientation = ("towards", "up", "right")

    @property
    def both(self) -> tuple[Any, Any]:
        """The generated and the simulated layer."""
        return self.generated, self.simulation

    def show(self, frame: Frame) -> None:
        """Show the fields of a frame; a layer that a person removed is left alone."""
        fields = (frame.generated, frame.reference)
        for layer, field, title in zip(self.both, fields, self._titles(frame), strict=True):
            if layer not in self._viewer.layers:
                continue
            if field is not None and self._shown.get(layer) is not field:
                self._shown[layer] = field
                write(self._viewer, layer, field)
            if layer.name != title:
                layer.name = title

    def set_ndisplay(self, ndisplay: int) -> None:
        """Show the volume or a slice."""
        if self._viewer.dims.ndisplay != ndisplay:
            self._viewer.dims.ndisplay = ndisplay

    def set_slice(self, position: int) -> None:
        """Move the slice of the main view along z; napari's own slider moves with it."""
        if 0 not in self._viewer.dims.displayed:
            self._viewer.dims.set_current_step(0, position)

    def fit(self) -> None:
        """Bring both fields fully into view."""
        if self._viewer.dims.ndisplay == 3:
            self._viewer.scene.camera.set_view_direction(VIEW_DIRECTION, UP)
        self._viewer.reset_view(margin=MARGIN, reset_camera_angle=False)

    def release(self) -> None:
        """Let go of the fields shown last."""
        self._shown.clear()

    def remove(self) -> None:
        """Take the layers out, and put grid and camera back as they were."""
        for layer in self.both:
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        grid = self._viewer.canvas.grid
        grid.enabled, grid.shape, grid.stride, grid.spacing = self._grid_before
        self._viewer.scene.camera.orientation = self._orientation_before
        self._viewer.canvas.overlays.axes.visible = False

    def _titles(self, frame: Frame) -> tuple[str, str]:
        # No redshift: a text that changes with every frame takes the canvas 12 ms longer to draw in software.
        simulation = readouts.simulation_name(None if frame.view.reference is None else frame.view.reference.index)
        return f"Generated, seed {frame.view.field.latent.seed}, {self._width}", f"{simulation}, {self._width}"

    def _add(self, name: str, n: int, voxel_size: float, colour: str) -> Any:
        layer = self._viewer.add_image(
            np.full((n, n, n), colours.CONTRAST[0], dtype=np.float32),
            name=name,
            contrast_limits=colours.CONTRAST,
            colormap=colours.COLORMAP,
            scale=(voxel_size,) * 3,
            translate=(voxel_size / 2,) * 3,  # voxel i covers i to i + 1 voxel sizes
            axis_labels=("z", "y", "x"),
            rendering="attenuated_mip",
            attenuation=0.02,
            interpolation2d="linear",
        )
        layer.contrast_limits_range = colours.CONTRAST
        layer.name_overlay.visible, layer.name_overlay.font_size, layer.name_overlay.color = True, 10, colour
        box = layer.bounding_box
        box.visible, box.points, box.line_thickness, box.line_color = True, False, 1.0, colours.LINE
        return layer


def write(viewer: Any, layer: Any, field: Volume) -> None:
    """Write a field of axes (x, y, z) into a layer's buffer, whose axes are (z, y, x), and have it drawn once."""
    np.copyto(layer.data, field.transpose(2, 1, 0))
    napari_window.upload(viewer, layer)
