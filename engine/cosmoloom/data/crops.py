"""Training volumes: random periodic crops of whole boxes, the same volume at several redshifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.store import SimulationStore
from cosmoloom.data.symmetries import SYMMETRIES, turn
from cosmoloom.errors import InvalidInputError


class Crops:
    """Whole boxes in memory, and random volumes cut from them.

    Parameters
    ----------
    store : SimulationStore
        Where the boxes lie.
    names : sequence of str
        Which to read.
    redshifts : sequence of float
        Which snapshots to read.
    coarsen : int
        Average this many voxels along each axis into one.
    on_box : callable, optional
        Called with (boxes read, boxes in all).

    Attributes
    ----------
    redshifts : tuple of float
        Of the stored fields [1].
    n : int
        Voxels per side of a whole box.
    voxel_size : float
        Side of a voxel in [Mpc/h].
    """

    def __init__(
        self,
        store: SimulationStore,
        names: Sequence[str],
        *,
        redshifts: Sequence[float],
        coarsen: int = 1,
        on_box: Callable[[int, int], None] | None = None,
    ) -> None:
        if not names:
            raise InvalidInputError(f"no simulation to train on in {store.path}; add some with cosmoloom simulate")
        simulations = [store[name] for name in names]
        sizes = {(s.n, s.box_size, s.cosmology) for s in simulations}
        if len(sizes) > 1:
            raise InvalidInputError("all simulations of one training need the same grid, box size and cosmology")
        self.cosmology = simulations[0].cosmology
        self.redshifts = tuple(redshifts)
        self.n = simulations[0].n // coarsen
        self.voxel_size = simulations[0].box_size / simulations[0].n * coarsen
        self._boxes: list[NDArray[np.float32]] = []
        for done, simulation in enumerate(simulations, start=1):
            fields = [block_average(simulation.density(z), coarsen) for z in self.redshifts]
            self._boxes.append(np.stack(fields))
            if on_box is not None:
                on_box(done, len(simulations))

    def fields(self, redshift_index: int) -> list[NDArray[np.float32]]:
        """Return the whole boxes at one redshift, each rho / mean of shape (m, m, m)."""
        return [box[redshift_index] for box in self._boxes]

    def draw(
        self, rng: np.random.Generator, redshift_indices: NDArray[np.int64], *, n: int
    ) -> NDArray[np.float32]:
        """Cut random volumes.

        Parameters
        ----------
        rng : numpy Generator
            Draws box, corner and symmetry.
        redshift_indices : array, shape (b, s)
            Which redshifts to return of each volume.
        n : int
            Voxels per side.

        Returns
        -------
        array, shape (b, s, n, n, n), float32
            rho / mean, C-contiguous.
        """
        volumes = np.empty((*redshift_indices.shape, n, n, n), dtype=np.float32)
        for target, wanted in zip(volumes, redshift_indices, strict=True):
            box = self._boxes[rng.integers(len(self._boxes))]
            size = box.shape[-1]
            x, y, z = (np.arange(corner, corner + n) % size for corner in rng.integers(size, size=3))
            symmetry = int(rng.integers(len(SYMMETRIES)))
            for slot, index in enumerate(wanted):
                target[slot] = turn(box[index][np.ix_(x, y, z)], symmetry)
        return volumes


def block_average(field: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Average blocks of factor^3 voxels of a cube, in density, so that mass is conserved."""
    if factor == 1:
        return field
    if field.shape[-1] % factor:
        raise InvalidInputError(f"a grid of {field.shape[-1]} voxels per side cannot be averaged by {factor}")
    m = field.shape[-1] // factor
    blocks = field.reshape(m, factor, m, factor, m, factor)
    return np.asarray(blocks.mean(axis=(1, 3, 5), dtype=np.float64), dtype=np.float32)
