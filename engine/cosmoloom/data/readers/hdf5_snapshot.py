"""HDF5 snapshots of GADGET-3/4, AREPO (Quijote, CAMELS, IllustrisTNG) and SWIFT, in one file or several.

All keep kinds of particles in ``PartType0`` to ``PartType5``.  The GADGET family measures in units of 1/h and
may state one mass for all particles of a kind; SWIFT measures without h and states its own cosmology.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cosmoloom.data.containers import reported
from cosmoloom.data.readers.snapshot import (
    PARTICLES_PER_PART,
    Part,
    ParticleSnapshot,
    known_cosmology,
    unit_length,
)
from cosmoloom.errors import BrokenFileError, MissingFileError


def is_hdf5_snapshot(path: Path) -> bool:
    """Tell whether a file is HDF5 and has a header and particles."""
    import h5py

    if not (path.is_file() and h5py.is_hdf5(path)):
        return False
    with reported(path), h5py.File(path, "r") as file:
        return "Header" in file and "NumPart_ThisFile" in file["Header"].attrs


def open_hdf5_snapshot(path: Path, *, length: float | None) -> ParticleSnapshot:
    """Read the header of a snapshot; ``length`` is its unit [Mpc/h], where it does not state one.

    Raises
    ------
    BrokenFileError
        If files and headers differ in number of particles.
    MissingFileError
        If one of several files is missing.
    """
    import h5py

    with reported(path), h5py.File(path, "r") as file:
        header = dict(file["Header"].attrs)
        facts = {name: dict(file[name].attrs) for name in ("Parameters", "Cosmology", "Units") if name in file}
    files = _siblings(path, int(_scalar(header.get("NumFilesPerSnapshot", 1))))
    found = sum(_count(part) for part in files)
    total = np.asarray(header["NumPart_Total"], dtype=np.uint64).astype(object)
    total = total + (np.asarray(header.get("NumPart_Total_HighWord", np.zeros(len(total))), dtype=np.uint64)
                     .astype(object) * 2**32)  # fmt: skip
    if found != sum(total):
        raise BrokenFileError(f"{path} promises {sum(total)} particles, its {len(files)} files hold {found}")
    swift = "Cosmology" in facts
    if swift:
        stated = facts["Cosmology"]
        cosmology = known_cosmology(Omega_m=stated.get("Omega_m"), Omega_b=stated.get("Omega_b"), h=stated.get("h"))
        if "h" not in cosmology:
            raise BrokenFileError(f"{path} is a SWIFT snapshot without a Hubble constant")
        centimetres = facts.get("Units", {}).get("Unit length in cgs (U_L)")
        unit = unit_length(path, _optional(centimetres), None) * cosmology["h"] if length is None else length
    else:
        stated = facts.get("Parameters", {}) | header
        cosmology = known_cosmology(
            Omega_m=stated.get("Omega0"), Omega_b=stated.get("OmegaBaryon"), h=stated.get("HubbleParam")
        )
        unit = unit_length(path, _optional(stated.get("UnitLength_in_cm")), length)
    return ParticleSnapshot(
        path=path,
        format="SWIFT" if swift else "GADGET HDF5",
        box_size=_side(path, header["BoxSize"]) * unit,
        redshift=_scalar(header["Redshift"]),
        n_particles=found,
        cosmology=cosmology,
        parts=lambda: (part for file in files for part in _parts(file, unit)),
    )


def _parts(path: Path, unit: float) -> Iterator[Part]:
    import h5py

    with reported(path), h5py.File(path, "r") as file:
        counts = np.asarray(file["Header"].attrs["NumPart_ThisFile"]).astype(int)
        table = np.zeros(len(counts)) + file["Header"].attrs.get("MassTable", 0.0)
        kinds = [kind for kind in range(len(counts)) if counts[kind]]
        equal = len(kinds) == 1 and table[kinds[0]] > 0
        for kind in kinds:
            group = file[f"PartType{kind}"]
            listed = group.get("Masses") if not table[kind] else None
            if not table[kind] and listed is None:
                raise BrokenFileError(f"{path} states no mass for its particles of kind {kind}")
            for start in range(0, counts[kind], PARTICLES_PER_PART):
                stop = min(start + PARTICLES_PER_PART, counts[kind])
                points = np.asarray(group["Coordinates"][start:stop] * unit, dtype=np.float32)
                if not np.isfinite(points).all():
                    raise BrokenFileError(f"{path} is damaged: it holds positions that are no numbers")
                if listed is not None:
                    yield points, np.asarray(listed[start:stop], dtype=np.float32)
                else:
                    yield points, None if equal else np.full(len(points), table[kind], dtype=np.float32)


def _count(path: Path) -> int:
    """Return the particles of one file, whose datasets must be as long as its header tells."""
    import h5py

    with reported(path), h5py.File(path, "r") as file:
        counts = [int(count) for count in file["Header"].attrs["NumPart_ThisFile"]]
        for kind, count in enumerate(counts):
            if count and file[f"PartType{kind}/Coordinates"].shape != (count, 3):
                raise BrokenFileError(f"{path} is damaged: it promises {count} particles of kind {kind}")
    return sum(counts)


def _siblings(path: Path, n_files: int) -> list[Path]:
    """Return all files of a snapshot, of which one is named as in snap_004.0.hdf5."""
    if n_files <= 1:
        return [path]
    match = re.fullmatch(r"(.*\.)\d+(\.[^.]+)", path.name)
    if match is None:
        raise MissingFileError(f"{path} is one of {n_files} files, but has no number in its name")
    parts = [path.with_name(f"{match[1]}{i}{match[2]}") for i in range(n_files)]
    for part in parts:
        if not part.is_file():
            raise MissingFileError(f"{path} is one of {n_files} files, and {part} is missing")
    return parts


def _side(path: Path, value: Any) -> float:
    sides = np.unique(np.asarray(value, dtype=float))
    if len(sides) != 1:
        raise BrokenFileError(f"{path} is no cube: its box measures {sides.tolist()}")
    return float(sides[0])


def _scalar(value: Any) -> float:
    return float(np.asarray(value).ravel()[0])


def _optional(value: Any) -> float | None:
    return None if value is None else _scalar(value)
