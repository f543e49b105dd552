"""The initial conditions of a stored simulation, drawn once more from the plan that is stored with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.initial_conditions import coarser, linear_field

if TYPE_CHECKING:
    from cosmoloom.data.store import StoredSimulation


def initial_modes(simulation: StoredSimulation, n: int) -> Tensor:
    """Return the linear overdensity at z = 0 from which a simulation began, on a mesh of its box.

    Parameters
    ----------
    simulation : StoredSimulation
        One that was run here.
    n : int
        Cells per side, even and at most the particles per side.

    Returns
    -------
    Tensor, shape (n, n, n // 2 + 1), complex64
        ``rfftn`` of the modes that both meshes have.

    Raises
    ------
    InvalidInputError
        If the simulation was ingested, so that nobody knows its phases, or the mesh is finer than its particles.
    """
    plan = simulation.group.attrs["plan"]
    if simulation.seed is None or "n_particles" not in plan:
        raise InvalidInputError(
            f"simulation {simulation.name} was ingested without its initial conditions; use one of cosmoloom simulate"
        )
    if n > plan["n_particles"] or n % 2:
        raise InvalidInputError(
            f"simulation {simulation.name} began from {plan['n_particles']} modes per side; a mesh of initial "
            f"conditions has an even number up to that, got {n}"
        )
    linear = linear_field(
        int(plan["n_particles"]), box_size=simulation.box_size, cosmology=simulation.cosmology, seed=simulation.seed,
        fixed=bool(plan["fixed"]), mirrored=bool(plan["mirrored"]),
    )  # fmt: skip
    return coarser(linear, n)
