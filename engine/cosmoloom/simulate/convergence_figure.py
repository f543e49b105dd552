"""Pictures of how far power depends on the choices of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.simulate.convergence import BEST, RESOLUTION, SPACINGS, Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TOPICS: dict[str, dict[str, str]] = {
    "force mesh": {"mesh 1x, 45 steps from z = 19": "mesh 1x", BEST: "mesh 2x", "mesh 3x": "mesh 3x"},
    "particles": {"half the particles": "half of them", BEST: "all"},
    "time steps": {"12 steps": "12", "24 steps": "24", BEST: "45"},
    "starting redshift": {"from z = 9": "z = 9", BEST: "z = 19", "from z = 49": "z = 49"},
}
_REDSHIFTS = (3.0, 1.0, 0.0)
_COLOURS = ("#0072b2", "#d55e00", "#009e73")


def convergence_figure(curves: Sequence[Curve]) -> Figure:
    """Draw one row per choice and one column per redshift, of the family at 1 Mpc/h."""
    from matplotlib.figure import Figure

    known = {curve.choice: curve for curve in curves if curve.spacing == 1.0}
    figure = Figure(figsize=(9.5, 2.3 * len(_TOPICS)), layout="constrained")
    axes = figure.subplots(len(_TOPICS), len(_REDSHIFTS), sharex=True, sharey=True)
    for row, (topic, choices) in zip(axes, _TOPICS.items(), strict=True):
        for axis, redshift in zip(row, _REDSHIFTS, strict=True):
            _frame(axis)
            for (choice, label), colour in zip(choices.items(), _COLOURS, strict=False):
                _draw(axis, known[choice], redshift, colour=colour, label=label)
        row[0].set_ylabel(f"{topic}\nP / P reference")
        row[0].legend(fontsize=7, frameon=False, loc="lower left")
    _finish(axes[0], axes[-1])
    return figure


def resolution_figure(curves: Sequence[Curve]) -> Figure:
    """Draw the error of both force meshes, in few and in many steps, at every distance of particles."""
    from matplotlib.figure import Figure

    known = {(curve.choice, curve.spacing): curve for curve in curves}
    figure = Figure(figsize=(9.5, 9.2), layout="constrained")
    axes = figure.subplots(len(RESOLUTION), len(_REDSHIFTS), sharex=True, sharey=True)
    for row, choice in zip(axes, RESOLUTION, strict=True):
        for axis, redshift in zip(row, _REDSHIFTS, strict=True):
            _frame(axis)
            for spacing, colour in zip(SPACINGS, _COLOURS, strict=True):
                label = f"{spacing:g} Mpc/h apart"
                _draw(axis, known[choice, spacing], redshift, colour=colour, label=label)
        row[0].set_ylabel(choice.replace(", ", "\n") + "\nP / P reference")
    axes[0, 0].legend(fontsize=7, frameon=False, loc="lower left")
    _finish(axes[0], axes[-1])
    return figure


def _frame(axis: Axes) -> None:
    axis.axhspan(0.95, 1.05, color="0.92", lw=0, zorder=0)
    axis.axhline(1.0, color="0.5", lw=0.8)
    axis.set_ylim(0.8, 1.2)


def _draw(axis: Axes, curve: Curve, redshift: float, *, colour: str, label: str) -> None:
    axis.plot(curve.k * curve.spacing / np.pi, curve.ratio[curve.redshifts.index(redshift)], color=colour, label=label)


def _finish(top: Sequence[Axes], bottom: Sequence[Axes]) -> None:
    for axis, redshift in zip(top, _REDSHIFTS, strict=True):
        axis.set_title(f"z = {redshift:g}")
    for axis in bottom:
        axis.set_xlabel("k / Nyquist wavenumber of the particles")
