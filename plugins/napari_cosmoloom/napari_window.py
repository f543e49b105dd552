"""The few private parts of napari's window that the explorer needs, each with its reason, in one place.

Where a later napari names them otherwise, the explorer works on without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any

import numpy as np
from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

from cosmoloom_explorer.colours import Theme

SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software")


def main_window(viewer: Any) -> Any:
    """Return the QMainWindow; napari has no public name for corners, menus and the layer docks."""
    return viewer.window._qt_window  # noqa: SLF001


def theme(viewer: Any) -> Theme:
    """Return which of the explorer's themes goes with that of a viewer."""
    from napari.utils.theme import get_theme

    background = get_theme(viewer.theme).background.as_rgb_tuple()
    return "dark" if sum(background[:3]) < 3 * 128 else "light"


def _qt_viewer(viewer: Any) -> Any:
    return viewer.window._qt_viewer  # noqa: SLF001


def drop_targets(viewer: Any) -> tuple[Any, ...]:
    """Return the widgets that receive what is dropped onto the window."""
    return (_qt_viewer(viewer),)


def canvas(viewer: Any) -> Any:
    """Return what draws the layers."""
    return _qt_viewer(viewer).canvas


def canvas_widget(viewer: Any) -> Any:
    """Return the OpenGL widget that shows the layers; its signals tell when a frame is on screen."""
    return _qt_viewer(viewer).canvas.native


def make_current_before_removals(viewer: Any) -> None:
    """Have the canvas's own OpenGL context current whenever a layer is about to go.

    napari 0.9 deletes a removed layer's textures and programs in whatever context is current; with two windows open
    that may be the other's, whose textures and programs of the same numbers are then gone.
    """
    canvas = canvas_widget(viewer)

    def make_current() -> None:
        with suppress(RuntimeError):  # Qt has taken the canvas apart
            canvas.makeCurrent()

    viewer.layers.events.removing.connect(make_current)


@contextmanager
def arranged_once(viewer: Any) -> Iterator[None]:
    """Have napari arrange its views once, at the end, however many layers are shown or hidden within.

    Layers that have a title are added before, or napari makes a view without a camera for it.
    """
    drawing = canvas(viewer)
    if getattr(drawing, "_pause_scene_graph", True):  # paused already, or not known to this napari
        yield
        return
    drawing._pause_scene_graph = True  # noqa: SLF001
    draw_next_turn(viewer)
    try:
        with ExitStack() as held:
            for layer in viewer.layers:  # whose titles would be put into the views of before
                held.enter_context(layer.events.visible.blocker(drawing._overlay_callbacks[layer]))  # noqa: SLF001
            yield
    finally:
        drawing._pause_scene_graph = False  # noqa: SLF001
        drawing._update_scenegraph()  # noqa: SLF001


def draw_next_turn(viewer: Any) -> None:
    """Leave drawing to a turn of the loop of its own, so that the one that changes much is not longer still."""
    widget = canvas_widget(viewer)
    if widget.updatesEnabled():

        def go_on() -> None:
            with suppress(RuntimeError):  # the window was closed meanwhile
                widget.setUpdatesEnabled(True)

        widget.setUpdatesEnabled(False)
        QTimer.singleShot(1, go_on)  # 0 would be this turn still


@cache
def draws_in_software() -> bool:
    """Tell whether OpenGL runs on the processor; needs an application, but no window on screen."""
    from vispy.gloo import gl

    surface, context = QOffscreenSurface(), None
    if QOpenGLContext.currentContext() is None:  # napari relies on the one that it left current
        context = QOpenGLContext()
        surface.create()
        if not (context.create() and context.makeCurrent(surface)):
            return False
    name = str(gl.glGetParameter(gl.GL_RENDERER)).lower()
    if context is not None:
        context.doneCurrent()
    return any(software in name for software in SOFTWARE_RENDERERS)


def isolate_canvas(viewer: Any) -> None:
    """Give the canvas a window of its own, so that a changed label does not redraw the whole window by OpenGL.

    Qt decides when it makes a window whether OpenGL puts it together, so this belongs before a viewer's first
    showing.  Measured in software OpenGL at 1600 x 1000, for a slider's handle and a new text: 8.8 and 19 ms if it
    comes after, 0.1 and 0.9 ms if it comes before.
    """
    if QGuiApplication.platformName() == "xcb":
        with suppress(AttributeError):
            _qt_viewer(viewer).setAttribute(Qt.WidgetAttribute.WA_NativeWindow)


