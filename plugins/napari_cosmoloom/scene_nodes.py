"""Texts, lines, markers and a ground that are added to the scenes of napari's views; napari's own cannot be placed."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from napari_cosmoloom import napari_window

NOWHERE = np.zeros((2, 3), dtype=np.float32)
_FONTS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""Letters of the texts that were added to each canvas."""


def add_text(viewer: Any, layer: Any, **style: Any) -> Any:
    """Add an empty text to the scene of a layer's view and return its node; napari's own texts cannot be placed.

    The scene's coordinates are the world's, last axis first.
    """
    from vispy.scene.visuals import Text
    from vispy.visuals.text.text import FontManager

    scene = _scene(viewer, layer)
    if scene is None:
        return None
    # One for all texts of a canvas: each font manager draws its letters anew, 5 ms for each of them.
    fonts = _FONTS.setdefault(napari_window.canvas(viewer), FontManager())
    node = Text(text="", anchor_x="center", anchor_y="center", parent=scene, font_manager=fonts, **style)
    node.set_gl_state("translucent", depth_test=False)
    node.order = 1_000_000  # after volumes and slices
    return node


def add_lines(viewer: Any, layer: Any, *, color: str, order: int) -> Any:
    """Add lines, yet without any, to the scene of a layer's view and return their node."""
    from vispy.scene.visuals import Line

    return _add(Line(pos=NOWHERE, color=color, connect="segments", method="gl"), viewer, layer, order)


def add_markers(viewer: Any, layer: Any, *, order: int, in_world: bool) -> Any:
    """Add markers, yet without any, to the scene of a layer's view and return their node.

    Their sizes are in world units or in pixels.
    """
    from vispy.scene.visuals import Markers

    node = _add(Markers(scaling="scene" if in_world else "fixed"), viewer, layer, order)
    if node is not None:
        node.set_data(pos=NOWHERE)  # napari asks for bounds, which a node without data cannot tell
        node.visible = False
    return node


def add_cube(viewer: Any, layer: Any, *, color: str) -> Any:
    """Add a cube from 0 to 1, behind all else in the view of a layer, and return its node."""
    from vispy.geometry import create_box
    from vispy.scene.visuals import Mesh

    vertices, faces, _ = create_box()
    return _add(Mesh(vertices["position"] + 0.5, faces, color=color), viewer, layer, order=-1)


def follow(viewer: Any, layer: Any, node: Any) -> None:
    """Move a node that was added to a layer's view to where napari draws that layer now."""
    scene = _scene(viewer, layer)
    if scene is not None and node.parent is not scene:
        node.parent = scene


def _scene(viewer: Any, layer: Any) -> Any:
    try:
        return napari_window.canvas(viewer).layer_to_visual[layer].node.parent
    except (AttributeError, KeyError):
        return None


def _add(node: Any, viewer: Any, layer: Any, order: int) -> Any:
    scene = _scene(viewer, layer)
    if scene is None:
        return None
    node.parent = scene
    node.set_gl_state("translucent", depth_test=False)
    node.order = order  # after volumes and slices
    return node
