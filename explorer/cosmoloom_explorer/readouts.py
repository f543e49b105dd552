"""Numbers as the explorer writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.scaling.rational import FEDER_UNITS_PER_MEAN
from cosmoloom.scaling.relative_error import NETWORK_ERROR, relative_error

if TYPE_CHECKING:
    from cosmoloom.evaluate.reference import Source
    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom.scaling.interface import Scaling
    from cosmoloom_explorer.training import Training

NO_REFERENCE = "no simulation of this cosmology and voxel size comes with the program"
STAGES = {"network": "net", "density": "density", "transfer": "copy", "statistics": "statistics", "draw": "draw"}


def redshift_text(redshift: float, universe: Cosmology) -> str:
    """Return growth factor and scale factor at a redshift."""
    growth = float(universe.growth_factor(redshift))
    return f"growth D = {growth:.3f}    a = {1 / (1 + redshift):.3f}"


def kappa_text(kappa: float) -> str:
    """Return kappa [cosmic mean] in the unit of feder2020."""
    mass = f"{kappa * FEDER_UNITS_PER_MEAN:.1f} \N{MULTIPLICATION SIGN} 10\u00b9\u2070 M\u2299"
    return f"= {mass} per (1 Mpc)\u00b3 cell"


def kappa_role(*, conditions: bool, follows: bool) -> str:
    """Return what kappa does: whether the network reads it, and whether the display follows it."""
    if not conditions:
        return "a way of looking: this network reads no \u03ba"
    return "network input and display scaling" if follows else "network input; the display has its own"


def amplification_text(scaling: Scaling, density: float) -> str:
    """Return how much an error of the network grows in the densest voxels, at their density [cosmic mean]."""
    at = np.array([density])
    slope = float(scaling.error_amplification(scaling.scale(at))[0])
    share = float(relative_error(at, scaling)[0])
    return (
        f"d\u03c1/dx = {slope:.3g} \u03c1\u0304 at the densest 0.1 % (\u03c1 = {density:.3g} \u03c1\u0304): "
        f"{NETWORK_ERROR:g} in x is {percent(share)} of \u03c1"
    )


def percent(share: float) -> str:
    """Return a share in per cent, with two digits where they mean something."""
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


def checkpoint_text(training: Training, index: int) -> str:
    """Return which checkpoint of a training is shown."""
    count = len(training.checkpoints)
    parts = [f"iteration {training.checkpoints[index].iteration:,}", f"checkpoint {index + 1} of {count}"]
    if index == training.best:
        parts.append("best in validation")
    if index == count - 1:
        parts.append("newest")
    return " \N{MIDDLE DOT} ".join(parts)


def timings_text(timings: Mapping[str, float]) -> str:
    """Return milliseconds per stage, in the order in which they run."""
    parts = [f"{name} {1e3 * timings[stage]:.0f}" for stage, name in STAGES.items() if stage in timings]
    return " \N{MIDDLE DOT} ".join(parts) + " ms" if parts else ""


def reference_text(source: Source, snapshot: float, redshift: float) -> str:
    """Return redshift and seed of the simulated field, saying so where its redshift is not the generated one's."""
    exact = abs(snapshot - redshift) < 5e-3
    mirrored = ", mirrored phases" if source.mirrored else ""
    return f"z = {snapshot:g}" + ("" if exact else " (nearest)") + f" \N{MIDDLE DOT} seed {source.seed}{mirrored}"


def source_text(source: Source, box_size: float) -> str:
    """Return what a simulated field was cut from; lengths in [Mpc/h]."""
    corner = ", ".join(f"{x:g}" for x in source.corner)
    return (
        f"Simulation {source.name} ({source.code}), a box of {source.parent_size:g} Mpc/h.\n"
        f"Shown are {box_size:g} Mpc/h from its corner ({corner}) on; no training has seen it."
    )


def slice_titles(redshift: float, snapshot: float | None) -> tuple[str, str]:
    """Return short titles of the generated and the simulated field."""
    return f"Generated, z = {redshift:.2f}", "Simulation" if snapshot is None else f"Simulation, z = {snapshot:g}"


def statistics_text(statistics: LiveStatistics) -> str:
    """Return mean densities, how many held-out sub-volumes make the band, and to which k they are trusted."""
    text = f"mean \u03c1/\u03c1\u0304 {statistics.mean_density:.3f}"
    if statistics.reference_mean_density is not None:
        text += f" (simulation {statistics.reference_mean_density:.3f})"
    if statistics.n_samples == 0:
        return f"{text}   no held-out simulations of its kind"
    text += f"   N = {statistics.n_samples}" + (" (interpolated)" if statistics.interpolated else "")
    if statistics.trusted_k is not None:
        text += f"   trusted to k = {statistics.trusted_k:.2g}"
    return text
