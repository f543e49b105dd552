"""Binary snapshots of GADGET-2, formats 1 and 2, in one file or several, of either byte order.

Every block stands between two copies of its length.  Format 2 puts a label before each block; format 1 knows
blocks by their order: header, positions, velocities, identities, masses.

References
----------
Springel (2005), user guide of GADGET-2, section 6.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.readers.snapshot import (
    PARTICLES_PER_PART,
    Part,
    ParticleSnapshot,
    known_cosmology,
    unit_length,
)
from cosmoloom.errors import BrokenFileError, MissingFileError

_HEADER = "6I6d2d2i6I2i4d2i6I"
_BLOCKS = ("HEAD", "POS ", "VEL ", "ID  ", "MASS")


def is_gadget_binary(path: Path) -> bool:
    """Tell whether a file begins as GADGET-2 snapshots do."""
    return path.is_file() and _byte_order(path) is not None


def open_gadget_binary(path: Path, *, length: float | None) -> ParticleSnapshot:
    """Read the header of a snapshot; its unit of length [Mpc/h] is not stored and must be given.

    Raises
    ------
    BrokenFileError
        If a file is shorter than its header promises, or files and header differ in number of particles.
    MissingFileError
        If one of several files is missing.
    """
    first = _File.open(path)
    files = [first, *(_File.open(part) for part in _siblings(path, first.n_files) if part != path)]
    files.sort(key=lambda file: (len(file.path.name), file.path.name))
    found = sum(sum(file.counts) for file in files)
    if found != first.total:
        raise BrokenFileError(f"{path} promises {first.total} particles, its {len(files)} files hold {found}")
    unit = unit_length(path, None, length)
    return ParticleSnapshot(
        path=path,
        format="GADGET-2",
        box_size=first.box_size * unit,
        redshift=first.redshift,
        n_particles=found,
        cosmology=known_cosmology(Omega_m=first.Omega_m, h=first.h),
        parts=lambda: (part for file in files for part in file.parts(unit)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: Path
    order: str
    counts: tuple[int, ...]
    masses: tuple[float, ...]
    redshift: float
    total: int
    n_files: int
    box_size: float
    Omega_m: float
    h: float
    blocks: dict[str, tuple[int, int]]  # label -> first byte, bytes per particle that has it

    @classmethod
    def open(cls, path: Path) -> _File:
        order = _byte_order(path)
        if order is None:
            raise BrokenFileError(f"{path} is no GADGET-2 snapshot")
        with path.open("rb") as stream:
            labelled = struct.unpack(f"{order}i", stream.read(4))[0] == 8
            stream.seek(20 if labelled else 4)
            head = stream.read(256)
        if len(head) < 256:
            raise BrokenFileError(f"{path} is truncated: it ends within its header")
        values = struct.unpack_from(order + _HEADER, head)
        counts, masses = values[0:6], values[6:12]
        return cls(
            path=path, order=order, counts=counts, masses=masses, redshift=values[13],
            total=sum(low + (high << 32) for low, high in zip(values[16:22], values[30:36], strict=True)),
            n_files=max(1, values[23]), box_size=values[24], Omega_m=values[25], h=values[27],
            blocks=_locate(path, order, counts, masses, labelled=labelled),
        )

    def parts(self, unit: float) -> Iterator[Part]:
        """Yield the particles kind by kind, read through windows of the file."""
        start, itemsize = self.blocks["POS "]
        positions = self._mapped(start, itemsize // 3, 3 * sum(self.counts)).reshape(-1, 3)
        equal = len({mass for mass, count in zip(self.masses, self.counts, strict=True) if count}) == 1
        weights = None
        if "MASS" in self.blocks:
            start, itemsize = self.blocks["MASS"]
            weights = self._mapped(start, itemsize, sum(self._own_masses()))
        done = with_mass = 0
        for count, mass, own in zip(self.counts, self.masses, self._own_masses(), strict=True):
            for begin in range(done, done + count, PARTICLES_PER_PART):
                window = slice(begin, min(begin + PARTICLES_PER_PART, done + count))
                points = np.asarray(positions[window] * unit, dtype=np.float32)
                if not np.isfinite(points).all():
                    raise BrokenFileError(f"{self.path} is damaged: it holds positions that are no numbers")
                if own and weights is not None:
                    shift = with_mass - done
                    share = np.asarray(weights[window.start + shift : window.stop + shift], dtype=np.float32)
                    yield points, share
                else:
                    yield points, None if equal else np.full(len(points), mass, dtype=np.float32)
            done += count
            with_mass += own

    def _own_masses(self) -> tuple[int, ...]:
        """Return how many particles of each kind are listed in the block of masses."""
        return tuple(0 if mass else n for n, mass in zip(self.counts, self.masses, strict=True))

    def _mapped(self, start: int, itemsize: int, n: int) -> NDArray[np.floating]:
        return np.memmap(self.path, dtype=f"{self.order}f{itemsize}", mode="r", offset=start, shape=(n,))


def _byte_order(path: Path) -> str | None:
    with path.open("rb") as stream:
        begin = stream.read(4)
    for order in "<>":
        if begin in (struct.pack(f"{order}i", 256), struct.pack(f"{order}i", 8)):
            return order
    return None


def _locate(
    path: Path, order: str, counts: tuple[int, ...], masses: tuple[float, ...], *, labelled: bool
) -> dict[str, tuple[int, int]]:
    """Find the blocks that are needed, and compare their lengths with the header and the file."""
    n, listed = sum(counts), sum(n for n, mass in zip(counts, masses, strict=True) if n and not mass)
    n_of = {"POS ": n, "VEL ": n, "ID  ": n, "MASS": listed}
    wanted = {"POS ", "MASS"} if listed else {"POS "}
    if not n:
        return {}
    size = path.stat().st_size
    found: dict[str, tuple[int, int]] = {}
    expected = iter(_BLOCKS)
    with path.open("rb") as stream:
        while not wanted <= found.keys():
            label = next(expected, None)
            if labelled:
                label = stream.read(16)[4:8].decode("latin1")
            marker = stream.read(4)
            if len(marker) < 4 or label is None:
                missing = ", ".join(sorted(name.strip() for name in wanted - found.keys()))
                raise BrokenFileError(f"{path} is truncated or damaged: it lacks the block {missing}")
            start, length = stream.tell(), struct.unpack(f"{order}I", marker)[0]
            if label in n_of:
                per_value = 3 if label in ("POS ", "VEL ") else 1
                sizes = [n_of[label] * per_value * itemsize for itemsize in (4, 8)]
                whole = next((bytes_ for bytes_ in sizes if bytes_ % 2**32 == length), None)  # lengths wrap
                if whole is None:
                    raise BrokenFileError(
                        f"{path} is damaged: block {label.strip()} has {length} bytes for {n_of[label]} particles"
                    )
                found[label], length = (start, whole // n_of[label]), whole
            if start + length + 4 > size:
                raise BrokenFileError(f"{path} is truncated: it has {size} bytes, {start + length + 4} are promised")
            stream.seek(start + length)
            if stream.read(4) != marker:
                raise BrokenFileError(f"{path} is damaged: block {str(label).strip()} does not end as it begins")
    return found


def _siblings(path: Path, n_files: int) -> list[Path]:
    if n_files == 1:
        return [path]
    parts = [path.with_name(f"{path.name.rpartition('.')[0]}.{i}") for i in range(n_files)]
    for part in parts:
        if not part.is_file():
            raise MissingFileError(f"{path} is one of {n_files} files, and {part} is missing")
    return parts