def set_step(viewer: Any, layer: Any, step: float) -> None:
    """Set the way between two samples of a volume's rays, in voxels; napari's layers do not offer it."""
    with suppress(AttributeError, KeyError):
        _qt_viewer(viewer).canvas.layer_to_visual[layer].node.relative_step_size = step


def upload(viewer: Any, layer: Any) -> None:
    """Have a layer drawn once after its buffer was written in place.

    What the layer shows is a view of that buffer.  A refresh would slice and place the layer anew, which takes 3 ms
    of the turn that draws.
    """
    try:
        node = _qt_viewer(viewer).canvas.layer_to_visual[layer].node
        node.set_data(layer._data_view)  # noqa: SLF001
        node.update()
    except (AttributeError, KeyError):
        layer.refresh(thumbnail=False, highlight=False, extent=False)


def label_colours(shown: list[str]) -> Any:
    """Return a colour map of labels 1, 2, ...; 0 is transparent.

    napari's map by a dictionary would do, but takes numba 0.7 s to compile when it is first used.
    """
    from napari.utils.colormaps import CyclicLabelColormap
    from vispy.color import ColorArray

    return CyclicLabelColormap(colors=np.vstack([np.zeros(4), ColorArray(shown).rgba]).astype(np.float32))


def keep_slider_room(viewer: Any) -> None:
    """Let the slider below the canvas keep its place in 3D, too: a resized canvas is drawn at once, once more."""
    with suppress(AttributeError, IndexError):
        sliders = _qt_viewer(viewer).dims
        slider = sliders.slider_widgets[0]
        slider.setMinimumHeight(sliders.SLIDERHEIGHT)
        policy = slider.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        slider.setSizePolicy(policy)


def draw_volume(viewer: Any, layer: Any, drawn: bool) -> None:
    """Leave a visible layer's volume out of its view, or draw it again."""
    with suppress(AttributeError, KeyError):
        _qt_viewer(viewer).canvas.layer_to_visual[layer].node.visible = drawn and layer.visible


def finish_drawing(viewer: Any) -> None:
    """Wait until OpenGL has done all that it was asked to."""
    from vispy.gloo import gl

    canvas_widget(viewer).makeCurrent()
    gl.glFinish()


def on_draw_begun(viewer: Any, callback: Callable[[Any], None]) -> None:
    """Call back when the canvas begins to draw."""
    with suppress(AttributeError):
        _qt_viewer(viewer).canvas._scene_canvas.events.draw.connect(callback, position="first")  # noqa: SLF001


def off_draw_begun(viewer: Any, callback: Callable[[Any], None]) -> None:
    """Undo :func:`on_draw_begun`."""
    with suppress(AttributeError, ValueError, RuntimeError):
        _qt_viewer(viewer).canvas._scene_canvas.events.draw.disconnect(callback)  # noqa: SLF001


def lists_layers(viewer: Any) -> bool:
    """Tell whether a person sees the list of all layers, also of hidden ones."""
    try:
        return not _qt_viewer(viewer).dockLayerList.isHidden()
    except AttributeError:
        return False


def hide_layer_docks(viewer: Any) -> None:
    """Hide layer list and layer controls; the Window menu brings them back."""
    for name in ("dockLayerList", "dockLayerControls"):
        with suppress(AttributeError):
            getattr(_qt_viewer(viewer), name).hide()


def give_right_corner_to_controls(viewer: Any) -> None:
    """Let the right dock reach down to the status bar, and the bottom dock stop at it."""
    with suppress(AttributeError):
        main_window(viewer).setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        main_window(viewer).setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)


def resize_docks(viewer: Any, widths: dict[Any, int], heights: dict[Any, int]) -> None:
    """Set widths and heights of docks [pixels]."""
    with suppress(AttributeError):
        window = main_window(viewer)
        window.resizeDocks(list(widths), list(widths.values()), Qt.Orientation.Horizontal)
        window.resizeDocks(list(heights), list(heights.values()), Qt.Orientation.Vertical)
