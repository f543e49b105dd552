"""Open a density field from a file: NumPy, HDF5, Zarr, FITS, or a snapshot of a simulation store.

A file may hold one cube, shape (n, n, n), or several, shape (count, n, n, n); ``fields.h5::2`` is the third
of several, and ``store.zarr::0010@0.5`` the snapshot at z = 0.5 of simulation 0010.  What a header promises
is compared with the size of the file and with free memory before anything is allocated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cosmoloom.box import Box
from cosmoloom.data.containers import StoredField, read_hdf5, read_npy, read_npz, read_zarr
from cosmoloom.data.readers.fits import read_fits
from cosmoloom.data.store import FORMAT, SimulationStore
from cosmoloom.errors import InvalidInputError, MissingFileError

_CONTAINERS: dict[str, Callable[[Path, int | None], StoredField]] = {
    ".npy": read_npy,
    ".npz": read_npz,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
    ".zarr": read_zarr,
    ".fits": read_fits,
}


def open_box(
    path: str | Path,
    *,
    box_size: float | None = None,
    redshift: float | None = None,
    mean_count: float | None = None,
) -> Box:
    """Open a density field.

    Parameters
    ----------
    path : str or Path
        A ``.npy``, ``.npz``, ``.h5``, ``.hdf5``, ``.zarr`` or ``.fits``, followed by ``::INDEX`` if it holds several
        fields, or ``STORE::NAME@REDSHIFT`` for a snapshot of a simulation store.
    box_size : float, optional
        Comoving side in [Mpc/h]; needed where the file does not say, and stronger than the file.
    redshift : float, optional
        Redshift [1]; selects the snapshot of a simulation store.
    mean_count : float, optional
        Cosmic mean number of particles per voxel, if the file holds counts.

    Returns
    -------
    Box
        Density over the cosmic mean.

    Raises
    ------
    MissingFileError
        If there is no such file.
    BrokenFileError
        If it is truncated, damaged or of another kind.
    InvalidInputError
        If it holds anything but a cube of finite numbers of 0 or above, or lacks its size.
    """
    file, _, part = str(path).partition("::")
    target = Path(file)
    if not target.exists():
        raise MissingFileError(f"no file {target}; a density field is a .npy, .npz, .h5, .zarr or .fits")
    if target.suffix.lower() == ".zarr" and _is_simulation_store(target):
        return _snapshot(target, part, redshift)
    read = _CONTAINERS.get(target.suffix.lower())
    if read is None:
        known = ", ".join(_CONTAINERS)
        raise InvalidInputError(f"cannot tell what {target} is: expected a name ending in {known}")
    if part and not part.isdecimal():
        raise InvalidInputError(f"{path}: expected the number of a field after ::, as in {target}::0")
    stored = read(target, int(part) if part else None)
    size = box_size if box_size is not None else stored.number("box_size")
    if size is None:
        raise InvalidInputError(f"{target} does not say how large its box is; add --box-size in Mpc/h")
    try:
        with np.errstate(over="ignore"):  # what does not fit into float32 becomes infinite, and is refused
            return Box.from_array(
                stored.values,
                box_size=size,
                redshift=redshift if redshift is not None else stored.number("redshift"),
                mean_count=mean_count if mean_count is not None else stored.number("mean_count"),
                periodic=bool(stored.number("periodic")),
                label=str(path),
            )
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}") from error


def _is_simulation_store(path: Path) -> bool:
    import zarr

    try:
        return zarr.open_group(path, mode="r").attrs.get("format") == FORMAT
    except Exception:  # noqa: BLE001  zarr raises what its codecs and JSON raise; read_zarr reports it
        return False


def _snapshot(path: Path, part: str, redshift: float | None) -> Box:
    store = SimulationStore.open(path)
    match = re.fullmatch(r"([^@]+)(?:@(.+))?", part)
    if match is None:
        known = ", ".join(store.names()) or "none yet"
        raise InvalidInputError(f"{path} holds simulations {known}; name one: {path}::0000@0.5")
    simulation = store[match[1]]
    if match[2] is not None:
        try:
            redshift = float(match[2])
        except ValueError:
            raise InvalidInputError(
                f"{path}::{part}: expected a redshift after @, got {match[2]!r}"
            ) from None
    if redshift is None:
        known = ", ".join(f"{z:g}" for z in simulation.redshifts)
        raise InvalidInputError(f"{path}::{part} has snapshots at z = {known}; choose one, as in @0.5")
    return simulation.box(redshift)
