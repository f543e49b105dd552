"""Particle files of AbacusSummit (ASDF): a file, or a folder of them, with positions packed into 20 bits.

Three integers of a particle hold its position in the upper 20 bits, in units of a millionth of the box and
counted from its centre, and its velocity in the lower 12.  Released files are compressed in a way that the
library abacusutils undoes.

References
----------
Maksimova et al. (2021), MNRAS 508, 4017; data model of AbacusSummit, "RVint".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cosmoloom.data.containers import reported
from cosmoloom.data.readers.extras import require_extra
from cosmoloom.data.readers.snapshot import PARTICLES_PER_PART, Part, ParticleSnapshot, known_cosmology
from cosmoloom.errors import BrokenFileError


def is_abacus(path: Path) -> bool:
    """Tell whether this is an ASDF file or a folder of such."""
    return path.suffix == ".asdf" or (path.is_dir() and any(path.glob("*.asdf")))


def open_abacus(path: Path) -> ParticleSnapshot:
    """Read the headers of all files, which must agree in box and redshift."""
    asdf = require_extra("asdf", extra="abacus", path=path)
    files = sorted(path.glob("*.asdf")) if path.is_dir() else [path]
    n_particles, headers = 0, []
    for part in files:
        with reported(part), asdf.open(part, memmap=True) as tree:
            headers.append(dict(tree["header"]))
            n_particles += len(_column(part, tree))
    header = headers[0]
    if len({(float(other["BoxSize"]), float(other["Redshift"])) for other in headers}) > 1:
        raise BrokenFileError(f"{path} holds files of several boxes or redshifts")
    h = float(header.get("H0", 0.0)) / 100.0
    physical = float(header.get("omega_b", 0.0))
    return ParticleSnapshot(
        path=path,
        format="Abacus",
        box_size=float(header["BoxSize"]),
        redshift=float(header["Redshift"]),
        n_particles=n_particles,
        cosmology=known_cosmology(
            Omega_m=header.get("Omega_M"), Omega_b=physical / h**2 if h else None, h=h, n_s=header.get("n_s")
        ),
        parts=lambda: (part for file in files for part in _parts(asdf, file, float(header["BoxSize"]))),
    )


def _parts(asdf: Any, path: Path, box_size: float) -> Iterator[Part]:
    with reported(path), asdf.open(path, memmap=True) as tree:
        column = _column(path, tree)
        for start in range(0, len(column), PARTICLES_PER_PART):
            packed = np.asarray(column[start : start + PARTICLES_PER_PART])
            yield ((packed >> 12) * (box_size / 1e6)).astype(np.float32), None


def _column(path: Path, tree: Any) -> Any:
    column = tree["data"].get("rvint")
    if column is None or column.ndim != 2 or column.shape[1] != 3 or column.dtype != np.int32:
        raise BrokenFileError(f"{path} holds no packed positions (rvint); halo catalogues are no snapshots")
    return column
