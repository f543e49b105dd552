"""Particle-mesh evolution of cold dark matter, from Lagrangian displacements to snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.forces import Forces
from cosmoloom.simulate.initial_conditions import displacements, linear_field
from cosmoloom.simulate.plan import SimulationPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Particles of one box at one redshift: all that the run needs to go on.

    Attributes
    ----------
    redshift : float
        Redshift [1].
    positions : Tensor, shape (n_particles^3, 3)
        Comoving, in [Mpc/h], not wrapped into the box.
    momenta : Tensor, shape (n_particles^3, 3)
        a^2 dx/dt / H_0 in [Mpc/h].
    """

    redshift: float
    positions: Tensor
    momenta: Tensor


def evolve(
    plan: SimulationPlan,
    *,
    after: Snapshot | None = None,
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
    after : Snapshot, optional
        Go on from here, one of the plan's own snapshots or :func:`lagrangian_start`; it is changed.  On a CPU the
        run comes to the same bits as one that was never interrupted.
    device : str
        Where to run it.
    on_step : callable, optional
        Called with (steps done, steps in all) after every step.

    Yields
    ------
    Snapshot
        In order of falling redshift; valid until the next one is asked for.

    Raises
    ------
    InvalidInputError
        If ``after`` is no snapshot of this plan.

    References
    ----------
    Feng et al. (2016), MNRAS 463, 2273, eqs. 4-7; Quinn et al. (1997) for the split of the step.
    """
    stretches = plan.scale_factors()
    n_steps = sum(len(stretch) - 1 for stretch in stretches)
    first = 0 if after is None else _stretches_done(plan, after)
    done = sum(len(stretch) - 1 for stretch in stretches[:first])
    if first == len(stretches):
        return
    if after is None:
        after = lagrangian_start(plan, device=device)
    positions, momenta = after.positions.to(device), after.momenta.to(device)
    del after
    growth, momentum = _growth_of(plan)
    forces = Forces(plan, device=device)
    pull = forces(positions, stretches[first][0])
    for redshift, stretch in zip(plan.redshifts[first:], stretches[first:], strict=True):
        for a, b in pairwise(stretch):
            middle = 0.5 * (a + b)
            momenta.sub_(pull, alpha=(momentum(middle) - momentum(a)) / growth(a))
            positions.add_(momenta, alpha=(growth(b) - growth(a)) / momentum(middle))
            del pull  # so that the next one finds its place free
            pull = forces(positions, b)
            momenta.sub_(pull, alpha=(momentum(b) - momentum(middle)) / growth(b))
            done += 1
            if on_step is not None:
                on_step(done, n_steps)
        yield Snapshot(redshift=redshift, positions=positions, momenta=momenta)


def lagrangian_start(
    plan: SimulationPlan, linear: Tensor | None = None, *, device: torch.device | str = "cpu"
) -> Snapshot:
    """Return the particles at the start of a plan, from second-order Lagrangian displacements.

    Parameters
    ----------
    plan : SimulationPlan
        What is to be run.
    linear : Tensor, shape (n, n, n // 2 + 1), complex, optional
        ``rfftn`` of the linear overdensity at z = 0, on as many cells as there are particles, as
        :func:`cosmoloom.simulate.initial_conditions.coarser` gives it; drawn by the plan's seed unless given.
    device : str
        Where the particles shall lie.
    """
    cosmology, n = plan.cosmology, plan.n_particles
    if linear is None:
        linear = linear_field(
            n, box_size=plan.box_size, cosmology=cosmology, seed=plan.seed, fixed=plan.fixed,
            mirrored=plan.mirrored, device=device,
        )
    first, second = displacements(linear.to(device), box_size=plan.box_size)
    del linear
    redshift, a = plan.start_redshift, plan.scale_factors()[0][0]
    expansion = float(cosmology.expansion_rate(a))
    matter = cosmology.Omega_m / (a**3 * expansion**2)
    growth_1 = float(cosmology.growth_factor(redshift))
    growth_2 = float(cosmology.second_order_growth(redshift))
    rate_1 = float(cosmology.growth_rate(redshift))
    rate_2 = 2 * matter ** (6 / 11)
    axis = torch.arange(n, dtype=torch.float32, device=device) * plan.spacing
    lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    positions = lattice.add_(first, alpha=growth_1).add_(second, alpha=growth_2)
    momenta = (first.mul_(growth_1 * rate_1).add_(second, alpha=growth_2 * rate_2)).mul_(a * a * expansion)
    return Snapshot(redshift=redshift, positions=positions.view(-1, 3), momenta=momenta.view(-1, 3))


def _growth_of(plan: SimulationPlan) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return D(a) and F(a) = a^3 E dD/da of the linear solution [1]."""
    cosmology = plan.cosmology

    def growth(a: float) -> float:
        return float(cosmology.growth_factor(1 / a - 1))

    def momentum(a: float) -> float:
        return a * a * float(cosmology.expansion_rate(a)) * growth(a) * float(cosmology.growth_rate(1 / a - 1))

    return growth, momentum


def _stretches_done(plan: SimulationPlan, after: Snapshot) -> int:
    known = (plan.start_redshift, *plan.redshifts)
    if after.redshift not in known or after.positions.shape != (plan.n_particles**3, 3):
        raise InvalidInputError(
            f"particles at z = {after.redshift:g} of shape {tuple(after.positions.shape)} are no snapshot of this plan"
        )
    return known.index(after.redshift)
