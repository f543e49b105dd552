"""Snapshots of FastPM and MP-Gadget in the format bigfile: a folder of columns, with attributes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cosmoloom.data.containers import reported
from cosmoloom.data.readers.extras import require_extra
from cosmoloom.data.readers.snapshot import (
    PARTICLES_PER_PART,
    Part,
    ParticleSnapshot,
    known_cosmology,
    unit_length,
)
from cosmoloom.errors import BrokenFileError


def is_bigfile(path: Path) -> bool:
    """Tell whether a folder is a bigfile with a header."""
    return (path / "Header" / "attr-v2").is_file() or (path / "Header" / "header").is_file()


def open_bigfile(path: Path, *, length: float | None) -> ParticleSnapshot:
    """Read the header of a snapshot; ``length`` is its unit [Mpc/h], where it does not state one."""
    bigfile = require_extra("bigfile", extra="bigfile", path=path)
    with reported(path), bigfile.File(str(path)) as file:
        facts = dict(file["Header"].attrs)
        masses = np.ravel(facts.get("MassTable", np.zeros(6)))
        counts = {
            kind: int(file[f"{kind}/Position"].size)
            for kind in range(len(masses))
            if f"{kind}/Position" in file.blocks
        }
        stated = sum(int(count) for count in np.ravel(facts["TotNumPart"]))
        if stated != sum(counts.values()):
            raise BrokenFileError(f"{path} promises {stated} particles, its columns hold {sum(counts.values())}")
        unit = unit_length(path, _number(facts, "UnitLength_in_cm"), length)
        a = _number(facts, "ScalingFactor", "Time")
        side = _number(facts, "BoxSize")
        if not a or side is None:
            raise BrokenFileError(f"{path} states no box size or no scale factor")
        return ParticleSnapshot(
            path=path,
            format="bigfile",
            box_size=side * unit,
            redshift=1.0 / a - 1.0,
            n_particles=stated,
            cosmology=known_cosmology(
                Omega_m=_number(facts, "Omega0", "OmegaM"), Omega_b=_number(facts, "OmegaBaryon"),
                h=_number(facts, "HubbleParam"),
            ),
            parts=lambda: _parts(bigfile, path, counts, masses, unit),
        )


def _parts(bigfile: Any, path: Path, counts: dict[int, int], masses: Any, unit: float) -> Iterator[Part]:
    with reported(path), bigfile.File(str(path)) as file:
        for kind, count in counts.items():
            listed = file[f"{kind}/Mass"] if f"{kind}/Mass" in file.blocks and not masses[kind] else None
            if listed is None and len(counts) > 1 and not masses[kind]:
                raise BrokenFileError(f"{path} states no mass for its particles of kind {kind}")
            for start in range(0, count, PARTICLES_PER_PART):
                window = slice(start, min(start + PARTICLES_PER_PART, count))
                points = np.asarray(file[f"{kind}/Position"][window] * unit, dtype=np.float32)
                if listed is not None:
                    yield points, np.asarray(listed[window], dtype=np.float32).ravel()
                else:
                    yield points, None if len(counts) == 1 else np.full(len(points), masses[kind], dtype=np.float32)


def _number(facts: dict[str, Any], *names: str) -> float | None:
    """Return the first of these attributes that is there; the two codes name some differently."""
    return next((float(np.ravel(facts[name])[0]) for name in names if name in facts), None)
