"""The bundled reference set: boxes of our simulator that no training has seen, in one small file.

``reference::0010@0.5`` names sub-volume 0010 at z = 0.5 for :func:`cosmoloom.open`.  Every box holds particle counts;
those that models are compared with also hold their cloud-in-cell density, as 16-bit steps of ln(rho + softening).
Integers are shuffled by bytes and compressed, each snapshot with a checksum.  A density is read as one at random
within its step, the same one each time, so that no neighbours tie and peaks stay peaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, CosmoloomError, InvalidInputError, MissingFileError

FORMAT = "cosmoloom-reference"
SOFTENING = 0.01
"""Added to rho / mean before the logarithm, so that empty voxels have one [1]."""
STEP = 0.02
"""Step of the logarithm: rho + softening is kept to 2 % [1]."""
CURVES = "curves"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceBox:
    """One box of the set, or part of one, at some redshifts.

    Attributes
    ----------
    name : str
        Its name in the set.
    counts : array, shape (n_redshifts, n, n, n), uint16
        Particles per voxel, nearest grid point.
    mean_count : float
        Particles per voxel at the cosmic mean [1].
    clouds : array of the same shape, float32, or None
        rho / cosmic mean by clouds in cells, where it is kept [1].
    redshifts : tuple of float
        From early to late [1].
    box_size : float
        Side in [Mpc/h].
    parent_size : float
        Side of the simulation that it was cut from [Mpc/h]; equal to ``box_size`` for a whole, periodic one.
    corner : tuple of int
        Its lowest voxel there.
    plan : dict
        What decides the simulation, its ``seed`` and whether it is ``mirrored`` among others.
    cosmology : Cosmology
        Of the simulation.
    """

    name: str
    counts: NDArray[np.uint16]
    mean_count: float
    clouds: NDArray[np.float32] | None
    redshifts: tuple[float, ...]
    box_size: float
    parent_size: float
    corner: tuple[int, int, int]
    plan: dict[str, Any]
    cosmology: Cosmology

    @property
    def n(self) -> int:
        """Voxels per side."""
        return int(self.counts.shape[-1])

    @property
    def periodic(self) -> bool:
        """Whether it is a whole simulation."""
        return self.parent_size == self.box_size

    @property
    def label(self) -> str:
        """Where it comes from, in two words."""
        return f"simulation {self.name}"

    def box(self, redshift: float) -> Box:
        """Return the density at a snapshot: clouds in cells where they are kept, else counts over their mean.

        Raises
        ------
        InvalidInputError
            If there is no snapshot at this redshift.
        """
        matches = [i for i, z in enumerate(self.redshifts) if abs(z - redshift) < 1e-6]
        if not matches:
            known = ", ".join(f"{z:g}" for z in self.redshifts)
            raise InvalidInputError(f"reference box {self.name} has snapshots at z = {known}, not at {redshift:g}")
        index = matches[0]
        density = self.counts[index] / np.float32(self.mean_count) if self.clouds is None else self.clouds[index]
        return Box(
            density=density, box_size=self.box_size, redshift=self.redshifts[index], periodic=self.periodic,
            label=self.label,
        )


def reference_path() -> Path:
    """Return the file that ships with the package."""
    return Path(str(files("cosmoloom.data"))) / "reference.zarr.zip"


def reference_names(path: Path | None = None) -> tuple[str, ...]:
    """Return the names of the boxes of the bundled set, or of another file of its kind."""
    with _opened(path) as group:
        return tuple(sorted(name for name in group.group_keys() if name != CURVES))


def read_reference(name: str, path: Path | None = None) -> ReferenceBox:
    """Read one box with all its snapshots.

    Raises
    ------
    InvalidInputError
        If there is no such box.
    MissingFileError, BrokenFileError
        If the file is missing or damaged.
    """
    with _opened(path) as group:
        if name == CURVES or name not in group:
            known = ", ".join(sorted(key for key in group.group_keys() if key != CURVES))
            raise InvalidInputError(f"the reference set has boxes {known}, not {name!r}; name one: reference::0010@0.5")
        box = group[name]
        facts = dict(box.attrs)
        clouds = None
        if "cic" in box:
            steps = np.asarray(box["cic"][...], dtype=np.float32)
            steps += np.random.default_rng(0).random(steps.shape, dtype=np.float32)
            clouds = np.exp(steps * np.float32(STEP) + np.float32(facts["lowest"])) - np.float32(SOFTENING)
        return ReferenceBox(
            name=name,
            counts=np.asarray(box["ngp"][...]),
            mean_count=float(facts["mean_count"]),
            clouds=None if clouds is None else clouds.clip(min=0),
            redshifts=tuple(facts["redshifts"]),
            box_size=float(facts["box_size"]),
            parent_size=float(facts["parent_size"]),
            corner=tuple(facts["corner"]),
            plan=facts["plan"],
            cosmology=Cosmology(**facts["cosmology"]),
        )


def read_curves(key: str, path: Path | None = None) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Return arrays and facts that were written as curves under a key, or None where there are none."""
    with _opened(path) as group:
        if f"{CURVES}/{key}" not in group:
            return None
        node = group[f"{CURVES}/{key}"]
        return {name: np.asarray(array[...]) for name, array in node.arrays()}, dict(node.attrs)


