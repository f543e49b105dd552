#!/usr/bin/env python3
"""From a fresh clone to an open explorer, or to a tested one, in one command.

    python3 run.py explore [options of cosmoloom explore]
    python3 run.py test [options of pytest]

Makes the environment .venv beside this file, installs into it what pyproject.toml asks for in the versions of
constraints-cpu.txt, and finds a display, or makes one.  Uses the standard library alone.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.sha256"
CONSTRAINTS = ROOT / "constraints-cpu.txt"
SCREEN = "-screen 0 1600x1000x24 +extension GLX"

# What Qt and OpenGL load at run time, by the Debian package that holds it.
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
PROGRAMS = {"xvfb-run": "xvfb", "xauth": "xauth"}


class SetupError(Exception):
    """Something that the user has to do first."""


def main(arguments: list[str]) -> int:
    """Run a command; return its exit status, or 2 if something is missing."""
    if not arguments or arguments[0] not in ("explore", "test"):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    try:
        if sys.version_info < (3, 11):  # noqa: UP036  the one file that an older Python may meet
            raise SetupError(f"cosmoloom needs Python 3.11 or newer, this is {sys.version.split()[0]}")
        command, options = arguments[0], arguments[1:]
        screen = [] if command == "explore" and has_display() else ["xvfb-run", "-a", "-s", SCREEN]
        provide_system_packages(PROGRAMS if screen else {})
        provide_environment()
        return explore(options, screen) if command == "explore" else test(options, screen)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def explore(options: list[str], screen: list[str]) -> int:
    """Open the explorer, or render its window where there is no display."""
    if screen and not {"--render", "--help", "-h"} & {option.split("=")[0] for option in options}:
        print("no display found: rendering the window to view.png instead", flush=True)
        options = [*options, "--render", "view.png"]
    return call([*screen, str(ENVIRONMENT / "bin" / "cosmoloom"), "explore", *options])


def test(options: list[str], screen: list[str]) -> int:
    """Check style, types, layers, and run the tests; the last lines are those of pytest."""
    failed = []
    for name, command in {
        "ruff": ["ruff", "check", "."],
        "mypy": ["mypy"],
        "import-linter": ["lint-imports"],
    }.items():
        print(f"== {name}", flush=True)
        if call([str(ENVIRONMENT / "bin" / command[0]), *command[1:]], folder=ROOT):
            failed.append(name)
    print("== pytest", flush=True)
    status = call([*screen, str(PYTHON), "-m", "pytest", *options], folder=ROOT)
    if failed:
        print(f"failed before pytest: {', '.join(failed)}", flush=True)
    return status or int(bool(failed))


def provide_environment() -> None:
    """Make .venv and install into it, unless that was done for the same requirements."""
    wanted = requirements_hash()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("installing into .venv, about two minutes and 4 GB the first time", flush=True)
    if not PYTHON.exists():
        make_environment()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    quiet = [] if sys.stdout.isatty() else ["-qq"]
    install = [*pip, "install", *quiet, "-c", str(CONSTRAINTS)]
    if not has_nvidia_gpu():  # alone and first: any later request is then content with this build
        checked([*install, pinned("torch")], "installing torch")
    checked([*install, "-e", f"{ROOT}[napari,test]"], "installing cosmoloom")
    STAMP.write_text(wanted)


def make_environment() -> None:
    """Make .venv with pip inside, also where Debian has split off venv or ensurepip."""
    make = [sys.executable, "-m", "venv", "--clear"]
    if importlib.util.find_spec("ensurepip") is not None and call([*make, str(ENVIRONMENT)]) == 0:
        return
    if importlib.util.find_spec("pip") is None:
        provide_packages(["python3-pip"])
    checked([*make, "--without-pip", str(ENVIRONMENT)], "making .venv")
    outer = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(PYTHON)]
    checked([*outer, "install", "-qq", "pip"], "installing pip into .venv")


def requirements_hash() -> str:
    """Return what changes whenever the environment must be installed anew."""
    digest = hashlib.sha256(f"{sys.version} {ROOT} {has_nvidia_gpu()}".encode())
    for file in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def pinned(package: str) -> str:
    """Return the line of the constraints that pins a package."""
    return next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith(f"{package}=="))


def provide_system_packages(programs: dict[str, str]) -> None:
    """Install the libraries and programs that a window needs, or say which are missing."""
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    missing += [package for library, package in LIBRARIES.items() if not loads(library)]
    if missing:
        provide_packages(missing)


def provide_packages(packages: list[str]) -> None:
    """Install Debian packages where that needs no password; refuse, with the command to type, otherwise."""
    by_hand = f"apt-get install {' '.join(packages)}"
    prefix = privilege()
    if prefix is None or shutil.which("apt-get") is None:
        raise SetupError(f"system packages are missing; install them and try again: sudo {by_hand}")
    print(f"installing system packages: {' '.join(packages)}", flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    call([*apt, "update"])  # may fail in part and still be enough
    status = call([*apt, "install", "-y", "--no-install-recommends", *packages], quiet=True)
    if status:
        raise SetupError(f"system packages are missing and could not be installed: sudo {by_hand}")


def privilege() -> list[str] | None:
    """Return what to put before a command to run it as root, or None if that takes a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and call(["sudo", "-n", "true"], quiet=True) == 0:
        return ["sudo", "-n"]
    return None


def loads(library: str) -> bool:
    """Tell whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_nvidia_gpu() -> bool:
    """Tell whether an NVIDIA driver is at work."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


def has_display() -> bool:
    """Tell whether an X or Wayland server answers."""
    wayland, display = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if wayland and answers(socket.AF_UNIX, str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / wayland)):
        return True
    if not display:
        return False
    host, _, screen = display.rpartition(":")
    number = screen.split(".")[0]
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return answers(socket.AF_UNIX, path) or answers(socket.AF_UNIX, f"\0{path}")
    return number.isdecimal() and answers(socket.AF_INET, (host, 6000 + int(number)))


def answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Tell whether something listens on a socket."""
    with socket.socket(family) as client:
        client.settimeout(2)
        try:
            client.connect(address)
        except OSError:
            return False
    return True


def checked(command: list[str], what: str) -> None:
    """Run a command that must succeed."""
    status = call(command)
    if status:
        raise SetupError(f"{what} failed with status {status}; the lines above say why")


def call(command: list[str], *, quiet: bool = False, folder: Path | None = None) -> int:
    """Run a command and return its exit status."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=folder, stdout=output, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
