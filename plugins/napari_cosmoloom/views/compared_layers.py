"""Layers that show both fields at once: difference, overlap, and one field beside the other in one box."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from cosmoloom_explorer import Frame, colours
from cosmoloom_explorer.comparison import SHOWN
from cosmoloom_explorer.frames import Volume
from cosmoloom_explorer.layouts import Layout
from napari_cosmoloom import napari_window

BUFFERS: dict[Layout, type] = {"difference": np.float32, "overlap": np.uint8, "swipe": np.float32}
"""Layouts with a layer of their own, and what its voxels are."""
ONLY_GENERATED, ONLY_SIMULATION, BOTH = 1, 2, 3


class ComparedLayers:
    """One layer per layout that needs one, made before it is first shown.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layers go.
    like : napari.layers.Image
        The generated field, whose place, voxels and look they take over.
    """

    def __init__(self, viewer: Any, like: Any) -> None:
        self._viewer, self._like = viewer, like
        self._layers: dict[Layout, Any] = {}

    @property
    def all(self) -> tuple[Any, ...]:
        """The layers that were made."""
        return tuple(self._layers.values())

    @property
    def volumes(self) -> tuple[Any, ...]:
        """Those that are drawn as volumes: labels are not."""
        return tuple(layer for layout, layer in self._layers.items() if layout != "overlap")

    @property
    def makers(self) -> list[Callable[[], Any]]:
        """What makes each of the layers ahead."""
        return [partial(self.provide, layout) for layout in BUFFERS]

    def layer(self, layout: Layout) -> Any:
        """Return the layer of a layout; None where none was made, or it was removed."""
        layer = self._layers.get(layout)
        return layer if layer in self._viewer.layers else None

    def provide(self, layout: Layout) -> Any:
        """Return the layer of a layout, made hidden if there is none yet; None where the layout has none."""
        if layout in BUFFERS and self.layer(layout) is None:
            self._layers[layout] = self._make(layout)
        return self._layers.get(layout)

    def show(self, layout: Layout) -> Any:
        """Show the layer of a layout and hide the others; return it, None where the layout has none."""
        wanted = self.provide(layout)
        for layer in self._layers.values():
            if layer in self._viewer.layers and layer.visible != (layer is wanted):
                layer.visible = layer is wanted
        return wanted

    def fill(self, layout: Layout, frame: Frame, edge: int) -> None:
        """Write what a layout shows of a frame; ``edge`` is the first voxel in x of the simulation, in a swipe."""
        layer = self.layer(layout)
        if layer is None:
            return
        if len(layer.data) != len(self._like.data):
            self._remake(layout, layer)
            layer = self._layers[layout]
        field = swiped(frame, edge) if layout == "swipe" else frame.compared
        if field is not None and field.dtype == layer.data.dtype:
            np.copyto(layer.data, field.transpose(2, 1, 0))
            if layout == "overlap":
                layer.refresh()
            else:
                napari_window.upload(self._viewer, layer)

    def remove(self) -> None:
        """Take the layers out."""
        for layer in self._layers.values():
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        self._layers.clear()

    def _remake(self, layout: Layout, layer: Any) -> None:
        self._viewer.layers.remove(layer)
        del self._layers[layout]
        self.provide(layout).visible = True

    def _make(self, layout: Layout) -> Any:
        like = self._like
        data = np.zeros(like.data.shape, dtype=BUFFERS[layout])
        place = {"scale": like.scale, "translate": like.translate, "axis_labels": like.axis_labels, "visible": False}
        selected = set(self._viewer.layers.selection)
        if layout == "overlap":
            shown = {ONLY_GENERATED: colours.GENERATED, ONLY_SIMULATION: colours.SIMULATION, BOTH: colours.TEXT}
            layer = self._viewer.add_labels(
                data, name="Overlap of the densest", opacity=0.9,
                colormap=napari_window.label_colours([shown[label] for label in sorted(shown)]), **place,
            )  # fmt: skip
            layer.editable = False
        elif layout == "difference":
            layer = self._viewer.add_image(
                data, name=f"Difference, \u2212{SHOWN:g} to {SHOWN:g} \u03c3", contrast_limits=(-SHOWN, SHOWN),
                colormap=_diverging(), rendering="translucent", interpolation2d="nearest", **place,
            )  # fmt: skip
        else:
            layer = self._viewer.add_image(
                data, name="Generated | simulation", contrast_limits=like.contrast_limits, colormap=like.colormap,
                rendering=like.rendering, attenuation=like.attenuation, iso_threshold=like.iso_threshold,
                interpolation2d=like.interpolation2d, **place,
            )  # fmt: skip
            layer.contrast_limits_range = colours.CONTRAST
        self._viewer.layers.selection = selected
        layer.name_overlay.visible, layer.name_overlay.font_size, layer.name_overlay.color = True, 10, colours.TEXT
        return layer


def swiped(frame: Frame, edge: int) -> Volume | None:
    """Return the generated field up to voxel ``edge`` in x, and the simulated one from there on."""
    if frame.reference is None:
        return None
    field = frame.reference.copy()
    field[:edge] = frame.generated[:edge]
    return field


def _diverging() -> Any:
    """Return a map from blue over nothing to orange, in which small differences are transparent in a volume."""
    from napari.utils.colormaps import Colormap

    ends = [_rgb(colours.SIMULATION), _rgb(colours.GENERATED)]
    at = np.linspace(-1.0, 1.0, 33)
    strength = np.abs(at)[:, None]
    rgb = np.where(at[:, None] < 0, ends[0], ends[1]) * strength
    return Colormap(np.hstack([rgb, strength**2]), name="cosmoloom difference", controls=(at + 1) / 2)


def _rgb(colour: str) -> Volume:
    return np.array([int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)], dtype=np.float32)