def write_reference(
    path: Path,
    boxes: Sequence[ReferenceBox],
    curves: dict[str, tuple[dict[str, NDArray[Any]], dict[str, Any]]],
) -> None:
    """Write a reference set, whole or not at all.

    Parameters
    ----------
    path : Path
        A name ending in .zarr.zip.
    boxes : sequence of ReferenceBox
        Densities are rounded to steps of 2 %.
    curves : dict
        Arrays and facts by key, kept as they are.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    import zarr
    from zarr.codecs import BloscCodec, Crc32cCodec
    from zarr.storage import ZipStore

    codecs = [BloscCodec(cname="zstd", clevel=9, shuffle="shuffle"), Crc32cCodec()]

    def put(node: Any, name: str, values: NDArray[Any], chunks: tuple[int, ...]) -> None:
        node.create_array(name, shape=values.shape, dtype=values.dtype, chunks=chunks, compressors=codecs)[...] = values

    with atomic_path(path) as draft, ZipStore(draft, mode="w") as store:  # what is in a zip is written once
        root = zarr.create_group(store, attributes={"format": FORMAT, "version": 1})
        for box in boxes:
            logarithm = None if box.clouds is None else np.log(box.clouds.astype(np.float64) + SOFTENING)
            lowest = None if logarithm is None else float(logarithm.min())
            node = root.create_group(
                box.name,
                attributes={
                    "box_size": box.box_size, "parent_size": box.parent_size, "corner": list(box.corner),
                    "redshifts": list(box.redshifts), "mean_count": box.mean_count, "plan": box.plan,
                    "cosmology": box.cosmology.as_dict(), "lowest": lowest,
                },
            )  # fmt: skip
            put(node, "ngp", box.counts.astype(np.uint16), (1, *box.counts.shape[1:]))
            if logarithm is not None:
                steps = ((logarithm - lowest) / STEP).astype(np.uint16)
                put(node, "cic", steps, (1, *steps.shape[1:]))
        for key, (arrays, facts) in curves.items():
            node = root.create_group(f"{CURVES}/{key}", attributes=facts)
            for name, values in arrays.items():
                put(node, name, values, values.shape)


@contextmanager
def _opened(path: Path | None) -> Iterator[Any]:
    import zarr
    from zarr.storage import ZipStore

    path = reference_path() if path is None else path
    if not path.is_file():
        raise MissingFileError(f"no reference set at {path}; install cosmoloom again")
    try:
        with ZipStore(path, mode="r") as store:
            group = zarr.open_group(store, mode="r")
            if group.attrs.get("format") != FORMAT:
                raise BrokenFileError(f"{path} is no reference set")
            yield group
    except CosmoloomError:
        raise
    except Exception as error:  # codecs, JSON and zip each raise their own kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BrokenFileError(f"{path} is damaged ({reason}); install cosmoloom again") from error
