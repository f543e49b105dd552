"""Training fields: random periodic crops of whole boxes or of their slabs, the same volume at several redshifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.projections import all_slabs, depth_of
from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.smoothing import Smoothing
from cosmoloom.data.store import SimulationStore
from cosmoloom.data.symmetries import SYMMETRIES
from cosmoloom.errors import InvalidInputError


class Crops:
    """Whole boxes in memory, and random volumes or maps cut from them.

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
    smoothing : Smoothing, optional
        Smooth the averaged field before it is cut; its stride makes voxels larger.
    thickness : float, optional
        Depth in [Mpc/h] of slabs whose mean density along x, y or z makes maps; without it, crops are volumes.
    on_box : callable, optional
        Called with (boxes read, boxes in all).

    Attributes
    ----------
    redshifts : tuple of float
        Of the stored fields [1].
    dimensions : int
        3, or 2 for maps.
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
        smoothing: Smoothing | None = None,
        thickness: float | None = None,
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
        self.dimensions = 3 if thickness is None else 2
        larger = coarsen * (1 if smoothing is None else smoothing.stride)
        self.n = simulations[0].n // larger
        self.voxel_size = simulations[0].box_size / simulations[0].n * larger
        self._wholes: list[NDArray[np.float32]] = []
        for done, simulation in enumerate(simulations, start=1):
            averaged = (block_mean(simulation.density(z), coarsen) for z in self.redshifts)
            fields = np.stack([field if smoothing is None else smoothing(field) for field in averaged])
            if thickness is None:
                self._wholes.append(fields)
            else:
                self._wholes.extend(all_slabs(fields, depth_of(thickness, self.n, self.voxel_size)))
            if on_box is not None:
                on_box(done, len(simulations))

    def fields(self, redshift_index: int) -> list[NDArray[np.float32]]:
        """Return the whole boxes or slabs at one redshift, rho / mean of shape (m, m, m) or (m, m) each."""
        return [whole[redshift_index] for whole in self._wholes]

    def draw(
        self, rng: np.random.Generator, redshift_indices: NDArray[np.int64], *, n: int
    ) -> NDArray[np.float32]:
        """Cut random volumes or maps.

        Parameters
        ----------
        rng : numpy Generator
            Draws box or slab, corner, and one of the 48 symmetries of the cube, or 8 of the square.
        redshift_indices : array, shape (b, s)
            Which redshifts to return of each volume.
        n : int
            Voxels per side.

        Returns
        -------
        array, shape (b, s, n, n, n), or (b, s, n, n) for maps, float32
            rho / mean, C-contiguous.

        Raises
        ------
        InvalidInputError
            If crops are larger than the boxes.
        """
        if n > self.n:
            raise InvalidInputError(f"crops of {n} voxels per side do not fit into boxes of {self.n}; make n smaller")
        from cosmoloom.data.crop_compiled import gather_all, places

        symmetries = SYMMETRIES[self.dimensions]
        crops = np.empty((*redshift_indices.shape, n**self.dimensions), dtype=np.float32)
        cuts = []
        for target, wanted in zip(crops, redshift_indices, strict=True):
            whole = self._wholes[rng.integers(len(self._wholes))]
            corners = rng.integers(self.n, size=self.dimensions)
            where = places(corners, symmetries[rng.integers(len(symmetries))], n=n, size=self.n)
            cuts += [(whole[index].reshape(-1), *where, target[slot]) for slot, index in enumerate(wanted)]
        gather_all(cuts)
        return crops.reshape(*redshift_indices.shape, *(n,) * self.dimensions)
