"""Open a density field from a file: NumPy, HDF5, Zarr, FITS, or a snapshot of a simulation store.

A file may hold one cube, shape (n, n, n), or several, shape (count, n, n, n); ``fields.h5::2`` is the third
of several, and ``store.zarr::0010@0.5`` the snapshot at z = 0.5 of simulation 0010; so is ``reference::0010@0.5``
of the bundled reference set.  What a header promises is compared with the size of the file and with free memory
before anything is allocated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.data.containers import StoredField, read_hdf5, read_npy, read_npz, read_zarr
from cosmoloom.data.readers.fits import read_fits
from cosmoloom.data.readers.published_grids import facts_of_name
from cosmoloom.data.reference_set import read_reference, reference_names
from cosmoloom.data.store import FORMAT, SimulationStore
from cosmoloom.errors import InvalidInputError, MissingFileError

MOST_COUNTS = 2**24
"""What a voxel may hold, for its number to be taken for one of particles [1]."""
REFERENCE = "reference"
"""What the bundled reference set is called in place of a store."""

_CONTAINERS: dict[str, Callable[[Path, int | None], StoredField]] = {
    ".npy": read_npy,
    ".npz": read_npz,
    ".h5": read_hdf5,
    ".hdf5": read_hdf5,
    ".zarr": read_zarr,
    ".fits": read_fits,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """A whole box as another code painted it.

    Attributes
    ----------
    box : Box
        Density over the cube's own mean.
    counts : array, shape (n, n, n), int32, or None
        Its values, where they are whole numbers.
    mean : float
        Mean of its values [their unit].
    """

    box: Box
    counts: NDArray[np.int32] | None
    mean: float


def open_box(
    path: str | Path,
    *,
    box_size: float | None = None,
    redshift: float | None = None,
    mean_count: float | Literal["own"] | None = None,
) -> Box:
    """Open a density field.

    Parameters
    ----------
    path : str or Path
        A ``.npy``, ``.npz``, ``.h5``, ``.hdf5``, ``.zarr`` or ``.fits``, followed by ``::INDEX`` if it holds several
        fields, or ``STORE::NAME@REDSHIFT`` for a snapshot of a simulation store, or of the bundled reference set,
        whose store is called ``reference``.
    box_size : float, optional
        Comoving side in [Mpc/h]; needed where the file does not say, and stronger than the file.
    redshift : float, optional
        Redshift [1]; selects the snapshot of a simulation store.
    mean_count : float or "own", optional
        Cosmic mean number of particles per voxel, if the file holds counts; or ``"own"`` for a whole box in any
        unit, an overdensity among them, which is divided by its own mean.

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
    SeveralFieldsError
        If it holds several fields and none is chosen.
    InvalidInputError
        If it holds anything but a cube of finite numbers of 0 or above, or lacks its size.
    """
    file, _, part = str(path).partition("::")
    if file == REFERENCE:
        return _reference(part, redshift)
    target = Path(file)
    if target.suffix.lower() == ".zarr" and target.exists() and _is_simulation_store(target):
        return _snapshot(target, part, redshift)
    return _as_box(path, read_stored(path), box_size=box_size, redshift=redshift, mean_count=mean_count)


def read_cube(path: str | Path, *, box_size: float | None = None, redshift: float | None = None) -> Cube:
    """Read a whole periodic box, in any unit; arguments and errors as for :func:`open_box`."""
    stored = read_stored(path)
    box = _as_box(path, stored, box_size=box_size, redshift=redshift, mean_count="own")
    values = stored.values
    # Above MOST_COUNTS every number in single precision is whole.
    counted = float(values.min()) >= 0 and float(values.max()) < MOST_COUNTS and bool((values == np.rint(values)).all())
    return Cube(
        box=replace(box, periodic=True),
        counts=values.astype(np.int32) if counted else None,
        mean=float(values.mean(dtype=np.float64)),
    )


def read_stored(path: str | Path) -> StoredField:
    """Read a field as it is stored, and what its file and its name tell; errors as for :func:`open_box`."""
    file, _, part = str(path).partition("::")
    target = Path(file)
    if not target.exists():
        raise MissingFileError(f"no file {target}; a density field is a .npy, .npz, .h5, .zarr or .fits")
    read = _CONTAINERS.get(target.suffix.lower())
    if read is None:
        known = ", ".join(_CONTAINERS)
        raise InvalidInputError(f"cannot tell what {target} is: expected a name ending in {known}")
    if part and not part.isdecimal():
        raise InvalidInputError(f"{target}::{part}: expected the number of a field after ::, as in {target}::0")
    named = facts_of_name(target)
    stored = read(target, int(part) if part else None)
    return replace(stored, facts={**named, **stored.facts})


def _as_box(
    path: str | Path,
    stored: StoredField,
    *,
    box_size: float | None,
    redshift: float | None,
    mean_count: float | Literal["own"] | None,
) -> Box:
    """Return a field as a box; what is said in the call is stronger than the file."""
    size = box_size if box_size is not None else stored.number("box_size")
    if size is None:
        raise InvalidInputError(f"{path} does not say how large its box is; add --box-size in Mpc/h")
    if mean_count is None and stored.facts.get("mean_count") == "own":
        mean_count = "own"
    mean = None if mean_count == "own" else mean_count if mean_count is not None else stored.number("mean_count")
    try:
        with np.errstate(over="ignore"):  # what does not fit into float32 becomes infinite, and is refused
            return Box.from_array(
                over_own_mean(stored.values) if mean_count == "own" else stored.values,
                box_size=size,
                redshift=redshift if redshift is not None else stored.number("redshift"),
                mean_count=mean,
                periodic=bool(stored.number("periodic")),
                label=str(path),
            )
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error}") from error


def over_own_mean(values: NDArray[Any]) -> NDArray[Any]:
    """Divide a density by its own mean; negative numbers say that 1 is missing, as from an overdensity.

    Raises
    ------
    InvalidInputError
        If the mean is not positive, or the numbers are no overdensity although some are negative.
    """
    lowest = float(values.min())
    density = values + np.float32(1) if lowest < 0 else values
    mean = float(density.mean(dtype=np.float64))
    if not (lowest >= -1 and np.isfinite(mean) and mean > 0):
        raise InvalidInputError(
            f"neither a density nor an overdensity: its values reach down to {lowest:.4g} and average {mean:.4g}"
        )
    return density / density.dtype.type(mean) if density.dtype.kind == "f" else density / mean


def _is_simulation_store(path: Path) -> bool:
    import zarr

    try:
        return zarr.open_group(path, mode="r").attrs.get("format") == FORMAT
    except Exception:  # noqa: BLE001  zarr raises what its codecs and JSON raise; read_zarr reports it
        return False


def _reference(part: str, redshift: float | None) -> Box:
    name, redshift = _named(REFERENCE, part, redshift, reference_names())
    box = read_reference(name)
    return box.box(_chosen(f"{REFERENCE}::{part}", redshift, box.redshifts))


def _snapshot(path: Path, part: str, redshift: float | None) -> Box:
    store = SimulationStore.open(path)
    name, redshift = _named(str(path), part, redshift, store.names())
    simulation = store[name]
    return simulation.box(_chosen(f"{path}::{part}", redshift, simulation.redshifts))


def _named(store: str, part: str, redshift: float | None, names: Sequence[str]) -> tuple[str, float | None]:
    """Return the simulation and the redshift that are asked for, as in NAME@REDSHIFT."""
    match = re.fullmatch(r"([^@]+)(?:@(.+))?", part)
    if match is None:
        raise InvalidInputError(
            f"{store} holds simulations {', '.join(names) or 'none yet'}; name one: {store}::0000@0.5"
        )
    if match[2] is not None:
        try:
            redshift = float(match[2])
        except ValueError:
            raise InvalidInputError(f"{store}::{part}: expected a redshift after @, got {match[2]!r}") from None
    return match[1], redshift


def _chosen(path: str, redshift: float | None, known: Sequence[float]) -> float:
    if redshift is None:
        snapshots = ", ".join(f"{z:g}" for z in known)
        raise InvalidInputError(f"{path} has snapshots at z = {snapshots}; choose one, as in @0.5")
    return redshift
