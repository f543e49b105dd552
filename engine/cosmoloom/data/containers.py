"""What a file of a density field holds, read only after its header has been believed."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from cosmoloom.errors import BrokenFileError, CosmoloomError, InvalidInputError, SeveralFieldsError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredField:
    """One cube as it is stored, and what its file says about it.

    Attributes
    ----------
    values : array, shape (n, n, n)
        Numbers of any kind.
    facts : mapping
        Attributes of the file by name: box_size, redshift, mean_count, periodic and what else there is.
    """

    values: NDArray[Any]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """Return a fact as a number, or None where the file is silent."""
        value = self.facts.get(name)
        try:
            number = None if value is None else float(np.asarray(value).item())
        except (TypeError, ValueError):
            raise InvalidInputError(f"{name} must be one number, the file says {value!r}") from None
        return None if number is None or np.isnan(number) else number


def read_npy(path: Path, index: int | None) -> StoredField:
    """Read a ``.npy``: the header promises a shape, the file must be as long as that."""
    with reported(path):
        with path.open("rb") as file:
            shape, fortran, dtype = _npy_header(file)
            start = file.tell()
        require_memory(path, shape[-3:], dtype)
        promised, held = start + _size(shape, dtype), path.stat().st_size
        if held != promised:
            raise BrokenFileError(f"{path} is damaged: its header promises {promised} bytes, it has {held}")
        order: Literal["F", "C"] = "F" if fortran else "C"
        mapped = np.memmap(path, dtype=dtype, mode="r", shape=shape, offset=start, order=order)
        return StoredField(values=choose_cube(path, mapped, index))


def read_npz(path: Path, index: int | None) -> StoredField:
    """Read a ``.npz``: the field is its array ``density`` or its only cube, the rest are facts."""
    with reported(path), zipfile.ZipFile(path) as archive:
        headers = {}
        for entry in archive.infolist():
            with archive.open(entry) as file:
                headers[entry.filename.removesuffix(".npy")] = (entry, _npy_header(file))
        name = _choose(path, {name: header[0] for name, (_, header) in headers.items()})
        shape, _, dtype = headers[name][1]
        require_memory(path, shape, dtype)
        values = choose_cube(path, _npz_member(archive, *headers[name], path=path), index)
        facts = {
            key: _npz_member(archive, entry, header, path=path).item()
            for key, (entry, header) in headers.items()
            if header[0] == ()
        }
        return StoredField(values=values, facts=facts)


def read_hdf5(path: Path, index: int | None) -> StoredField:
    """Read an HDF5 file: the field is its dataset ``density`` or its only cube, attributes are facts."""
    import h5py

    with reported(path), h5py.File(path, "r") as file:
        found: dict[str, Any] = {}
        file.visititems(lambda name, item: found.update({name: item}) if hasattr(item, "shape") else None)
        dataset = found[_choose(path, {name: item.shape for name, item in found.items()})]
        require_memory(path, dataset.shape[-3:], dataset.dtype)
        facts = {**dict(file.attrs), **dict(dataset.attrs)}
        return StoredField(values=choose_cube(path, dataset, index), facts=facts)


def read_zarr(path: Path, index: int | None) -> StoredField:
    """Read a Zarr array, or the array ``density`` or only cube of a group; attributes are facts."""
    import zarr

    with reported(path):
        node: Any = zarr.open(path, mode="r")
        facts = dict(node.attrs)
        if isinstance(node, zarr.Group):
            arrays: dict[str, Any] = dict(node.arrays())
            node = arrays[_choose(path, {name: item.shape for name, item in arrays.items()})]
            facts |= dict(node.attrs)
        require_memory(path, node.shape[-3:], np.dtype(node.dtype))
        return StoredField(values=choose_cube(path, node, index), facts=facts)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn whatever a library raises on a damaged file into one line."""
    try:
        yield
    except CosmoloomError:
        raise
    except Exception as error:  # codecs, JSON and zip each raise their own kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BrokenFileError(f"cannot read {path}, truncated, damaged or mislabelled: {reason}") from error


def _npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy_format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"unknown version {version} of the npy format")
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never loaded")
    return shape, fortran, dtype


def _npz_member(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    header: tuple[tuple[int, ...], bool, np.dtype[Any]],
    *,
    path: Path,
) -> NDArray[Any]:
    """Read one array of an archive; reading to its end compares the checksum."""
    shape, fortran, dtype = header
    promised = _size(shape, dtype)
    with archive.open(entry) as file:
        _npy_header(file)
        data = file.read(promised)
        if len(data) != promised or file.read(1):
            raise BrokenFileError(f"{path} is damaged: {entry.filename} is not as long as it promises")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def _choose(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> str:
    if "density" in shapes:
        return "density"
    volumes = [name for name, shape in shapes.items() if len(shape) in (3, 4)]
    if len(volumes) != 1:
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "nothing"
        raise InvalidInputError(f"{path} needs one array named density, or a single cube; it holds: {found}")
    return volumes[0]


def choose_cube(path: Path, array: Any, index: int | None) -> NDArray[Any]:
    """Return the only cube of an array, or the one with this number."""
    shape = tuple(array.shape)
    if len(shape) not in (3, 4) or len(set(shape[-3:])) != 1:
        raise InvalidInputError(f"{path}: expected a cube, shape (n, n, n), got an array of shape {shape}")
    if len(shape) == 3:
        if index not in (None, 0):
            raise InvalidInputError(f"{path} holds one field, so there is no field {index}")
        return np.asarray(array[...])
    if index is None:
        raise SeveralFieldsError(f"{path} holds {shape[0]} fields; choose one, as in {path}::0", shape[0])
    if index >= shape[0]:
        raise InvalidInputError(f"{path} holds fields 0 to {shape[0] - 1}, there is no field {index}")
    return np.asarray(array[index])


def _size(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Return the bytes of an array, in integers that do not overflow."""
    size = dtype.itemsize
    for extent in shape:
        size *= int(extent)
    return size


def require_memory(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Refuse a field that would not fit into free memory beside its copies as float64 and float32."""
    if any(extent < 0 for extent in shape):
        raise BrokenFileError(f"{path} is damaged: its header promises the shape {shape}")
    needed, free = _size(shape, dtype) + _size(shape, np.dtype("f8,f4")), _free_memory()
    if needed > free:
        raise InvalidInputError(
            f"{path} has the shape {tuple(shape)} and would need {needed / 1e9:.3g} GB of memory, "
            f"{free / 1e9:.3g} GB are free; crop it first"
        )


def _free_memory() -> int:
    """Return the bytes that may be allocated; where the system does not tell, all of its memory."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
