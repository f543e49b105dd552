"""PyVista, imported when a scene is first drawn."""

from __future__ import annotations

import ctypes
import os
import sys
from types import ModuleType

from cosmoloom.errors import MissingExtraError


def pyvista() -> ModuleType:
    """Return PyVista.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY") and _has_egl():
        # Otherwise VTK asks for an X server first and complains that there is none.
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    try:
        import pyvista as module
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"scenes are drawn by PyVista ({error}): pip install 'cosmoloom[pyvista]'") from error
    return module


def _has_egl() -> bool:
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError:
        return False
    return True
