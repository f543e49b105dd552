#!/usr/bin/env python3
"""From a fresh clone to an open explorer, or to a tested one, in one command.

    python3 run.py explore [options of cosmoloom explore]
    python3 run.py test [options of pytest]

Makes the environment .venv beside this file, installs into it what pyproject.toml asks for in the versions of
constraints-cpu.txt, and the system packages that a window needs.  Uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.sha256"
CONSTRAINTS = ROOT / "constraints-cpu.txt"
SCREEN = "-screen 0 1600x1000x24"


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
        provide_system_packages(command)
        provide_environment()
        return explore(options) if command == "explore" else test(options)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def explore(options: list[str]) -> int:
    """Open the explorer; without a display it draws its window into a file."""
    return call([str(ENVIRONMENT / "bin" / "cosmoloom"), "explore", *options])


def test(options: list[str]) -> int:
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
    status = call(["xvfb-run", "-a", "-s", SCREEN, str(PYTHON), "-m", "pytest", *options], folder=ROOT)
    if failed:
        print(f"failed before pytest: {', '.join(failed)}", flush=True)
    return status or int(bool(failed))


def provide_environment() -> None:
    """Make .venv and install into it, unless that was done for the same requirements."""
    wanted = requirements_hash()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("installing into .venv, about two minutes and 2 GB (5 GB with a GPU) the first time", flush=True)
    if not PYTHON.exists():
        make_environment()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    quiet = [] if sys.stdout.isatty() else ["-qq"]
    install = [*pip, "install", *quiet, "-c", str(CONSTRAINTS)]
    if not has_nvidia_gpu():  # alone and first: any later request is then content with this build
        checked([*install, pinned("torch")], "installing torch")
    checked([*install, "-e", f"{ROOT}[browser,napari,test]"], "installing cosmoloom")
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


def provide_system_packages(command: str) -> None:
    """Install the libraries and programs that a window needs, or say which are missing."""
    sys.path.insert(0, str(ROOT / "engine"))
    from cosmoloom.cli.display import has_display, missing_packages

    missing = missing_packages(virtual_display=command == "test" or not has_display())
    if command == "test" and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        missing = (*missing, "chromium")
    if missing:
        provide_packages(list(missing))


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


def has_nvidia_gpu() -> bool:
    """Tell whether an NVIDIA driver is at work."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


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
