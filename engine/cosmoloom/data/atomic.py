"""Outputs that are whole or absent: written beside their target, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from cosmoloom.errors import CosmoloomError, UnwritableError


def require_writable(path: str | Path) -> None:
    """Refuse a target that cannot be written, before hours are spent on what should go there.

    Raises
    ------
    UnwritableError
        If the folder of ``path`` is missing, is no folder or may not be written to, or if ``path`` is
        itself a folder that holds anything but a Zarr store.
    """
    _staging_folder(Path(path)).rmdir()


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Offer a temporary path of the same name and suffix, which replaces ``path`` on success.

    Whatever interrupts the block, ``path`` keeps its former content or stays absent.

    Parameters
    ----------
    path : str or Path
        Where a file or a folder (Zarr) shall appear.

    Yields
    ------
    Path
        Where to write it, on the same file system.

    Raises
    ------
    UnwritableError
        Before the block as :func:`require_writable` does, after it if writing failed, as on a full disk.
    """
    target = Path(path)
    staging = _staging_folder(target)
    try:
        draft = staging / target.name
        try:
            yield draft
            _flush(draft)
            if target.is_dir():  # a folder cannot be renamed over one that holds files
                target.rename(staging / "former")
            draft.replace(target)
        except CosmoloomError:
            raise
        except OSError as error:
            raise UnwritableError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _staging_folder(target: Path) -> Path:
    parent = target.parent
    if not target.name:
        raise UnwritableError(f"cannot write {str(target)!r}: it names no file")
    if not parent.is_dir():
        raise UnwritableError(f"cannot write {target}: there is no folder {parent}; make it first")
    if target.is_dir() and not (target / "zarr.json").is_file():
        raise UnwritableError(f"cannot write {target}: it is a folder; name a file in it")
    if target.exists() and not os.access(target, os.W_OK):
        raise UnwritableError(f"cannot write {target}: the existing file is read-only")
    try:
        return Path(mkdtemp(prefix=f".{target.name[:100]}.", suffix=".partial", dir=parent))
    except OSError as error:
        raise UnwritableError(f"cannot write {target}: {error.strerror or error}") from error


def _flush(draft: Path) -> None:
    """Push a finished file to the disk, so that a power cut after the rename leaves no empty file."""
    if draft.is_file():
        with draft.open("rb") as file:
            os.fsync(file.fileno())
