"""Gravity on a mesh: from positions of particles to their accelerations."""

from __future__ import annotations

import torch
from torch import Tensor

from cosmoloom.data.paint import paint
from cosmoloom.simulate.fourier import gradient, inverse_laplacian
from cosmoloom.simulate.mesh import read_cloud_in_cell
from cosmoloom.simulate.plan import SimulationPlan

PARTICLES_AT_ONCE = 1 << 22
"""Positions that are held in cells at a time: 50 MB."""
HALF_A_CELL = 0.5
"""By how much the mesh is shifted against the particles' lattice [cells].

A particle on a mesh point does not feel how far it moves from there, but only whether: its cloud reaches one neighbour
or the other.  While displacements are small, as they are early or where particles are far apart, such forces are wrong
by tens of percent near the mesh scale, and the errors couple to all scales.  Between mesh points clouds respond
linearly, and their window is nearly that of clouds at random places, which the sharpened forces expect.
"""


class Forces:
    """The pull on every particle, on the mesh that the plan asks for at each time.

    Parameters
    ----------
    plan : SimulationPlan
        Knows the meshes, and when the finer one takes over.
    device : str
        Where particles lie.
    """

    def __init__(self, plan: SimulationPlan, *, device: torch.device | str = "cpu") -> None:
        self._plan, self._device = plan, device
        self._refined_at = plan.refined_at()
        self._kernel: Tensor | None = None

    def __call__(self, positions: Tensor, a: float) -> Tensor:
        """Return grad(inverse Laplacian(overdensity)) at the particles in [Mpc/h]; gravity is its negative.

        Parameters
        ----------
        positions : Tensor, shape (n_particles^3, 3)
            Comoving [Mpc/h].
        a : float
            Scale factor [1].
        """
        plan = self._plan
        n = plan.n_particles * self.factor_at(a)
        parts, cells_per_length = positions.split(PARTICLES_AT_ONCE), n / plan.box_size
        mesh = torch.zeros((n, n, n), dtype=torch.float32, device=positions.device)
        for part in parts:
            paint(part * cells_per_length + HALF_A_CELL, n, onto=mesh)
        potential = torch.fft.rfftn(mesh.mul_((n / plan.n_particles) ** 3).sub_(1.0)).mul_(self._kernel_on(n))
        del mesh
        pull = torch.empty_like(positions)
        for axis, component in enumerate(gradient(potential, box_size=plan.box_size)):
            for part, out in zip(parts, pull[:, axis].split(PARTICLES_AT_ONCE), strict=True):
                read_cloud_in_cell(component, part * cells_per_length + HALF_A_CELL, out)
        return pull

    def factor_at(self, a: float) -> int:
        """Return the force mesh cells per particle and side at a scale factor [1]."""
        return self._plan.mesh_factor if a >= self._refined_at else 1

    def _kernel_on(self, n: int) -> Tensor:
        if self._kernel is None or self._kernel.shape[0] != n:
            # Shorter waves than the lattice has are that lattice itself, and are not amplified.
            nyquist = torch.pi / self._plan.spacing
            self._kernel = inverse_laplacian(n, box_size=self._plan.box_size, device=self._device, sharpen_to=nyquist)
        return self._kernel
