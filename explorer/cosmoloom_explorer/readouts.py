"""Numbers as the explorer writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.pipeline.kept_latents import DRAWN, KEPT
from cosmoloom.scaling.rational import FEDER_UNITS_PER_MEAN
from cosmoloom.scaling.relative_error import NETWORK_ERROR, relative_error
from cosmoloom_explorer.plots.dressing import SUPERSCRIPTS

if TYPE_CHECKING:
    from cosmoloom.evaluate.reference import Source
    from cosmoloom.keys import LatentKey, OwnBox
    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom.pipeline.latent_atlas import Atlas
    from cosmoloom.pipeline.latent_editing import Edited
    from cosmoloom.pipeline.latent_typicality import Typicality
    from cosmoloom.scaling.interface import Scaling
    from cosmoloom_explorer.blind_test import BlindTest
    from cosmoloom_explorer.frames import Frame
    from cosmoloom_explorer.regions import RegionStatistics
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


def own_box_text(own: OwnBox, redshift: float) -> str:
    """Return whose box stands in the simulation's place, saying so where its redshift is not the generated one's."""
    path, fit, _, own_redshift = own
    exact = "" if abs(own_redshift - redshift) < 5e-3 else ", another redshift"
    made = {"refuse": "", "crop": ", cropped", "rescale": ", rescaled"}[fit]
    return f"your box {Path(path).name}{made} \N{MIDDLE DOT} z = {own_redshift:g}{exact}"


def source_text(source: Source, box_size: float) -> str:
    """Return what a simulated field was cut from; lengths in [Mpc/h]."""
    corner = ", ".join(f"{x:g}" for x in source.corner)
    return (
        f"Simulation {source.name} ({source.code}), a box of {source.parent_size:g} Mpc/h.\n"
        f"Shown are {box_size:g} Mpc/h from its corner ({corner}) on; no training has seen it."
    )


def slice_titles(frame: Frame) -> tuple[str, str]:
    """Return short titles of the generated field and of what stands beside it."""
    reference, snapshot = frame.view.reference, frame.reference_redshift
    beside = "Simulation" if reference is None or reference.own_box is None else "Your box"
    return (
        f"Generated, z = {frame.view.field.redshift:.2f}",
        beside if snapshot is None else f"{beside}, z = {snapshot:g}",
    )


def chosen_text(band: tuple[float, float] | None, heights: tuple[float, float] | None) -> str:
    """Return which waves [h/Mpc] and which heights of peaks, log10 rho over the mean, are chosen in the plots."""
    parts = []
    if band is not None:
        parts.append(f"only waves of k = {band[0]:.2g} to {band[1]:.2g} h/Mpc")
    if heights is not None:
        parts.append(f"only peaks of \u03c1 = {10 ** heights[0]:.3g} to {10 ** heights[1]:.3g} \u03c1\u0304")
    return " \N{MIDDLE DOT} ".join(parts)


def waves_text(band: tuple[float, float], rms: tuple[float, ...]) -> str:
    """Return which waves are shown [h/Mpc], and their root mean square, generated and simulated [1]."""
    text = f"waves of k = {band[0]:.2g}\N{EN DASH}{band[1]:.2g} h/Mpc [\u03c3]; \u03c3 = {rms[0]:.3g}"
    return text + (f", simulated {rms[1]:.3g}" if len(rms) > 1 else "")


def region_text(region: RegionStatistics) -> str:
    """Return what is in a region."""
    exponent = int(np.floor(np.log10(max(region.mass, 1.0))))
    mass = f"{region.mass / 10.0**exponent:.2f} \N{MULTIPLICATION SIGN} 10" + str(exponent).translate(SUPERSCRIPTS)
    return (
        f"region of {region.volume:,.0f} (Mpc/h)\u00b3: mean {region.mean:.3g}, \u03c3 {region.scatter:.3g}, densest "
        f"{region.densest:.3g} \u03c1\u0304, {mass} M\u2299/h, {region.n_peaks} peaks"
    )


def pace_text(latency: float | None, rate: float, level: int, levels: int) -> str:
    """Return latency [s], frame rate [1/s] and the level of quality, 1 for the finest."""
    parts = [] if latency is None else [f"latency {1e3 * latency:.0f} ms"]
    quality = "finest" if level == 1 else f"level {level} of {levels}"
    return " \N{MIDDLE DOT} ".join([*parts, f"{rate:.0f} frames/s", f"quality {quality}"])


def score_text(test: BlindTest | None) -> str:
    """Return how far a blind test is, and how many answers were right."""
    if test is None:
        return "not begun"
    count, given = len(test.trials), len(test.answers)
    where = "done" if test.next is None else f"slice {given + 1} of {count}"
    share = f" \N{MIDDLE DOT} {test.right} of {given} right ({100 * test.right / given:.0f} %)" if given else ""
    return where + share


def sensitivity_text(test: BlindTest | None) -> str:
    """Return d' of a blind test with its interval, and what that means; empty before there is one."""
    found = None if test is None or test.next is not None else test.sensitivity()
    if found is None:
        return ""
    if found.low > 0:
        meaning = "You can tell them apart better than by guessing."
    elif found.high < 0:
        meaning = "You take the one kind for the other."
    else:
        meaning = "This does not differ from guessing."
    return (
        f"d\u2032 = {found.d_prime:.2f}, 95 % interval {found.low:.2f} to {found.high:.2f}; criterion c = "
        f"{found.bias:.2f}. {meaning} (0 is guessing, 1 is 69 % right; log-linear rule of Hautus 1995, interval of "
        "Gourevitch & Galanter 1967.)"
    )


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


