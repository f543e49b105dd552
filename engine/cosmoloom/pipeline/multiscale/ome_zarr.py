"""Volumes larger than memory: a chunked pyramid on disk, in density, that any OME-Zarr viewer opens lazily.

The finest scale is the array ``density``, which :func:`cosmoloom.open` reads; ``coarser_2``, ``coarser_4``, ... are
those it was refined from, so every coarser one is the block mean of the next.  One tile is one chunk and one file,
written whole or not at all, with a checksum.  While it is made, the store has ``.partial`` behind its name; the same
plan goes on where it was interrupted, another one is refused.

References
----------
OME-Zarr 0.5, https://ngff.openmicroscopy.org/0.5/.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cosmoloom.data.resumable import ResumableGroup, has_chunk
from cosmoloom.errors import BrokenFileError, MissingFileError
from cosmoloom.pipeline.multiscale.noise import Place

FINEST = "density"


class PyramidStore:
    """A pyramid in the making; the storage of :func:`cosmoloom.pipeline.multiscale.weave_seamless`.

    Parameters
    ----------
    path : str or Path
        Where the finished store shall appear; its name ends in .zarr.
    sides : sequence of int
        Voxels per side of each scale, from coarse to fine; each is twice the one before.
    box_size : float
        Side of the volume in [Mpc/h].
    plan : mapping
        All that decides the voxels, as plain values: what was begun by another plan is refused.
    facts : mapping
        What else a reader should know, kept beside the plan.

    Raises
    ------
    InvalidInputError
        If the name has another ending, or was begun by another plan.
    UnwritableError
        If there is something of that name, or the folder cannot be written.
    """

    def __init__(
        self, path: str | Path, *, sides: list[int], box_size: float, plan: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> None:
        self.path, self._sides, self._box_size = Path(path), sides, box_size
        self._group = ResumableGroup(
            path,
            plan={"sides": sides, "box_size": box_size, **plan},
            attributes={**facts, "box_size": box_size, "ome": self._ome()},
        )
        self._levels: dict[int, Any] = {}

    @property
    def draft(self) -> Path:
        """Where it is kept until it is finished."""
        return self._group.draft

    def level(self, scale: int, n: int, tile: int) -> Any:
        """Return the array of a scale, made if it is not there."""
        if scale not in self._levels:
            self._levels[scale] = self._group.array(
                self._name(scale), shape=(n,) * 3, chunks=(tile,) * 3, dimensions=("x", "y", "z")
            )
        return self._levels[scale]

    def has(self, scale: int, index: Place) -> bool:
        """Whether a tile was written, and is sound."""
        return has_chunk(self._levels[scale], index)

    def finish(self) -> None:
        """Give the store its name, once every tile is there."""
        self._group.finish()

    def _name(self, scale: int) -> str:
        factor = self._sides[-1] // self._sides[scale]
        return FINEST if factor == 1 else f"coarser_{factor}"

    def _ome(self) -> dict[str, Any]:
        """Return the attributes of the format; coordinates are of voxel centres in [Mpc/h], which it cannot name."""
        datasets = []
        for scale in reversed(range(len(self._sides))):
            voxel_size = self._box_size / self._sides[scale]
            transformations = [
                {"type": "scale", "scale": [voxel_size] * 3},
                {"type": "translation", "translation": [voxel_size / 2] * 3},
            ]
            datasets.append({"path": self._name(scale), "coordinateTransformations": transformations})
        axes = [{"name": name, "type": "space"} for name in ("x", "y", "z")]
        return {
            "version": "0.5",
            "multiscales": [{"name": FINEST, "type": "block mean", "axes": axes, "datasets": datasets}],
        }


def open_pyramid(path: str | Path) -> tuple[list[Any], dict[str, Any]]:
    """Open a pyramid without reading it.

    Parameters
    ----------
    path : str or Path
        A finished store.

    Returns
    -------
    list of zarr.Array
        rho / mean from the finest scale to the coarsest: what napari takes as a multiscale image.
    dict
        Its facts: ``box_size`` [Mpc/h], ``redshift``, ...

    Raises
    ------
    MissingFileError
        If there is no such folder.
    BrokenFileError
        If it is no pyramid.
    """
    import zarr

    path = Path(path)
    if not path.is_dir():
        raise MissingFileError(f"no pyramid at {path}; make one with: cosmoloom weave")
    try:
        group = zarr.open_group(path, mode="r")
        facts: dict[str, Any] = dict(group.attrs)
        datasets = facts["ome"]["multiscales"][0]["datasets"]
        return [group[dataset["path"]] for dataset in datasets], facts
    except Exception as error:  # JSON, codecs and zarr each raise their own kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BrokenFileError(f"{path} is no readable pyramid: {reason}") from error
