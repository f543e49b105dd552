"""Write density fields as NumPy, HDF5, Zarr or VTK, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.atomic import atomic_path
from cosmoloom.data.vti import write_vti
from cosmoloom.errors import InvalidInputError

Facts = Mapping[str, Any]


def require_known_suffix(path: str | Path) -> None:
    """Refuse a name that tells no format.

    Raises
    ------
    InvalidInputError
        Unless the name ends in .npy, .npz, .h5, .hdf5, .zarr or .vti.
    """
    if Path(path).suffix.lower() not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise InvalidInputError(f"cannot tell the format of {path}: expected a name ending in {known}")


def write_fields(path: str | Path, density: NDArray[np.float32], facts: Facts, *, dimensions: int = 3) -> None:
    """Write one field or several, with their facts inside where the format has room for them.

    Parameters
    ----------
    path : str or Path
        Its suffix chooses the format; ``.npy`` has no room for facts.
    density : array, shape (n, n, n) or (count, n, n, n), of maps (n, n) or (count, n, n)
        rho over the cosmic mean [1].
    facts : mapping
        Numbers, texts and lists by name; ``box_size`` [Mpc/h] and ``redshift`` are read back by
        :func:`cosmoloom.open`.
    dimensions : int
        3, or 2 for maps.

    Raises
    ------
    InvalidInputError
        If the suffix is of no known format.
    UnwritableError
        If the file cannot be written.
    """
    require_known_suffix(path)
    with atomic_path(path) as draft:
        _FORMATS[Path(path).suffix.lower()](draft, density, facts, dimensions)


def _write_npy(path: Path, density: NDArray[np.float32], _facts: Facts, _dimensions: int) -> None:
    with path.open("wb") as file:
        np.save(file, density)


def _write_npz(path: Path, density: NDArray[np.float32], facts: Facts, _dimensions: int) -> None:
    arrays: dict[str, Any] = {"density": density}
    for name, fact in facts.items():
        arrays[name] = np.asarray(fact if np.isscalar(fact) else json.dumps(fact))
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _write_hdf5(path: Path, density: NDArray[np.float32], facts: Facts, dimensions: int) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        chunks = _chunks(density, dimensions)
        file.create_dataset("density", data=density, chunks=chunks, compression="gzip", fletcher32=True)
        for name, fact in facts.items():
            file.attrs[name] = fact if np.isscalar(fact) else json.dumps(fact)


def _write_zarr(path: Path, density: NDArray[np.float32], facts: Facts, dimensions: int) -> None:
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec

    group = zarr.open_group(path, mode="w")
    group.attrs.update(dict(facts))
    names = ("sample",) * (density.ndim - dimensions) + ("x", "y", "z")[:dimensions]
    array = group.create_array(
        "density",
        shape=density.shape,
        dtype="float32",
        chunks=_chunks(density, dimensions),
        compressors=[ZstdCodec(level=3), Crc32cCodec()],
        fill_value=float("nan"),  # so that a missing chunk is seen
        dimension_names=names,
    )
    array[...] = density


def _write_vti(path: Path, density: NDArray[np.float32], facts: Facts, dimensions: int) -> None:
    if dimensions != 3:
        raise InvalidInputError(f"{path.name}: VTK image data holds volumes; write maps as .npz, .h5 or .zarr")
    write_vti(path, density, facts)


def _chunks(density: NDArray[np.float32], dimensions: int) -> tuple[int, ...]:
    """Return chunks of one field each."""
    return (1,) * (density.ndim - dimensions) + density.shape[-dimensions:]


_FORMATS: dict[str, Callable[[Path, NDArray[np.float32], Facts, int], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".h5": _write_hdf5,
    ".hdf5": _write_hdf5,
    ".zarr": _write_zarr,
    ".vti": _write_vti,
}
