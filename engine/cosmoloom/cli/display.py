"""What a window needs of the system: a display, and libraries that pip cannot install."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys

LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""Shared libraries that Qt and OpenGL load on Linux, and the Debian packages that hold them."""
PROGRAMS = {"xvfb-run": "xvfb", "xauth": "xauth"}
"""Programs that make a display where there is none, and their Debian packages."""


def has_display() -> bool:
    """Tell whether a window could be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_packages(*, virtual_display: bool) -> tuple[str, ...]:
    """Return the Debian packages that a window lacks on this machine.

    Parameters
    ----------
    virtual_display : bool
        Whether a display has to be made, too.
    """
    if not sys.platform.startswith("linux"):
        return ()
    programs = [name for program, name in PROGRAMS.items() if virtual_display and not shutil.which(program)]
    return (*programs, *(package for library, package in LIBRARIES.items() if not _loads(library)))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
