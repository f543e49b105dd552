"""Measured curves of convergence on disk; those of the package lie beside this file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from cosmoloom.data.atomic import atomic_path
from cosmoloom.simulate.convergence import Curve

BUNDLED = Path(str(files("cosmoloom.simulate"))) / "convergence.json"
"""What examples/validate_simulations.py measured: docs/validation.md shows it."""


def write_curves(path: Path, curves: Sequence[Curve]) -> None:
    """Write curves as JSON, to four digits."""
    rows = [
        {
            "choice": curve.choice, "spacing": curve.spacing, "redshifts": list(curve.redshifts),
            "k": [round(float(k), 5) for k in curve.k],
            "ratio": [[None if np.isnan(r) else round(float(r), 4) for r in row] for row in curve.ratio],
        }
        for curve in curves
    ]  # fmt: skip
    with atomic_path(path) as draft:
        lines = ",\n".join(json.dumps(row) for row in rows)
        draft.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read_curves(path: Path) -> list[Curve]:
    """Read curves from JSON; none where there is no file."""
    if not path.is_file():
        return []
    return [
        Curve(
            choice=row["choice"], spacing=row["spacing"], redshifts=tuple(row["redshifts"]),
            k=np.array(row["k"]), ratio=np.array(row["ratio"], dtype=np.float64),
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]  # fmt: skip


@lru_cache(maxsize=1)
def bundled_curves() -> dict[tuple[str, float], Curve]:
    """Return the curves of the package by choice and distance of particles [Mpc/h]."""
    return {(curve.choice, curve.spacing): curve for curve in read_curves(BUNDLED)}
