"""Where the numbers of an evaluation come from: definitions, model, samples, simulations, cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosmoloom import __version__
from cosmoloom.evaluate.bootstrap import N_RESAMPLES
from cosmoloom.evaluate.comparison import K_MAX
from cosmoloom.evaluate.evolution import LARGE_SCALE
from cosmoloom.evaluate.further import FURTHER

if TYPE_CHECKING:
    from cosmoloom.evaluate.refined import Judged
    from cosmoloom.evaluate.simulations import Selection

DEFINITIONS = {
    "density": "rho over the cosmic mean",
    "power": "spherically averaged power of density - 1 on shells of width 2 pi / L up to the Nyquist "
    "wavenumber, fields treated as periodic, no window or shot noise removed [(Mpc/h)^3]",
    "k": "mean wavenumber of the modes of a shell [h/Mpc]",
    "ratio": "mean over samples divided by mean over held-out sub-volumes",
    "error": f"abs(ratio - 1) over the shells with k <= {K_MAX:g} h/Mpc, each shell alike",
    "low, high": f"16th and 84th percentile over {N_RESAMPLES} resamplings of samples and of sub-volumes",
    "scatter_ratio": "standard deviation among samples over that among held-out sub-volumes",
    "mass": "voxels per bin of log10(density); the end bins hold what lies beyond",
    "mass_distance": "half the summed difference of the two mean histograms, as a share of all voxels",
    "peaks": "voxels strictly denser than the 124 others within 2 voxels, at least 2 voxels from a face, "
    "per bin of log10(density)",
    "mean_density_distance": "Kolmogorov-Smirnov distance of the distributions of mean density",
    "correlation": "r(k) = P_ab / sqrt(P_aa P_bb) of one field at two redshifts; mean over fields",
    "overlap": "Dice score 2 N_ab / (N_a + N_b) of the densest voxels of one field at two redshifts",
    "growth": f"mean power of the modes below {LARGE_SCALE:g} h/Mpc, late over early, of the same fields",
    "frechet": "S* = 1 / d^2 with d^2 = |m_a - m_b|^2 + Tr(C_a + C_b - 2 (C_a C_b)^(1/2)) of log10 statistics, "
    "clamped and stable for fewer fields than bins; larger is better, and it depends on the number of fields",
    "published": "the same score by the statistics and the matrix root of the code released with Perraudin et al. "
    "(2019), faults included, densities taken as 64 particles per voxel",
    "floor": "median distance of random halves of the held-out sub-volumes, resampled to the same numbers of "
    "fields; halves know less than the whole, so the floor errs towards larger distances",
    "compatibility": "|difference of means| over the joint scatter of single fields, per bin (Cavezza et al. 2022)",
    "test": "energy distance of standardised log statistics with the share of 999 random relabellings at least as far",
    "diversity": "correlation r(k) among the samples themselves, averaged over pairs: 0 if they are independent",
    "memorisation": "largest correlation of ln(1 + density) with any part of the training boxes, in all 48 "
    "orientations; a copy reaches 1",
    "tiling": "mean squared step of ln(1 + density) across every 2nd, 4th, 8th ... plane of voxels over that elsewhere",
    **{statistic.key: statistic.definition for statistic in FURTHER},
    "difference / scatter": "difference of means over the standard deviation among held-out sub-volumes",
    "others": "the same ratio for the store's other simulations, the model's training among them: "
    "how much two sets of simulations of this size differ",
}


def facts(
    model: Judged, selection: Selection, *, name: str, kappa: float, seed: int, n_samples: int
) -> dict[str, Any]:
    """Return all that a reader needs to repeat the evaluation, ready for JSON."""
    card, held_out = model.card, selection.held_out
    first = held_out[0]
    names = [simulation.name for simulation in held_out]
    return {
        "made_by": f"cosmoloom {__version__}",
        "model": {
            "name": name,
            "weights_sha256": card.weights_sha256,
            "n": card.n,
            "box_size": card.box_size,
            "trained_redshifts": list(card.trained_redshifts),
            "training_boxes": list(card.training.get("boxes", [])),
            "computed_in": str(model.dtype).removeprefix("torch."),
        },
        "samples": {"count": n_samples, "first_seed": seed, "kappa": kappa if card.kappa_conditions else None},
        "held_out": {"names": names, "n_boxes": len(held_out), "n_sub_volumes": selection.n_sub_volumes},
        "store": {
            "name": selection.store.path.name,
            "box_size": first.box_size,
            "n": first.n,
            "averaged_over_voxels_per_side": selection.coarsen,
            "mean_count": first.mean_count,
            "redshifts": list(first.redshifts),
            "plans": {simulation.name: dict(simulation.group.attrs["plan"]) for simulation in held_out},
            "cosmology": first.cosmology.as_dict(),
            "others": [simulation.name for simulation in selection.others],
        },
        "units": {"box_size": "Mpc/h, comoving", "k": "h/Mpc", "power": "(Mpc/h)^3", "kappa": "cosmic mean"},
        "definitions": DEFINITIONS,
        "cautions": _cautions(model, selection, n_samples),
    }


def _cautions(model: Judged, selection: Selection, n_samples: int) -> list[str]:
    held_out, count = selection.held_out, selection.n_sub_volumes
    plans = [simulation.group.attrs["plan"] for simulation in held_out]
    cautions = [
        (
            f"The {count} held-out sub-volumes come from {len(held_out)} boxes.  Those of one box share its long "
            "waves and are not independent, so the error bars, which count them as if they were, are too small on "
            "large scales; the other simulations show by how much two sets of boxes differ."
        ),
        "Errors are relative to these simulations, whatever code made them."
        if any("source" in plan for plan in plans)  # ingested
        else "Errors are relative to these particle-mesh simulations, not to a converged N-body code.",
    ]
    n_bins = selection.n // 2
    if n_samples <= n_bins:
        cautions.append(
            f"A covariance of {n_bins} shells from {n_samples} samples is singular and its correlations are noisy "
            f"by {1 / n_samples**0.5:.2f} each; for one that can be inverted draw more than {n_bins} samples."
        )
    if any(plan.get("fixed") for plan in plans):
        cautions.append(
            "The held-out boxes have fixed initial amplitudes, which lowers the scatter of power among boxes "
            "and, less so, among their sub-volumes."
        )
    if any(plan.get("mirrored") for plan in plans):
        cautions.append(
            "One held-out box mirrors another's initial conditions, so that their sub-volumes are anticorrelated on "
            "large scales."
        )
    unread = set(model.card.training.get("boxes", [])) - {simulation.name for simulation in selection.others}
    if unread or not selection.others:
        cautions.append(
            "The store does not hold all simulations that the model was trained on, so copies of those would go "
            "unnoticed."
        )
    return cautions
