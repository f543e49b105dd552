"""What keys do in the explorer: one table, for the bindings and for the list that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosmoloom_explorer.layouts import LAYOUTS, RENDERINGS
from cosmoloom_explorer.settings import clamp
from napari_cosmoloom.cameras import turn_camera

if TYPE_CHECKING:
    from napari_cosmoloom.explorer import Explorer

TURN = 10.0
"""Of the volume, by one key [degree]."""


@dataclass(frozen=True, slots=True)
class Action:
    """A key, what it does in words, and doing it."""

    key: str
    text: str
    run: Callable[[], None]


def actions(explorer: Explorer) -> tuple[Action, ...]:
    """Return the keys of one explorer."""
    state, controls = explorer.state, explorer.controls

    def step_redshift(step: float) -> None:
        state.redshift = clamp(state.redshift + step, state.limits.redshift)

    def scale_kappa(factor: float) -> None:
        state.kappa = clamp(state.kappa * factor, state.limits.kappa)

    def recolour() -> None:
        state.colouring = "error" if state.colouring == "density" else "density"

    def next_of(name: str, known: Iterable[str]) -> None:
        names = list(known)
        setattr(state, name, names[(names.index(getattr(state, name)) + 1) % len(names)])

    return (
        Action("Control-Alt-N", "another universe", controls.seed.draw),
        Action("Control-Alt-Left", "earlier", lambda: step_redshift(0.05)),
        Action("Control-Alt-Right", "later", lambda: step_redshift(-0.05)),
        Action("Control-Alt-Up", "larger \u03ba", lambda: scale_kappa(1.05)),
        Action("Control-Alt-Down", "smaller \u03ba", lambda: scale_kappa(1 / 1.05)),
        Action("Control-Alt-2", "2D slice", lambda: setattr(state, "ndisplay", 2)),
        Action("Control-Alt-3", "3D volume", lambda: setattr(state, "ndisplay", 3)),
        Action("Control-Alt-E", "colours: density, or error of \u03c1", recolour),
        Action("Control-Alt-V", "next view: difference, overlap, swipe \u2026", lambda: next_of("layout", LAYOUTS)),
        Action("Control-Alt-M", "next way to draw a volume", lambda: next_of("rendering", RENDERINGS)),
        Action("Control-Alt-Shift-Left", "turn the volume left", lambda: turn_camera(explorer.viewer, -TURN)),
        Action("Control-Alt-Shift-Right", "turn the volume right", lambda: turn_camera(explorer.viewer, TURN)),
        Action("Control-Alt-A", "spread the colours over what is shown", explorer.arrangement.auto_contrast),
        Action("Control-Alt-X", "mark peaks", lambda: setattr(state, "peaks", not state.peaks)),
        Action("Control-Alt-I", "roll a dropped simulation: crosshair to the middle", explorer.drops.roll),
        Action("Control-Alt-PageUp", "checkpoint before", lambda: controls.training.step(-1)),
        Action("Control-Alt-PageDown", "checkpoint after", lambda: controls.training.step(1)),
        Action("Control-Alt-P", "play the checkpoints, or pause", controls.training.toggle),
        Action("Control-Alt-W", "walk from universe to universe, or stop", controls.ways.toggle),
        Action("Control-Alt-F", "find directions by what they do", explorer.desk.find),
        Action("Control-Alt-L", "draw a map of samples, or stop", controls.atlas.start),
        Action("Control-Alt-D", "change the mass of the region", explorer.desk.change),
        Action("Control-Alt-H", "a halo at the crosshair", explorer.desk.seed_halo),
        Action("Control-Alt-O", "encode the simulation", explorer.desk.encode),
        Action("Control-Alt-R", "refine the reconstruction", controls.reconstruction.start),
        Action("Control-Alt-J", "weave the large volume, or stop", explorer.weaving.toggle),
        Action("Control-Alt-S", "stop the edit, the map or the refinement", explorer.desk.cancel),
        Action("Control-Alt-Z", "undo", explorer.undoing.undo),
        Action("Control-Alt-Y", "redo", explorer.undoing.redo),
        Action("Control-Alt-B", "bookmark this state", explorer.keeper.keep),
        Action("Control-Alt-C", "copy as Python", lambda: explorer.keeper.copy("python")),
        Action("Control-Alt-T", "blind test: can you tell generated from simulated?", explorer.blind_test),
        Action("Control-Alt-G", "show the whole field and all peaks again", explorer.plots.clear),
        Action("Control-Alt-K", "this list", explorer.show_keys),
    )
