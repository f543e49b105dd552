"""Sets of simulations by name: how many boxes of which plan, on which grid."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.campaign import grid_of
from cosmoloom.simulate.plan import SimulationPlan

_FOLDER = files("cosmoloom.simulate") / "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSet:
    """Boxes that differ in their initial phases alone.

    Attributes
    ----------
    plan : SimulationPlan
        Of the first box.
    boxes : int
        How many there shall be.
    grid : int
        Voxels per side of the density.
    pair : bool
        Whether each box is followed by its mirrored partner, of the same seed.
    """

    plan: SimulationPlan
    boxes: int
    grid: int
    pair: bool = False

    def __post_init__(self) -> None:
        if self.boxes < 0:
            raise InvalidInputError(f"there cannot be {self.boxes} boxes")
        if self.pair and self.boxes % 2:
            raise InvalidInputError(f"a pair is two boxes, so their number must be even, got {self.boxes}")

    def plans(self) -> list[SimulationPlan]:
        """Return the plans of all boxes; seeds count up."""
        return [
            replace(
                self.plan,
                seed=self.plan.seed + (i // 2 if self.pair else i),
                mirrored=self.pair and i % 2 == 1,
            )
            for i in range(self.boxes)
        ]


def preset_names() -> list[str]:
    """Return the names of all presets."""
    return sorted(path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml"))


def simulation_set(preset: str, **changes: Any) -> SimulationSet:
    """Return a preset, changed where something else is wanted.

    Parameters
    ----------
    preset : str
        One of :func:`preset_names`.
    **changes
        ``boxes``, ``grid``, ``pair``, fields of :class:`SimulationPlan`, and of :class:`Cosmology`; None leaves the
        preset's.  Without a grid, another number of particles keeps their number per voxel.

    Raises
    ------
    InvalidInputError
        If there is no such preset, or a value is impossible.
    """
    if preset not in preset_names():
        raise InvalidInputError(f"no preset {preset!r}; there are: {', '.join(preset_names())}")
    table = tomllib.loads((_FOLDER / f"{preset}.toml").read_text(encoding="utf-8"))
    wanted = {name: value for name, value in changes.items() if value is not None}
    plan: dict[str, Any] = table["plan"]
    particles = plan["n_particles"]
    cosmology = {**Cosmology().as_dict(), **plan.pop("cosmology", {})}
    cosmology |= {name: wanted.pop(name) for name in list(wanted) if name in cosmology}
    outer = {name: wanted.pop(name) for name in ("boxes", "grid", "pair") if name in wanted}
    plan |= wanted
    plan["redshifts"] = tuple(sorted({float(z) for z in plan["redshifts"]}, reverse=True))
    if "grid" not in outer:
        outer["grid"] = max(4, table["grid"] * plan["n_particles"] // particles)
    simulated = SimulationPlan(**plan, cosmology=Cosmology(**cosmology))
    outer["grid"] = grid_of(simulated, outer["grid"])
    return SimulationSet(
        plan=simulated, **{name: outer.get(name, table.get(name, False)) for name in ("boxes", "grid", "pair")}
    )
