"""How long volumes take, scale by scale, and what they need of the machine.

The same stream that ``cosmoloom weave`` writes is drained; its operations are counted while it runs, and after every
piece a matrix product tells what the machine gives at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from os import getloadavg
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.bench.limit import MatrixProduct
from cosmoloom.bench.operations import count_operations
from cosmoloom.bench.peak_memory import peak_memory
from cosmoloom.bench.training import PRODUCT_SIZE
from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.models import read_card
from cosmoloom.models.refiner_card import RefinerCard
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore
from cosmoloom.pipeline.multiscale.patchwise import weave_patches
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless
from cosmoloom.weaving import are_refiners, open_patch_models, open_refiners

SCATTER = 1.0
"""Of ln rho of the noise that is refined [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One scale of a volume.

    Attributes
    ----------
    n : int
        Voxels per side.
    pieces : int
        Tiles or patches it was made in.
    seconds : float
        For all of them, writing included [s].
    operations : int
        Of products and convolutions [1].
    matrix_rate : float
        Median rate of a matrix product between the pieces [operations/s].
    peak_memory : int
        The most that was held up to its end [bytes].
    """

    n: int
    pieces: int
    seconds: float
    operations: int
    matrix_rate: float
    peak_memory: int

    @property
    def nanoseconds_per_voxel(self) -> float:
        """Of this scale [ns]."""
        return 1e9 * self.seconds / self.n**3

    @property
    def share_of_limit(self) -> float:
        """Rate of the stage over that of a matrix product [1]."""
        return self.operations / self.seconds / self.matrix_rate

    def as_dict(self) -> dict[str, Any]:
        """Return all numbers by name."""
        return {
            **asdict(self), "nanoseconds_per_voxel": self.nanoseconds_per_voxel, "share_of_limit": self.share_of_limit
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WeavingReport:
    """All scales of a volume, from coarse to fine, and where they were made."""

    stages: tuple[Stage, ...]
    device: str
    threads: int
    load: float

    def as_dict(self) -> dict[str, Any]:
        """Return all numbers by name."""
        return {**asdict(self), "stages": [stage.as_dict() for stage in self.stages]}


def measure_weaving(
    names: Sequence[str],
    start_n: int,
    *,
    tile: int = 64,
    store: Path | None = None,
    device: str = "cpu",
    threads: int = 1,
    on_piece: Callable[[Landed], None] = lambda _: None,
) -> WeavingReport:
    """Refine a box of noise and measure every scale.

    Parameters
    ----------
    names : sequence of str
        Refiners, or models of patches; names or folders, from coarse to fine.
    start_n : int
        Voxels per side of the noise.
    tile : int
        Voxels per side of a refiner's tile.
    store : Path, optional
        Keep every scale there, in a new Zarr pyramid, and not in memory; refiners only.
    device : str
        Where networks compute.
    threads : int
        Of all computation on the CPU; on one the clock is that of the process, which other work hardly moves.
    on_piece : callable
        Told every piece.

    Raises
    ------
    InvalidInputError
        If refiners and models of patches are mixed, or patches should go into a store.
    """
    torch.set_num_threads(threads)
    where = torch.device(device)
    clock = process_time if where.type == "cpu" and threads == 1 else perf_counter
    noise = np.random.default_rng(0).standard_normal((start_n,) * 3, dtype=np.float32)
    start = np.exp(SCATTER * noise - 0.5 * SCATTER**2)
    stream = _stream(start, names, tile=tile, store=store, device=device)
    product = MatrixProduct(device, torch.float32, size=PRODUCT_SIZE[where.type])
    next(stream)  # the start
    stages: list[Stage] = []
    seconds, operations, pieces, rates = 0.0, 0, 0, list[float]()
    while True:
        landed: list[Landed] = []
        began = clock()
        operations += count_operations(lambda: landed.extend(_next(stream)))  # noqa: B023  called at once
        if where.type == "cuda":
            torch.cuda.synchronize()
        seconds += clock() - began
        if not landed:
            break
        (piece,) = landed
        on_piece(piece)
        pieces += 1
        rates.append(product.rate(threads, clock))
        if piece.share >= 1.0:
            stages.append(
                Stage(
                    n=piece.n, pieces=pieces, seconds=seconds, operations=operations,
                    matrix_rate=float(np.median(rates)), peak_memory=peak_memory(where),
                )
            )  # fmt: skip
            seconds, operations, pieces, rates = 0.0, 0, 0, []
    return WeavingReport(stages=tuple(stages), device=device, threads=threads, load=getloadavg()[0])


def _next(stream: Iterator[Landed]) -> list[Landed]:
    """Return the next piece, or nothing at the end."""
    piece = next(stream, None)
    return [] if piece is None else [piece]


def _stream(
    start: NDArray[np.float32], names: Sequence[str], *, tile: int, store: Path | None, device: str
) -> Iterator[Landed]:
    """Return what refines the noise."""
    if not are_refiners(names):
        if store is not None:
            raise InvalidInputError("a volume of patches is made in memory: leave the store out")
        return weave_patches(start, open_patch_models(names, device=device), seed=0)
    card = read_card(names[0])
    assert isinstance(card, RefinerCard)
    box = Box(density=start, box_size=2 * max(card.voxel_sizes) * len(start), redshift=card.default_redshift)
    opened = open_refiners(box, names, seed=0, periodic=True, tile=tile, device=device)
    if store is None:
        return weave_seamless(start, opened.refiners, opened.circumstances)
    sides = [len(start) * 2**scale for scale in range(len(names) + 1)]
    pyramid = PyramidStore(store, sides=sides, box_size=box.box_size, plan={"tile": tile}, facts={})
    return weave_seamless(start, opened.refiners, opened.circumstances, pyramid)
