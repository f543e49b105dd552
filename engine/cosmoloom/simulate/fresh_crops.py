"""Training volumes from simulations made while training goes on, which never touch the disk."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.symmetries import SYMMETRIES
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.campaign import density
from cosmoloom.simulate.particle_mesh import evolve
from cosmoloom.simulate.preset import SimulationSet


class FreshCrops:
    """Random volumes of a few boxes on the device, the oldest of which makes room for a new simulation now and then.

    It has the face of :class:`cosmoloom.data.crops.Crops`.  Box i has the plan's seed plus i; which boxes are there
    depends on how many volumes were drawn, and on nothing else.

    Parameters
    ----------
    wanted : SimulationSet
        Its plan and grid; its ``boxes`` are those kept at a time.
    volumes_per_box : int
        Volumes that are drawn between two simulations.
    device : str
        Where to simulate and to keep the boxes.

    Attributes
    ----------
    cosmology : Cosmology
        Of the simulations.
    redshifts : tuple of float
        Of the fields, from early to late [1].
    dimensions : int
        3.
    n : int
        Voxels per side of a whole box.
    voxel_size : float
        Side of a voxel in [Mpc/h].
    """

    dimensions = 3

    def __init__(
        self, wanted: SimulationSet, *, volumes_per_box: int = 1024, device: torch.device | str = "cpu"
    ) -> None:
        if wanted.boxes < 1 or volumes_per_box < 1:
            raise InvalidInputError(
                f"fresh volumes need at least one box and one volume of each, got {wanted.boxes} boxes and "
                f"{volumes_per_box} volumes per box"
            )
        self._plan, self._kept, self._device = wanted.plan, wanted.boxes, device
        self._volumes_per_box = volumes_per_box
        self.cosmology, self.redshifts, self.n = wanted.plan.cosmology, wanted.plan.redshifts, wanted.grid
        self.voxel_size = wanted.plan.box_size / wanted.grid
        self._boxes: deque[Tensor] = deque(maxlen=wanted.boxes)
        self._made, self._drawn = 0, 0

    def fields(self, redshift_index: int) -> list[NDArray[np.float32]]:
        """Return the boxes of the moment at one redshift, rho / mean of shape (m, m, m) each."""
        self._renew()
        return [box[redshift_index].cpu().numpy() for box in self._boxes]

    def draw(
        self, rng: np.random.Generator, redshift_indices: NDArray[np.int64], *, n: int
    ) -> NDArray[np.float32]:
        """Return :meth:`draw_on_device` as an array."""
        return self.draw_on_device(rng, redshift_indices, n=n).cpu().numpy()

    def draw_on_device(self, rng: np.random.Generator, redshift_indices: NDArray[np.int64], *, n: int) -> Tensor:
        """Cut random volumes.

        Parameters
        ----------
        rng : numpy Generator
            Draws box, corner and one of the 48 symmetries of the cube.
        redshift_indices : array, shape (b, s)
            Which redshifts to return of each volume.
        n : int
            Voxels per side.

        Returns
        -------
        Tensor, shape (b, s, n, n, n), float32
            rho / mean.

        Raises
        ------
        InvalidInputError
            If volumes are larger than the boxes.
        """
        from cosmoloom.data.crop_compiled import places

        if n > self.n:
            raise InvalidInputError(f"crops of {n} voxels per side do not fit into boxes of {self.n}; make n smaller")
        self._renew()
        symmetries, volumes = SYMMETRIES[3], []
        for wanted in redshift_indices:
            box = self._boxes[rng.integers(len(self._boxes))]
            corners = rng.integers(self.n, size=3)
            symmetry = symmetries[rng.integers(len(symmetries))]
            x, y, z = (torch.from_numpy(p).to(self._device) for p in places(corners, symmetry, n=n, size=self.n))
            where = x[:, None, None] + y[:, None] + z
            volumes.append(box.flatten(1)[torch.from_numpy(wanted).to(self._device)][:, where])
        self._drawn += len(redshift_indices)
        return torch.stack(volumes)

    def state(self) -> int:
        """Return the number of volumes drawn, for :meth:`restore`."""
        return self._drawn

    def restore(self, drawn: int) -> None:
        """Go on as if so many volumes had been drawn; the boxes of that moment are simulated again."""
        self._drawn = drawn
        self._boxes.clear()
        self._made = drawn // self._volumes_per_box

    def _renew(self) -> None:
        """Simulate what is missing: box i is there from volume (i - kept + 1) * volumes_per_box on."""
        while self._made < self._kept + self._drawn // self._volumes_per_box:
            plan = replace(self._plan, seed=self._plan.seed + self._made)
            fields = [density(snapshot, plan, self.n) for snapshot in evolve(plan, device=self._device)]
            self._boxes.append(torch.stack(fields))
            self._made += 1
