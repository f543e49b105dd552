"""How far power depends on mesh, steps, start and particles: runs of the same waves, over one that has more of all.

Every run of a family draws its initial conditions from the reference's, so ratios are free of sample variance and
tell the error of a choice alone.  Families differ in the distance of particles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.data.paint import paint
from cosmoloom.simulate.initial_conditions import coarser, linear_field
from cosmoloom.simulate.particle_mesh import evolve, lagrangian_start
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.statistics.power_spectrum import power_spectrum

SPACINGS = (0.5, 1.0, 2.0)
"""Distances of particles of the families [Mpc/h]."""
REFERENCE: dict[str, Any] = {"mesh_factor": 2, "n_steps": 60, "start_redshift": 19.0}
"""The reference also has twice as many particles per side."""
STEPS: dict[str, dict[str, Any]] = {
    "24 steps from z = 9": {"n_steps": 24, "start_redshift": 9.0},
    "45 steps from z = 19": {"n_steps": 45, "start_redshift": 19.0},
}
RESOLUTION: dict[str, dict[str, Any]] = {
    f"mesh {factor}x, {name}": {"mesh_factor": factor, **steps} for factor in (1, 2) for name, steps in STEPS.items()
}
"""What is run at every distance of particles."""
BEST = "mesh 2x, 45 steps from z = 19"
FURTHER: dict[str, dict[str, Any]] = {
    "mesh 3x": {"mesh_factor": 3},
    "half the particles": {"n_particles": 0.5},
    "12 steps": {"n_steps": 12},
    "24 steps": {"n_steps": 24},
    "from z = 9": {"start_redshift": 9.0},
    "from z = 49": {"start_redshift": 49.0},
}
"""What is run at 1 Mpc/h besides: as the best one of all distances unless it says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Power of one run over that of the reference of its family.

    Attributes
    ----------
    choice : str
        What distinguishes the run, as ``12 steps``.
    spacing : float
        Distance of the family's particles [Mpc/h].
    redshifts : tuple of float
        Snapshots [1].
    k : array, shape (n_k,)
        Wavenumber in [h/Mpc], up to the Nyquist wavenumber of the family's particles.
    ratio : array, shape (n_redshifts, n_k)
        Power over the reference's [1].
    """

    choice: str
    spacing: float
    redshifts: tuple[float, ...]
    k: NDArray[np.float64]
    ratio: NDArray[np.float64]


def family(spacing: float, n_particles: int, seed: int) -> tuple[SimulationPlan, dict[str, SimulationPlan]]:
    """Return the plan of the reference at a distance of particles [Mpc/h], and those that are compared with it."""
    base = SimulationPlan(
        box_size=spacing * n_particles, n_particles=n_particles, seed=seed, fixed=True, **RESOLUTION[BEST]
    )
    choices = {**RESOLUTION, **(FURTHER if spacing == 1.0 else {})}
    plans = {}
    for name, choice in choices.items():
        share = choice.get("n_particles", 1.0)
        plans[name] = replace(base, **{**choice, "n_particles": int(share * n_particles)})
    return replace(base, **REFERENCE, n_particles=2 * n_particles), plans


def converge(
    spacing: float, *, n_particles: int = 64, seed: int = 40, device: str = "cpu",
    on_run: Callable[[str], None] | None = None,
) -> Iterator[Curve]:
    """Run a family and yield its curves.

    Parameters
    ----------
    spacing : float
        Distance of particles [Mpc/h].
    n_particles : int
        Per side; the reference has twice as many.
    seed : int
        Of the waves.
    device : str
        Where to run.
    on_run : callable, optional
        Told the name of each run before it begins.
    """
    finest, plans = family(spacing, n_particles, seed)
    linear = linear_field(
        finest.n_particles, box_size=finest.box_size, cosmology=finest.cosmology, seed=seed, fixed=True, device=device
    )
    if on_run is not None:
        on_run("reference")
    k, reference = spectra(finest, linear, shells=n_particles // 2)
    for name, plan in plans.items():
        if on_run is not None:
            on_run(name)
        same_waves = coarser(linear, plan.n_particles)
        shells = plan.n_particles // 2
        _, power = spectra(plan, same_waves, shells=shells)
        ratio = np.full_like(reference, np.nan)
        ratio[:, :shells] = power / reference[:, :shells]
        yield Curve(choice=name, spacing=spacing, redshifts=plan.redshifts, k=k, ratio=ratio)


def spectra(
    plan: SimulationPlan, linear: Tensor, *, shells: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Run a plan from given waves and return k [h/Mpc] and the power at every snapshot [(Mpc/h)^3].

    Particles are painted as triangular-shaped clouds on cells of half their distance and the window is divided out,
    so that aliased power stays below 1 % up to the Nyquist wavenumber of the particles.
    """
    rows, n = [], 2 * plan.n_particles
    k = torch.zeros(0)
    for snapshot in evolve(plan, after=lagrangian_start(plan, linear, device=linear.device), device=linear.device):
        density = paint(snapshot.positions * (n / plan.box_size), n, "tsc").mul_((n / plan.n_particles) ** 3)
        measured = power_spectrum(density, box_size=plan.box_size, assignment="tsc")
        k = measured.k[:shells]
        rows.append(measured.power[:shells].double().cpu().numpy())
    return k.double().cpu().numpy(), np.stack(rows)
