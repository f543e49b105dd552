"""The seamless way: any region of a refined volume alone, bit for bit that part of the whole.

A volume is computed in tiles that always begin at multiples of their side and always have the same shape, so the
arithmetic is the same whoever asks for what.  Each tile reads the coarse field and the noise with a margin as wide
as the network looks, so faces of tiles are like any other place.

Refinements can be stacked: a region of the finest scale asks the scale below for a slightly larger one, and so on
down to the coarse box.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.multiscale.field import Field, NoiseField, read_beyond
from cosmoloom.pipeline.multiscale.noise import Place

TILE = 64
"""Voxels per side of a tile; 64 keep the network's features within some 30 MB at 32 channels."""
KEPT = 8
"""Tiles that are kept for neighbouring regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides a seamless volume, besides the coarse box and the networks.

    Attributes
    ----------
    seed : int
        Of all noise, 0 or above.
    growth : float
        Linear growth factor D(z) [1].
    box_size : float
        Side of the whole volume in [Mpc/h].
    periodic : bool
        Whether opposite faces meet; else the volume goes on as its mirror image, for the networks' margins.
    tile : int
        Voxels per side of a tile, even.  Results of different tiles agree to rounding, of equal ones exactly.
    """

    seed: int
    growth: float
    box_size: float
    periodic: bool
    tile: int = TILE


class RefinedField:
    """A coarse field with its grid doubled, computed where it is read.

    Parameters
    ----------
    refiner : SeamlessRefiner
        In evaluation mode, on any device.
    below : Field
        The coarse field, rho / mean.
    scale : int
        Which refinement this is, from 1: a key of the noise.
    circumstances : Circumstances
        Everything else.
    noise : Field, optional
        White noise on the fine grid; by default that of the seed.
    """

    def __init__(
        self, refiner: SeamlessRefiner, below: Field, *, scale: int, circumstances: Circumstances,
        noise: Field | None = None,
    ) -> None:
        self.refiner, self.below, self.circumstances = refiner, below, circumstances
        self.n = 2 * below.n
        self.tile = min(circumstances.tile, self.n)
        self._noise = NoiseField(self.n, circumstances.seed, scale) if noise is None else noise
        self._kept: OrderedDict[Place, NDArray[np.float32]] = OrderedDict()

    def read(self, corner: Place, shape: Place) -> NDArray[np.float32]:
        """Return a region that lies within the volume."""
        region = np.empty(shape, dtype=np.float32)
        ranges = [
            range(start // self.tile, -(-(start + side) // self.tile))
            for start, side in zip(corner, shape, strict=True)
        ]
        for x, y, z in product(*ranges):
            self._paste((x, y, z), corner, region)
        return region

    def tiles(self) -> Iterator[Place]:
        """Yield the indices of all tiles, the last axis fastest."""
        yield from product(range(-(-self.n // self.tile)), repeat=3)

    def compute(self, index: Place) -> NDArray[np.float32]:
        """Compute a tile; at the far faces, what belongs to the volume of it."""
        x, y, z = (i * self.tile for i in index)
        density = self._whole_tile((x, y, z))
        return density[: self.n - x, : self.n - y, : self.n - z]

    def _paste(self, index: Place, corner: Place, region: NDArray[np.float32]) -> None:
        """Write what a tile has of a region into it."""
        if index not in self._kept:
            self._kept[index] = self.compute(index)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(index)
        density = self._kept[index]
        source, target = [], []
        for i, start, side, length in zip(index, corner, region.shape, density.shape, strict=True):
            first = i * self.tile
            low, high = max(first, start), min(first + length, start + side)
            source.append(slice(low - first, high - first))
            target.append(slice(low - start, high - start))
        region[tuple(target)] = density[tuple(source)]

    @torch.inference_mode()
    def _whole_tile(self, corner: Place) -> NDArray[np.float32]:
        """Run the network for the tile that begins at a voxel."""
        given, h = self.circumstances, self.refiner.halo
        x, y, z = (start // 2 - h for start in corner)
        side = self.tile // 2 + 2 * h
        device = self.refiner.last.weight.device
        density, noise = (
            torch.from_numpy(read_beyond(field, at, (length,) * 3, periodic=given.periodic)).to(device)[None]
            for field, at, length in [
                (self.below, (x, y, z), side), (self._noise, (2 * x, 2 * y, 2 * z), 2 * side)
            ]
        )  # fmt: skip
        growth = torch.tensor([given.growth], device=device)
        voxel_size = torch.tensor([given.box_size / self.below.n], device=device)
        return self.refiner(density, noise, growth, voxel_size)[0].cpu().numpy()
