"""Zarr groups that grow piece by piece, and go on where they were interrupted.

While it is made, a group has ``.partial`` behind its name and ``complete: false`` among its attributes.  It knows the
plan that decides every number in it: the same plan goes on, another one is refused.  A chunk is one file, written
beside its place and renamed, with a checksum; one that is missing or damaged is simply not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cosmoloom.errors import InvalidInputError, UnwritableError


class ResumableGroup:
    """A group in the making.

    Parameters
    ----------
    path : str or Path
        Where the finished group shall appear; its name ends in .zarr.
    plan : mapping
        All that decides its numbers, as plain values.
    attributes : mapping
        What else a reader should know.

    Raises
    ------
    InvalidInputError
        If the name has another ending, or was begun by another plan.
    UnwritableError
        If there is something of that name, or the folder cannot be written.
    """

    def __init__(self, path: str | Path, *, plan: Mapping[str, Any], attributes: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self.draft = self.path.with_name(self.path.name + ".partial")
        if self.path.suffix != ".zarr":
            raise InvalidInputError(f"what is made in pieces goes to a name that ends in .zarr, got {self.path.name}")
        if self.path.exists():
            raise UnwritableError(f"{self.path} exists; remove it or choose another name")
        if not self.path.parent.is_dir():
            raise UnwritableError(f"cannot write {self.path}: there is no folder {self.path.parent}; make it first")
        self._group = self._open(json.loads(json.dumps(dict(plan))), attributes)

    def array(
        self, name: str, *, shape: tuple[int, ...], chunks: tuple[int, ...], dimensions: tuple[str, ...]
    ) -> Any:
        """Return an array of single precision, made if it is not there; what is missing in it reads as NaN."""
        from zarr.codecs import Crc32cCodec, ZstdCodec

        if name not in self._group:
            self._group.create_array(
                name, shape=shape, chunks=chunks, dtype="float32", fill_value=float("nan"),
                compressors=[ZstdCodec(level=1), Crc32cCodec()], dimension_names=dimensions,
            )  # fmt: skip
        return self._group[name]

    def finish(self) -> None:
        """Give the group its name, once every chunk is there."""
        self._group.attrs["complete"] = True
        try:
            self.draft.replace(self.path)
        except OSError as error:
            raise UnwritableError(f"cannot name {self.draft} {self.path}: {error.strerror or error}") from error

    def _open(self, plan: Mapping[str, Any], attributes: Mapping[str, Any]) -> Any:
        import zarr

        try:
            if self.draft.exists():
                group = zarr.open_group(self.draft, mode="r+")
                if group.attrs.get("plan") != plan:
                    raise InvalidInputError(
                        f"{self.draft} was begun by another plan; remove it, or repeat the call that began it"
                    )
                return group
            return zarr.create_group(self.draft, attributes={**attributes, "complete": False, "plan": plan})
        except OSError as error:
            raise UnwritableError(f"cannot write {self.draft}: {error.strerror or error}") from error


def has_chunk(array: Any, index: tuple[int, ...]) -> bool:
    """Whether a chunk was written, and is sound.

    Parameters
    ----------
    array : zarr.Array
        On a local disk.
    index : tuple of int
        Of the chunk, along each axis.
    """
    file = Path(array.store.root) / array.path / "c" / "/".join(map(str, index))
    if not file.is_file():
        return False
    try:
        return bool(np.isfinite(array.get_block_selection(index)).all())
    except (ValueError, RuntimeError, OSError):  # damaged since: it is made again
        return False
