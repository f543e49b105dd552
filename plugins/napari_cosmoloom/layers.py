"""Two image layers, generated and simulated, side by side in napari's grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from cosmoloom_explorer import Frame, colours, readouts
from cosmoloom_explorer.frames import Volume
from napari_cosmoloom import napari_window
from napari_cosmoloom.axis_ticks import AxisTicks

LINKED = ("colormap", "contrast_limits", "gamma", "opacity", "rendering", "attenuation", "interpolation2d")
VIEW_DIRECTION, UP = (-1.0, -0.38, -0.5), (0.0, 1.0, 0.0)
"""Line of sight (z, y, x) when the explorer opens, so that three faces show with y upright."""
MARGIN = 0.17
"""Room around the boxes for ticks, as a share of the view."""


class FieldLayers:
    """The layers of one explorer; their buffers are written in place, so a new field is one upload each.

    While ``reshaping``, napari moves its slice as the layers' extent changes; that is no person's wish.

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
        self._shown: dict[Any, Volume] = {}
        self.reshaping = False
        self._colormap = colours.COLORMAPS["density"]
        grid = viewer.canvas.grid
        self._grid_before = (grid.enabled, grid.shape, grid.stride, grid.spacing)
        self._camera_before = (viewer.scene.camera.orientation, viewer.scene.camera.synced)
        self._fitted: dict[int, tuple[Any, ...]] = {}
        self.generated = self._add("Generated", n, voxel_size, colours.GENERATED)
        self.simulation = self._add("Simulation", n, voxel_size, colours.SIMULATION)
        viewer.layers.link_layers([self.simulation, self.generated], LINKED)
        viewer.layers.selection = {self.generated}
        grid.shape, grid.stride, grid.spacing = (1, -1), 1, 0.0
        grid.enabled = True
        # x to the right, y up, z towards the viewer: a right-handed frame, as on paper.
        viewer.scene.camera.orientation = ("towards", "up", "right")
        # Slice and volume are each seen as they were last; napari would move the slice to the camera's depth besides.
        viewer.scene.camera.synced = False
        self.others: tuple[Any, ...] = ()
        self.ticks = AxisTicks(viewer, self.both)
        self.ticks.show_box(n * voxel_size)

    @property
    def both(self) -> tuple[Any, Any]:
        """The generated and the simulated layer."""
        return self.generated, self.simulation

    @property
    def volumes(self) -> tuple[Any, ...]:
        """Every layer of the explorer that is drawn as a volume: both, and ``others`` that views have added."""
        return self.both + self.others

    @property
    def n(self) -> int:
        """Voxels per side of the fields on screen."""
        return len(self.generated.data)

    def show(self, frame: Frame) -> None:
        """Show the fields of a frame; a layer that a person removed is left alone."""
        self._reshape(len(frame.generated), frame.box_size)
        colormap = colours.COLORMAPS[frame.view.scaled.colouring]
        if colormap != self._colormap:  # a map that a person chose stays until the colours mean something else
            self._colormap = self.generated.colormap = colormap
        fields = (frame.generated, frame.reference)
        for layer, field, title in zip(self.both, fields, self._titles(frame), strict=True):
            if layer not in self._viewer.layers:
                continue
            if field is not None and self._shown.get(layer) is not field:
                self._shown[layer] = field
                write(self._viewer, layer, field)
            if layer.name != title:
                layer.name = title

    def _reshape(self, n: int, box_size: float) -> None:
        """Make room for boxes of another model."""
        voxel_size = box_size / n
        changed = [
            layer
            for layer in self.both
            if layer in self._viewer.layers and (len(layer.data) != n or layer.scale[0] != voxel_size)
        ]
        self._shown = {layer: field for layer, field in self._shown.items() if layer not in changed}
        if not changed:
            return
        self.reshaping = True
        for layer in changed:
            layer.data = _empty(n)
            layer.scale, layer.translate = (voxel_size,) * 3, (voxel_size / 2,) * 3
        self.reshaping = False
        self.ticks.show_box(box_size)
        self.fit()

    def set_ndisplay(self, ndisplay: int) -> None:
        """Show the volume or a slice, as it was seen last if there is still as much room for it."""
        if self._viewer.dims.ndisplay != ndisplay:
            napari_window.draw_next_turn(self._viewer)
            self._viewer.dims.ndisplay = ndisplay
            self.ticks.place()
        if ndisplay not in self._fitted:
            self.fit()
        elif self._fitted[ndisplay] != self._room():
            self.enclose()

    def set_slice(self, position: int) -> None:
        """Move the slice of the main view along z; napari's own slider moves with it."""
        if 0 not in self._viewer.dims.displayed and self.slice_at != position:
            self._viewer.dims.set_point(0, (position + 0.5) * float(self.generated.scale[0]))

    @property
    def slice_at(self) -> int:
        """Voxel of the fields in which napari's slice along z lies; it steps by the finest voxels in the view."""
        return int(np.floor(self._viewer.dims.point[0] / float(self.generated.scale[0])))

    def fit(self) -> None:
        """Bring both fields fully into view, seen as the explorer opens."""
        if self._viewer.dims.ndisplay == 3:
            self._viewer.scene.camera.set_view_direction(VIEW_DIRECTION, UP)
        self.enclose()

    def enclose(self) -> None:
        """Bring both fields fully into view, seen from where the camera looks now."""
        self._viewer.reset_view(margin=MARGIN, reset_camera_angle=False)
        self._fitted[self._viewer.dims.ndisplay] = self._room()

    def release(self) -> None:
        """Let go of the fields shown last."""
        self._shown.clear()

    def remove(self) -> None:
        """Take the layers out, and put grid and camera back as they were."""
        self.ticks.remove()
        for layer in self.both:
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        grid = self._viewer.canvas.grid
        grid.enabled, grid.shape, grid.stride, grid.spacing = self._grid_before
        self._viewer.scene.camera.orientation, self._viewer.scene.camera.synced = self._camera_before

    def _room(self) -> tuple[Any, ...]:
        """Return what a fitting zoom depends on."""
        canvas = self._viewer.canvas
        return (*canvas.size, canvas.grid.actual_shape(self._viewer.layers), tuple(self.generated.extent.world[1]))

    def _titles(self, frame: Frame) -> tuple[str, str]:
        # No redshift: a text that changes with every frame takes the canvas 12 ms longer to draw in software.
        width = f"{frame.box_size:g} Mpc/h wide"
        simulation = f"{frame.reference_name}, {width}" if frame.reference_name else "no simulation"
        latent = readouts.latent_text(frame.view.field.latent)
        return f"Generated, {latent}, {width}", simulation[:1].upper() + simulation[1:]

    def _add(self, name: str, n: int, voxel_size: float, colour: str) -> Any:
        layer = self._viewer.add_image(
            _empty(n),
            name=name,
            contrast_limits=colours.CONTRAST,
            colormap=self._colormap,
            scale=(voxel_size,) * 3,
            translate=(voxel_size / 2,) * 3,  # voxel i covers i to i + 1 voxel sizes
            axis_labels=("z", "y", "x"),
            rendering="attenuated_mip",
            attenuation=0.02,
            interpolation2d="linear",
        )
        layer.contrast_limits_range = colours.CONTRAST
        layer.name_overlay.visible, layer.name_overlay.font_size, layer.name_overlay.color = True, 10, colour
        return layer


def _empty(n: int) -> Volume:
    return np.full((n, n, n), colours.CONTRAST[0], dtype=np.float32)


def write(viewer: Any, layer: Any, field: Volume) -> None:
    """Write a field of axes (x, y, z) into a layer's buffer, whose axes are (z, y, x), and have it drawn once."""
    np.copyto(layer.data, field.transpose(2, 1, 0))
    napari_window.upload(viewer, layer)
