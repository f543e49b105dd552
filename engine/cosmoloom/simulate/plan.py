"""What decides a particle-mesh run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError

STANDARD_REDSHIFTS = (3.0, 2.0, 1.5, 1.0, 0.5, 0.25, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationPlan:
    """All that decides the outcome of one particle-mesh run.

    Attributes
    ----------
    box_size : float
        Side of the periodic box in [Mpc/h].
    n_particles : int
        Particles per side.
    mesh_factor : int
        Force mesh cells per particle and side [1], once structure has reached the particles' own scale; see
        :meth:`refined_at`.
    redshifts : tuple of float
        Snapshots, from early to late.
    n_steps : int
        Steps between the start and z = 0, equal in scale factor before they are fitted to snapshots.
    start_redshift : float
        Where Lagrangian displacements hand over to the mesh.
    seed : int
        Seed of the initial phases.
    fixed, mirrored : bool
        Fixed amplitudes, and the partner of a pair; see :func:`cosmoloom.simulate.initial_conditions.linear_field`.
    cosmology : Cosmology
        Background and linear theory.
    """

    box_size: float
    n_particles: int
    mesh_factor: int = 1
    redshifts: tuple[float, ...] = STANDARD_REDSHIFTS
    n_steps: int = 30
    start_redshift: float = 9.0
    seed: int = 0
    fixed: bool = False
    mirrored: bool = False
    cosmology: Cosmology = field(default_factory=Cosmology)

    def __post_init__(self) -> None:
        if not 1.0 <= self.box_size <= 1e4:
            raise InvalidInputError(f"box_size must lie in [1, 10000] Mpc/h, got {self.box_size}")
        if not (8 <= self.n_particles <= 2048 and self.n_particles % 2 == 0):
            raise InvalidInputError(f"n_particles per side must be even and in [8, 2048], got {self.n_particles}")
        if self.mesh_factor not in (1, 2, 3, 4):
            raise InvalidInputError(f"mesh_factor must be 1, 2, 3 or 4, got {self.mesh_factor}")
        if self.n_steps < 2:
            raise InvalidInputError(f"n_steps must be at least 2, got {self.n_steps}")
        z = self.redshifts
        if not z or any(late >= early for early, late in pairwise(z)) or z[-1] < 0:
            raise InvalidInputError(f"redshifts must fall and end at 0 or above, got {z}")
        if z[0] >= self.start_redshift:
            raise InvalidInputError(
                f"the first snapshot (z = {z[0]}) must be later than the start (z = {self.start_redshift})"
            )

    @property
    def spacing(self) -> float:
        """Mean distance of particles along an axis in [Mpc/h]."""
        return self.box_size / self.n_particles

    @property
    def force_cell(self) -> float:
        """Side of a cell of the finest force mesh in [Mpc/h]: forces are softer below it."""
        return self.spacing / self.mesh_factor

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain values, as JSON gives them back."""
        plain = asdict(self)
        return {**plain, "redshifts": list(plain["redshifts"])}

    def scale_factors(self) -> list[list[float]]:
        """Return the step boundaries [1], one list for the stretch that leads to each snapshot."""
        start = 1 / (1 + self.start_redshift)
        stops = [start, *(1 / (1 + z) for z in self.redshifts)]
        step = (1 - start) / self.n_steps
        return [
            np.linspace(a, b, max(1, round((b - a) / step)) + 1).tolist() for a, b in pairwise(stops)
        ]

    def refined_at(self) -> float:
        """Return the scale factor from which forces are resolved below the distance of particles [1].

        As long as particles lie close to their lattice, a finer mesh sees the lattice and not the fluid, and
        modes near its scale grow too fast: by some percent from z = 9, by tens of percent from z = 49.  So the
        mesh is as wide as the lattice until the linear variance of the lattice's modes reaches one, when sheets
        begin to cross.

        Returns
        -------
        float
            Infinite if that is never reached, or if the mesh is never finer.

        References
        ----------
        Joyce & Marcos (2007), Phys. Rev. D 76, 103505, for the growth of a lattice; Feng et al. (2016), MNRAS 463,
        2273, for a mesh that is refined on the way.
        """
        if self.mesh_factor == 1:
            return np.inf
        # The sphere that holds as many modes as the lattice has.
        k = np.geomspace(2 * np.pi / self.box_size, (6 * np.pi**2) ** (1 / 3) / self.spacing, 512)
        variance = np.trapezoid(k**3 * self.cosmology.linear_power(k) / (2 * np.pi**2), np.log(k))
        a = np.linspace(1 / (1 + self.start_redshift), 1.0, 1024)
        crossed = self.cosmology.growth_factor(1 / a - 1) ** 2 * variance >= 1
        return float(a[np.argmax(crossed)]) if crossed.any() else np.inf
