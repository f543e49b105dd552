"""What simulations will cost, before they are begun: memory and disk by arithmetic, time by a trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.campaign import counts, density
from cosmoloom.simulate.forces import Forces
from cosmoloom.simulate.particle_mesh import evolve, lagrangian_start
from cosmoloom.simulate.plan import SimulationPlan

T = TypeVar("T")

# Single-precision values that exist at once, measured at 128^3 and 192^3 particles and rounded up.
_START_PER_PARTICLE = 16  # displacements of both orders, the lattice, potential, kernel and a gradient
_RUN_PER_PARTICLE = 10  # positions, momenta, the pull
_RUN_PER_CELL = 7.5  # mesh, potential, kernel, a gradient and the transform's own room
_SNAPSHOT_PER_PARTICLE = 16  # positions, momenta, the pull, and what goes to the disk
_SNAPSHOT_PER_CELL = 7  # density and counts, and their copies on the way to the disk
_PROGRAM = 0.6e9
"""Memory of Python and its libraries [byte]."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the parts of one box take on a device [s].

    Attributes
    ----------
    start : float
        Initial conditions.
    coarse_step, fine_step : float
        A step before and after the mesh is refined.
    snapshot : float
        To paint one snapshot.
    """

    start: float
    coarse_step: float
    fine_step: float
    snapshot: float

    def box(self, plan: SimulationPlan) -> float:
        """Return the time of one box [s]."""
        refined = plan.refined_at()
        steps = [b for stretch in plan.scale_factors() for b in stretch[1:]]
        fine = sum(b >= refined for b in steps)
        evolution = fine * self.fine_step + (len(steps) - fine) * self.coarse_step
        return self.start + evolution + len(plan.redshifts) * self.snapshot


def memory_needed(plan: SimulationPlan, grid: int) -> int:
    """Return the memory that a run takes at its height [byte]."""
    particles, cells = plan.n_particles**3, (plan.n_particles * plan.mesh_factor) ** 3
    heights = (
        _START_PER_PARTICLE * particles,
        _RUN_PER_PARTICLE * particles + _RUN_PER_CELL * cells,
        _SNAPSHOT_PER_PARTICLE * particles + _SNAPSHOT_PER_CELL * grid**3,
    )
    return int(_PROGRAM + 4 * max(heights))


def disk_needed(plan: SimulationPlan, grid: int, boxes: int) -> int:
    """Return the disk that a store takes at its height [byte]; fields are compressed, so it is less."""
    fields = boxes * len(plan.redshifts) * 2 * 4 * grid**3
    drafts = 2 if len(plan.redshifts) > 1 else 0  # particles of the box in hand, old and new
    return fields + drafts * 2 * 3 * 4 * plan.n_particles**3


def memory_left(device: str) -> int | None:
    """Return the free memory of a device [byte]; None where nobody tells."""
    if torch.device(device).type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    known = [size for size in (_available_to_machine(), _allowed_to_group()) if size is not None]
    return min(known) if known else None


def require_memory(plan: SimulationPlan, grid: int, device: str) -> None:
    """Refuse a plan that does not fit into a device.

    Raises
    ------
    InvalidInputError
        With what it needs, what there is, and what to change.
    """
    needed, left = memory_needed(plan, grid), memory_left(device)
    if left is None or needed <= left:
        return
    sides = [n for n in range(8, plan.n_particles, 2) if memory_needed(_smaller(plan, n), grid) <= left]
    advice = f"use at most {sides[-1]} particles per side" if sides else "free some memory"
    if plan.mesh_factor > 1:
        advice += ", or a coarser force mesh (--mesh 1)"
    raise InvalidInputError(
        f"{plan.n_particles}^3 particles on a force mesh of {plan.n_particles * plan.mesh_factor}^3 cells need "
        f"{needed / 1e9:.1f} GB of memory, and {device} has {left / 1e9:.1f} GB free; {advice}, or another device"
    )


def measure_pace(plan: SimulationPlan, grid: int, device: str) -> Pace:
    """Time the parts of a run on the device itself, at full size; it takes as long as about three steps."""
    for _ in evolve(_smaller(plan, 8), device=device):  # compile, and wake the device
        pass
    start, snapshot = _timed(lambda: lagrangian_start(plan, device=device), device)
    forces = Forces(plan, device=device)
    coarse, _ = _timed(lambda: forces(snapshot.positions, 0.0), device)
    fine = coarse
    if plan.refined_at() <= 1.0:
        fine, _ = _timed(lambda: forces(snapshot.positions, 1.0), device)
    painted, _ = _timed(lambda: (density(snapshot, plan, grid).cpu(), counts(snapshot, plan, grid).cpu()), device)
    return Pace(start, coarse, fine, painted)


def _timed(work: Callable[[], T], device: str) -> tuple[float, T]:
    began = monotonic()
    result = work()
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
    return monotonic() - began, result


def _smaller(plan: SimulationPlan, n: int) -> SimulationPlan:
    return replace(plan, n_particles=n)


def _available_to_machine() -> int | None:
    """Return what Linux expects to be able to give [byte]."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), None)


def _allowed_to_group() -> int | None:
    """Return the most that a container may take [byte]."""
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(limit) if limit.isdecimal() else None
