"""What a window needs of the system: a display, and libraries that pip cannot install."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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


SCREEN = "-screen 0 1600x1000x24"

VIRTUAL = "COSMOLOOM_VIRTUAL_DISPLAY"
"""Set for a process that was given a display of its own, so that it does not ask for another."""


def has_display() -> bool:
    """Tell whether a window could be shown: an X or Wayland server answers."""
    if not sys.platform.startswith("linux") or os.environ.get(VIRTUAL):
        return True
    wayland, display = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY", "")
    if wayland and _answers(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / wayland)):
        return True
    host, colon, screen = display.rpartition(":")
    number = screen.split(".")[0]
    if not colon or not number.isdecimal():
        return False
    if host not in ("", "unix"):
        return _answers((host, 6000 + int(number)))
    path = f"/tmp/.X11-unix/X{number}"
    return _answers(path) or _answers(f"\0{path}")


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


def require_packages(*, virtual_display: bool) -> None:
    """Refuse to go on without what a window needs.

    Raises
    ------
    MissingExtraError
        With the packages to install.
    """
    from cosmoloom.errors import MissingExtraError

    missing = missing_packages(virtual_display=virtual_display)
    if missing:
        why = "there is no display, and a window cannot be drawn without one" if virtual_display else "no window"
        raise MissingExtraError(
            f"{why}: this machine lacks {', '.join(missing)}; on Debian or Ubuntu: apt install {' '.join(missing)}"
        )


def run_on_virtual_display(command: str, arguments: Sequence[str]) -> int:
    """Run a command of the program again under Xvfb; return its exit status."""
    require_packages(virtual_display=True)
    program = "import sys; from cosmoloom.cli.app import main; sys.exit(main())"
    words = ["xvfb-run", "-a", "-s", SCREEN, sys.executable, "-c", program, command, *arguments]
    return subprocess.call(words, env=os.environ | {"QT_QPA_PLATFORM": "xcb", VIRTUAL: "1"})


def _answers(address: str | tuple[str, int]) -> bool:
    """Tell whether something listens on a socket."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as client:
        client.settimeout(2)
        try:
            client.connect(address)
        except OSError:
            return False
    return True


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