def latent_text(key: LatentKey) -> str:
    """Return which universe a latent is: the draw of a seed, a kept one, or one on the way to another."""
    names = (key.origin or f"{DRAWN}{key.seed}", key.toward)
    short = [f"#{name.removeprefix(KEPT)[:6]}" if name.startswith(KEPT) else name for name in names if name]
    return " \N{RIGHTWARDS ARROW} ".join(short)


def place_text(place: tuple[str, float, float] | None) -> str:
    """Return where directions were found."""
    if place is None:
        return "press find here: each direction is the one along which its statistic grows fastest"
    name, redshift, kappa = place
    return f"found at {name}, z = {redshift:.2f}, \u03ba = {kappa:.1f}; all of them at right angles"


def typicality_text(found: Typicality) -> str:
    """Return the deviations of a latent in one line."""
    whole = found.whole
    text = f"length {whole.sigma:+.1f} \u03c3 (p = {whole.p_value:.2g})"
    if found.bands:
        text += "; power from long to short waves " + " ".join(f"{gauge.sigma:+.1f}" for gauge in found.bands)
    return text


def typicality_tip(found: Typicality) -> str:
    """Return what each gauge measures."""
    lines = ["Deviation from what the prior draws, in standard deviations; beyond 4 the network was never trained."]
    lines += [
        f"k = {gauge.k[0]:.2g} to {gauge.k[1]:.2g} h/Mpc: power \u00d7 {gauge.ratio:.3f}, {gauge.sigma:+.1f} \u03c3"
        for gauge in found.bands
        if gauge.k is not None
    ]
    return "\n".join(lines)


def edit_text(edited: Edited) -> str:
    """Return how far an edit has come."""
    return (
        f"step {edited.step}: mass \u00d7 {edited.ratio:.2f} of \u00d7 {edited.wanted:.2f}, "
        f"r(k) outside \u2265 {edited.least_held:.2f}, {edited.moved:.2f} \u03c3 away"
    )


def atlas_text(atlas: Atlas) -> str:
    """Return how much of the samples a map holds, and of their scatter."""
    one, two = (100 * share for share in atlas.explained)
    return f"{len(atlas.seeds)} of {atlas.wanted} samples; the plane holds {one:.0f} + {two:.0f} % of their scatter"


def figure_caption(frame: Frame, position: int) -> str:
    """Return from what a figure was made, in a line, and where its slice cuts the z axis [voxels]."""
    field = frame.view.field
    depth = (position + 0.5) * frame.box_size / len(frame.generated)
    kappa = "" if field.kappa is None else f", kappa = {field.kappa:.4g}"
    return f"cosmoloom: model {field.latent.model}, seed {field.latent.seed}{kappa}, slice at {depth:.1f} Mpc/h"
