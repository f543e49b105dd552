"""Particle-mesh evolution of cold dark matter, from Lagrangian displacements to snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.paint import paint
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.fourier import gradient, inverse_laplacian
from cosmoloom.simulate.initial_conditions import displacements, linear_field
from cosmoloom.simulate.mesh import read_cloud_in_cell

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
        Force mesh cells per particle and side [1].
    redshifts : tuple of float
        Snapshots, from early to late.
    n_steps : int
        Steps between the start and z = 0, equal in scale factor before they are fitted to snapshots.
    start_redshift : float
        Where Lagrangian displacements hand over to the mesh.
    seed : int
        Seed of the initial phases.
    fixed, mirrored : bool
        Fixed amplitudes, and the partner of a pair; see :func:`linear_field`.
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
    def n_mesh(self) -> int:
        """Force mesh cells per side."""
        return self.n_particles * self.mesh_factor

    def scale_factors(self) -> list[list[float]]:
        """Return the step boundaries [1], one list for the stretch that leads to each snapshot."""
        start = 1 / (1 + self.start_redshift)
        stops = [start, *(1 / (1 + z) for z in self.redshifts)]
        step = (1 - start) / self.n_steps
        return [
            np.linspace(a, b, max(1, round((b - a) / step)) + 1).tolist() for a, b in pairwise(stops)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Particles of one box at one redshift.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    positions : Tensor, shape (n_particles^3, 3)
        Comoving, in [Mpc/h], not wrapped into the box.
    """

    redshift: float
    positions: Tensor


def evolve(
    plan: SimulationPlan,
    *,
    device: torch.device | str = "cpu",
    on_step: Callable[[int, int], None] | None = None,
) -> Iterator[Snapshot]:
    """Run the plan and yield each snapshot when it is reached.

    Kick-drift-kick steps in the scale factor a, with the step factors of FastPM, which make linear
    growth exact for any step: a kick adds ``-g (F(b) - F(a)) / D(r)`` and a drift ``p (D(b) - D(a)) / F(r)``,
    where ``F = a^3 E dD/da`` and r is the reference point of the step.

    Parameters
    ----------
    plan : SimulationPlan
        What to run.
    device : str
        Where to run it.
    on_step : callable, optional
        Called with (steps done, steps in all) after every step.

    Yields
    ------
    Snapshot
        In order of falling redshift; positions are valid until the next one is asked for.

    References
    ----------
    Feng et al. (2016), MNRAS 463, 2273, eqs. 4-7; Quinn et al. (1997) for the split of the step.
    """
    cosmology, box = plan.cosmology, plan.box_size
    stretches = plan.scale_factors()
    n_steps = sum(len(stretch) - 1 for stretch in stretches)

    def growth(a: float) -> float:
        return float(cosmology.growth_factor(1 / a - 1))

    def momentum(a: float) -> float:
        return a * a * float(cosmology.expansion_rate(a)) * growth(a) * float(cosmology.growth_rate(1 / a - 1))

    start = stretches[0][0]
    positions, momenta = _lagrangian_start(plan, start, device=device)
    to_cells = plan.n_mesh / box
    # Sharpened forces on a mesh finer than the particles would amplify their lattice.
    kernel = inverse_laplacian(plan.n_mesh, box_size=box, device=device, sharpen=plan.mesh_factor == 1)
    pull = _pull(positions * to_cells, plan, kernel)
    done = 0
    for redshift, stretch in zip(plan.redshifts, stretches, strict=True):
        for a, b in pairwise(stretch):
            middle = 0.5 * (a + b)
            momenta.sub_(pull, alpha=(momentum(middle) - momentum(a)) / growth(a))
            positions.add_(momenta, alpha=(growth(b) - growth(a)) / momentum(middle))
            pull = _pull(positions * to_cells, plan, kernel)
            momenta.sub_(pull, alpha=(momentum(b) - momentum(middle)) / growth(b))
            done += 1
            if on_step is not None:
                on_step(done, n_steps)
        yield Snapshot(redshift=redshift, positions=positions)


def _lagrangian_start(
    plan: SimulationPlan, a: float, *, device: torch.device | str
) -> tuple[Tensor, Tensor]:
    """Return positions [Mpc/h] and momenta a^2 dx/dt / H_0 [Mpc/h] at scale factor a, from 2LPT."""
    cosmology, n = plan.cosmology, plan.n_particles
    first, second = displacements(
        linear_field(
            n, box_size=plan.box_size, cosmology=cosmology, seed=plan.seed, fixed=plan.fixed,
            mirrored=plan.mirrored, device=device,
        ),
        box_size=plan.box_size,
    )
    redshift = 1 / a - 1
    expansion = float(cosmology.expansion_rate(a))
    matter = cosmology.Omega_m / (a**3 * expansion**2)
    growth_1 = float(cosmology.growth_factor(redshift))
    growth_2 = -3 / 7 * growth_1**2 * matter ** (-1 / 143)
    rate_1 = float(cosmology.growth_rate(redshift))
    rate_2 = 2 * matter ** (6 / 11)
    axis = torch.arange(n, dtype=torch.float32, device=device) * (plan.box_size / n)
    lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    positions = lattice.add_(first, alpha=growth_1).add_(second, alpha=growth_2)
    momenta = (first.mul_(growth_1 * rate_1).add_(second, alpha=growth_2 * rate_2)).mul_(a * a * expansion)
    return positions.view(-1, 3), momenta.view(-1, 3)


def _pull(cells: Tensor, plan: SimulationPlan, kernel: Tensor) -> Tensor:
    """Return grad(inverse Laplacian(overdensity)) at the particles in [Mpc/h]; gravity is its negative."""
    n = plan.n_mesh
    mesh = paint(cells, n)
    overdensity = mesh.mul_((n / plan.n_particles) ** 3).sub_(1.0)
    potential = torch.fft.rfftn(overdensity).mul_(kernel)
    pull = torch.empty((n, n, n, 3), dtype=torch.float32, device=cells.device)
    for axis, component in enumerate(gradient(potential, box_size=plan.box_size)):
        pull[..., axis] = component
    return read_cloud_in_cell(pull, cells)
