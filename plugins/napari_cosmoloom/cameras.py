"""The main view's camera as a plain value, and back."""

from __future__ import annotations

from typing import Any

from cosmoloom_explorer.saved_session import Camera


def read_camera(viewer: Any) -> Camera:
    """Return where a viewer looks from."""
    camera = viewer.scene.camera
    angles, center = ([float(value) for value in values] for values in (camera.angles, camera.center))
    return Camera(
        angles=(angles[0], angles[1], angles[2]), center=(center[0], center[1], center[2]), zoom=float(camera.zoom)
    )


def place_camera(viewer: Any, camera: Camera) -> None:
    """Look from there."""
    view = viewer.scene.camera
    view.center, view.zoom, view.angles = camera.center, camera.zoom, camera.angles


def turn_camera(viewer: Any, degrees: float) -> None:
    """Go around the axis that is upright on screen in the explorer's boxes, y."""
    from scipy.spatial.transform import Rotation

    camera = viewer.scene.camera
    turn = Rotation.from_rotvec([0.0, degrees, 0.0], degrees=True)  # napari's axes are (z, y, x)
    camera.set_view_direction(turn.apply(camera.view_direction), turn.apply(camera.up_direction))
