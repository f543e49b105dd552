"""Cameras of napari's views that take a new place at once, not in ten steps."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def calm(camera: Any) -> None:
    """Have a camera of one of napari's views move its scene once when a slice becomes a volume, or the other way round.

    napari 0.9 sets centre, zoom, angles, orientation and perspective one after the other, and each of them places the
    scene anew, with all programs that draw it: 10 ms for each view.
    """
    with suppress(AttributeError):
        turn, views = camera._on_ndisplay_change, (camera._2D_camera, camera._3D_camera)  # noqa: SLF001

        def turn_at_once() -> None:
            if any(view._xlim is None for view in views):  # noqa: SLF001  not placed yet: vispy would do so at the end
                turn()
                return
            for view in views:
                view.view_changed = _nothing
            try:
                turn()
            finally:
                for view in views:
                    del view.view_changed  # what is left is the class's own
            camera._view.camera.view_changed()  # noqa: SLF001

        camera._on_ndisplay_change = turn_at_once  # noqa: SLF001  napari calls it by its name


def _nothing() -> None:
    """Stand for a step that is left out."""
