"""Open a snapshot of particles, of whichever code, by what is in the file."""

from __future__ import annotations

from pathlib import Path

from cosmoloom.data.containers import reported
from cosmoloom.data.readers.abacus import is_abacus, open_abacus
from cosmoloom.data.readers.bigfile_snapshot import is_bigfile, open_bigfile
from cosmoloom.data.readers.gadget_binary import is_gadget_binary, open_gadget_binary
from cosmoloom.data.readers.hdf5_snapshot import is_hdf5_snapshot, open_hdf5_snapshot
from cosmoloom.data.readers.snapshot import ParticleSnapshot
from cosmoloom.errors import BrokenFileError, MissingFileError

_CUBES = (".npy", ".npz", ".zarr", ".fits")


def is_cube(path: str | Path) -> bool:
    """Tell whether a path, perhaps with ``::INDEX``, names a painted cube and no particles."""
    file, chosen, _ = str(path).partition("::")
    target = Path(file)
    if chosen or target.suffix.lower() in _CUBES:
        return True
    hdf5 = target.suffix.lower() in (".h5", ".hdf5") and target.is_file()
    return hdf5 and not is_hdf5_snapshot(target)


def open_snapshot(path: str | Path, *, unit_length: float | None = None) -> ParticleSnapshot:
    """Read the header of a snapshot, and nothing of its particles.

    Parameters
    ----------
    path : str or Path
        A file, any one of the files of a snapshot that has several, or a folder (bigfile, Abacus).
    unit_length : float, optional
        Unit of length [Mpc/h], 0.001 for kpc/h; needed where the file is silent, and stronger than the file.

    Raises
    ------
    MissingFileError
        If there is no such file.
    MissingExtraError
        If its format needs a library that is not installed.
    BrokenFileError
        If it is truncated, damaged or of another kind.
    InvalidInputError
        If it does not tell its unit of length.
    """
    path = Path(path)
    if not path.exists():
        raise MissingFileError(f"no snapshot {path}; name a file, or the first of several")
    with reported(path):
        if is_bigfile(path):
            return open_bigfile(path, length=unit_length)
        if is_abacus(path):
            return open_abacus(path)
        if is_hdf5_snapshot(path):
            return open_hdf5_snapshot(path, length=unit_length)
        if is_gadget_binary(path):
            return open_gadget_binary(path, length=unit_length)
    raise BrokenFileError(
        f"{path} is no snapshot that can be read: expected GADGET-2, HDF5 of GADGET, AREPO or SWIFT, bigfile or Abacus"
    )
