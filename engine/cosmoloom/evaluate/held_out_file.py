"""Held-out simulations as one safetensors file with its metadata inside.

Fields are stored as 16-bit steps of ln(rho + 0.01), uniform between the lowest and the highest value, which
keeps rho + 0.01 to 0.01 % at half the size of single precision.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError
from cosmoloom.evaluate.reference import HeldOut, ReferenceStatistics
from cosmoloom.evaluate.samples import SampleStatistics

FORMAT = "cosmoloom-held-out"
SOFTENING = 0.01
STEPS = 2**16 - 1
_SHARED = ("k", "n_modes", "mass_edges", "peak_edges")
_PER_SNAPSHOT = ("power", "mass", "peaks", "mean_density")


def save_held_out(held_out: HeldOut, path: str | Path) -> None:
    """Write held-out simulations, whole or not at all.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    from safetensors.numpy import save_file

    snapshots = list(held_out.statistics.snapshots.values())
    logarithm = np.log(held_out.densities.astype(np.float64) + SOFTENING)
    lowest, highest = float(logarithm.min()), float(logarithm.max())
    step = max(highest - lowest, 1e-12) / STEPS
    arrays: dict[str, NDArray[Any]] = {name: getattr(snapshots[0], name) for name in _SHARED}
    arrays |= {
        name: np.stack([getattr(snapshot, name) for snapshot in snapshots]).astype(np.float32)
        for name in _PER_SNAPSHOT
    }
    arrays["fields"] = np.rint((logarithm - lowest) / step).astype(np.uint16)
    metadata = {
        "format": FORMAT,
        "version": 1,
        "redshifts": list(held_out.statistics.redshifts),
        "n_boxes": held_out.statistics.n_boxes,
        "cosmology": held_out.statistics.cosmology.as_dict(),
        "box_size": held_out.box_size,
        "labels": list(held_out.labels),
        "fields": {"lowest": lowest, "step": step, "softening": SOFTENING},
        "units": {
            "box_size": "Mpc/h",
            "k": "h/Mpc",
            "power": "(Mpc/h)^3",
            "edges": "log10(rho / mean)",
            "fields": "steps from lowest of ln(rho / mean + softening)",
        },
        "facts": held_out.facts,
    }
    with atomic_path(path) as draft:
        save_file(arrays, draft, metadata={"cosmoloom": json.dumps(metadata)})


def load_held_out(path: str | Path) -> HeldOut:
    """Read what :func:`save_held_out` wrote.

    Raises
    ------
    MissingFileError
        If there is no such file.
    BrokenFileError
        If it is truncated, damaged or of another kind.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"no held-out simulations at {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = json.loads((file.metadata() or {}).get("cosmoloom", "{}"))
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  a file is no mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise BrokenFileError(f"{path} is damaged or no safetensors file: {error}") from error
    if metadata.get("format") != FORMAT:
        raise BrokenFileError(f"{path} holds no held-out simulations")
    try:
        return _held_out(metadata, arrays)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BrokenFileError(f"{path} lacks a part of the held-out simulations: {error!r}") from error


def _held_out(metadata: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> HeldOut:
    shared = {name: arrays[name] for name in _SHARED}
    snapshots = {
        float(redshift): SampleStatistics(
            **shared, **{name: arrays[name][i].astype(np.float64) for name in _PER_SNAPSHOT}
        )
        for i, redshift in enumerate(metadata["redshifts"])
    }
    coding = metadata["fields"]
    values = np.exp(arrays["fields"] * np.float32(coding["step"]) + np.float32(coding["lowest"]))
    cosmology = Cosmology(**metadata["cosmology"])
    return HeldOut(
        statistics=ReferenceStatistics(snapshots, cosmology, int(metadata["n_boxes"])),
        densities=np.maximum(values - np.float32(coding["softening"]), 0).astype(np.float32),
        box_size=float(metadata["box_size"]),
        labels=tuple(metadata["labels"]),
        facts=metadata["facts"],
    )
