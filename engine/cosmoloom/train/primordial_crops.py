"""Training fields beside the initial conditions that they grew from."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.data.paint import paint
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.pipeline.linear_power import LinearPower
from cosmoloom.simulate.fourier import wavenumbers
from cosmoloom.simulate.initial_conditions import displacements
from cosmoloom.simulate.initial_modes import initial_modes

Fields = NDArray[np.float32]


class PrimordialCrops(Crops):
    """Whole boxes in memory, and what Lagrangian theory makes of their own initial conditions.

    Displacements are made as :class:`cosmoloom.pipeline.lagrangian.Lagrangian` makes them of a latent: to second
    order from waves longer than the split, to first order from all waves that the voxels know.

    Parameters
    ----------
    store : SimulationStore
        Where the boxes lie; their plans are stored with them.
    names : sequence of str
        Which to read.
    redshifts : sequence of float
        Which snapshots to read.
    coarsen : int
        Average this many voxels along each axis into one.
    k_split : float
        Waves below it displace to second order [h/Mpc].

    Raises
    ------
    InvalidInputError
        If a simulation was ingested, so that its initial conditions are not known.
    """

    def __init__(
        self, store: SimulationStore, names: Sequence[str], *, redshifts: Sequence[float], coarsen: int = 1,
        k_split: float,
    ) -> None:
        super().__init__(store, names, redshifts=redshifts, coarsen=coarsen)
        box_size = self.n * self.voxel_size
        power = LinearPower.of(self.cosmology, k_min=1.8 * pi / box_size, k_max=2 * pi / self.voxel_size)
        for place, name in enumerate(names):
            origins = self._origins(store[name], power, k_split)
            self._wholes[place] = np.concatenate([self._wholes[place], origins])

    def draw_with_origins(
        self, rng: np.random.Generator, redshift_indices: NDArray[np.int64], *, n: int
    ) -> tuple[Fields, Fields, Fields, Fields]:
        """Cut random volumes, and what is known of the same places without gravity's last word.

        Parameters
        ----------
        rng : numpy Generator
            As for :meth:`draw`.
        redshift_indices : array, shape (b, s)
            Which redshifts to return of each volume.
        n : int
            Voxels per side.

        Returns
        -------
        density, displaced : array, shape (b, s, n, n, n), float32
            rho / mean of the simulation, and of matter moved by Lagrangian displacements alone.
        linear, white : array, shape (b, n, n, n), float32
            Linear overdensity at z = 0 [1], and the same with equal power at all waves, of variance 1.
        """
        count = len(self.redshifts)
        still = np.tile([2 * count, 2 * count + 1], (len(redshift_indices), 1))
        columns = np.concatenate([redshift_indices, count + redshift_indices, still], axis=1)
        fields = self.draw(rng, columns, n=n)
        s = redshift_indices.shape[1]
        return fields[:, :s], fields[:, s : 2 * s], fields[:, 2 * s], fields[:, 2 * s + 1]

    def displaced_fields(self, redshift_index: int) -> list[Fields]:
        """Return the whole boxes of displaced matter at one redshift, each rho / mean of shape (m, m, m)."""
        return self.fields(len(self.redshifts) + redshift_index)

    def linear_fields(self) -> list[Fields]:
        """Return the linear overdensity of the whole boxes at z = 0 [1]."""
        return self.fields(2 * len(self.redshifts))

    def white_fields(self) -> list[Fields]:
        """Return the same with equal power at all waves, of variance 1."""
        return self.fields(2 * len(self.redshifts) + 1)

    def _origins(self, simulation: StoredSimulation, power: LinearPower, k_split: float) -> Fields:
        """Return displaced densities at all redshifts, linear overdensity and white noise of a whole box."""
        n, box_size = self.n, simulation.box_size
        modes = initial_modes(simulation, n)
        k = wavenumbers(n, box_size=box_size)
        magnitude = torch.sqrt(k[0] ** 2 + k[1] ** 2 + k[2] ** 2)
        first, _ = displacements(modes, box_size=box_size)
        _, second = displacements(modes * (magnitude < k_split), box_size=box_size)
        axis = torch.arange(n, dtype=torch.float32)
        lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)

        def displaced(redshift: float) -> Tensor:
            growth, growth_2 = (
                float(grown(redshift)) / self.voxel_size
                for grown in (self.cosmology.growth_factor, self.cosmology.second_order_growth)
            )
            return paint(torch.add(lattice, first, alpha=growth).add_(second, alpha=growth_2).view(-1, 3), n)

        shape = (n, n, n)
        white = modes / torch.sqrt(power.at(magnitude) / self.voxel_size**3)
        fields = [displaced(redshift) for redshift in self.redshifts]
        fields += [torch.fft.irfftn(modes, s=shape), torch.fft.irfftn(white, s=shape)]
        return torch.stack(fields).numpy()
