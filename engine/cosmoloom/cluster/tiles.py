"""A seamless volume, tile by tile, on many workers: a tile needs nothing but the scale below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.cluster.workers import one_at_a_time, share
from cosmoloom.data.resumable import has_chunk
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.refiners import load_refiner
from cosmoloom.pipeline.multiscale.field import ArrayField
from cosmoloom.pipeline.multiscale.noise import Place
from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore
from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField

if TYPE_CHECKING:
    from distributed import Client

    from cosmoloom.nets.seamless import SeamlessRefiner



@dataclass(frozen=True, slots=True, kw_only=True)
class _Refine:
    """One tile, and where it goes."""

    refiner: str
    weights_sha256: str
    device: str
    circumstances: Circumstances
    scale: int
    index: Place
    folder: str
    coarse: str
    fine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a scale is.

    Attributes
    ----------
    scale : int
        Which one, 1 for the first refinement.
    n : int
        Voxels per side of the scale.
    share : float
        How much of it is done, in [0, 1].
    """

    scale: int
    n: int
    share: float


def weave_on_workers(
    client: Client,
    start: NDArray[np.float32],
    refiners: Sequence[tuple[str, str]],
    circumstances: Circumstances,
    store: PyramidStore,
    *,
    device: str = "cpu",
) -> Iterator[Progress]:
    """Double the grid of a coarse volume as often as there are refiners, scale after scale.

    The bytes are those of :func:`cosmoloom.pipeline.multiscale.weave_seamless.weave_seamless`.

    Parameters
    ----------
    client : Client
        Of :func:`cosmoloom.cluster.workers.open_workers`.
    start : array, shape (n, n, n), float32
        rho / mean.
    refiners : sequence of (str, str)
        Name or folder that workers know, and checksum of the weights, from coarse to fine.
    circumstances : Circumstances
        Seed, growth factor, size, faces, tiles.
    store : PyramidStore
        Where the scales are kept, on a file system that workers see.
    device : str
        Where workers compute.

    Yields
    ------
    Progress
        Whenever a tile has landed.
    """
    n = start.shape[0]
    below = store.level(0, n, n)
    if not store.has(0, (0, 0, 0)):
        below[...] = start
    for scale, (folder, checksum) in enumerate(refiners, start=1):
        n *= 2
        tile = min(circumstances.tile, n)
        level = store.level(scale, n, tile)
        tiles = list(np.ndindex(*(-(-n // tile),) * 3))
        sketch = _Refine(
            refiner=folder, weights_sha256=checksum, device=device, circumstances=circumstances, scale=scale,
            index=(0, 0, 0), folder=str(store.draft.resolve()), coarse=below.path, fine=level.path,
        )  # fmt: skip
        jobs = [replace(sketch, index=(x, y, z)) for x, y, z in tiles if not store.has(scale, (x, y, z))]
        done = len(tiles) - len(jobs)
        yield Progress(scale=scale, n=n, share=done / len(tiles))
        for _ in share(client, _refine, jobs):
            done += 1
            yield Progress(scale=scale, n=n, share=done / len(tiles))
        below = level


def _refine(job: _Refine) -> None:
    """Compute one tile into its chunk, unless it is there: the work of a worker."""
    import zarr

    group: Any = zarr.open_group(job.folder, mode="r+")
    fine = group[job.fine]
    if has_chunk(fine, job.index):
        return
    with one_at_a_time:
        refiner = _loaded(job.refiner, job.weights_sha256, job.device)
        field = RefinedField(
            refiner, ArrayField(group[job.coarse]), scale=job.scale, circumstances=job.circumstances
        )
        density = field.compute(job.index)
    corner = [i * field.tile for i in job.index]
    fine[tuple(slice(at, at + side) for at, side in zip(corner, density.shape, strict=True))] = density


@lru_cache(maxsize=4)
def _loaded(folder: str, weights_sha256: str, device: str) -> SeamlessRefiner:
    refiner, card = load_refiner(folder)
    if card.weights_sha256 != weights_sha256:
        raise InvalidInputError(f"a worker has other weights in {folder}; give all workers one version")
    return refiner.to(device)
