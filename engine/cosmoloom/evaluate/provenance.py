"""Where the numbers of an evaluation come from: definitions, model, samples, simulations, cautions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cosmoloom import __version__
from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.evaluate.bootstrap import N_RESAMPLES
from cosmoloom.evaluate.comparison import K_MAX
from cosmoloom.evaluate.evolution import LARGE_SCALE

if TYPE_CHECKING:
    from cosmoloom.pipeline.conditional import ConditionalModel

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
    "growth": f"mean power of the modes below {LARGE_SCALE:g} h/Mpc, late over early, of the same fields",
    "others": "the same ratio for the store's other simulations, the model's training among them: "
    "how much two sets of simulations of this size differ",
}


def facts(
    model: ConditionalModel,
    store: SimulationStore,
    held_out: Sequence[StoredSimulation],
    others: Sequence[StoredSimulation],
    *,
    coarsen: int,
    kappa: float,
    seed: int,
    n_samples: int,
) -> dict[str, Any]:
    """Return all that a reader needs to repeat the evaluation, ready for JSON."""
    card, first = model.card, held_out[0]
    names = [simulation.name for simulation in held_out]
    n_sub_volumes = sum((simulation.n // coarsen // card.n) ** 3 for simulation in held_out)
    return {
        "made_by": f"cosmoloom {__version__}",
        "model": {
            "name": card.name,
            "weights_sha256": card.weights_sha256,
            "n": card.n,
            "box_size": card.box_size,
            "trained_redshifts": list(card.trained_redshifts),
            "training_boxes": list(card.training.get("boxes", [])),
            "computed_in": str(model.dtype).removeprefix("torch."),
        },
        "samples": {"count": n_samples, "first_seed": seed, "kappa": kappa},
        "held_out": {"names": names, "n_boxes": len(held_out), "n_sub_volumes": n_sub_volumes},
        "store": {
            "name": store.path.name,
            "box_size": first.box_size,
            "n": first.n,
            "averaged_over_voxels_per_side": coarsen,
            "mean_count": first.mean_count,
            "redshifts": list(first.redshifts),
            "plans": {simulation.name: dict(simulation.group.attrs["plan"]) for simulation in held_out},
            "cosmology": first.cosmology.as_dict(),
            "others": [simulation.name for simulation in others],
        },
        "units": {"box_size": "Mpc/h, comoving", "k": "h/Mpc", "power": "(Mpc/h)^3", "kappa": "cosmic mean"},
        "definitions": DEFINITIONS,
        "cautions": _cautions(model, held_out, n_sub_volumes),
    }


def _cautions(model: ConditionalModel, held_out: Sequence[StoredSimulation], n_sub_volumes: int) -> list[str]:
    names = [simulation.name for simulation in held_out]
    cautions = [
        (
            f"The {n_sub_volumes} held-out sub-volumes come from {len(held_out)} boxes.  Those of one box "
            "share its long waves and are not independent, so the error bars, which count them as if they "
            "were, are too small on large scales; 'others' shows by how much two sets of boxes differ."
        ),
        "Errors are relative to these particle-mesh simulations, not to a converged N-body code.",
    ]
    if any(simulation.group.attrs["plan"].get("fixed") for simulation in held_out):
        cautions.append(
            "The held-out boxes have fixed initial amplitudes, which lowers the scatter of power among boxes "
            "and, less so, among their sub-volumes."
        )
    shared = sorted(set(names) & set(model.card.training.get("boxes", [])))
    if shared:
        cautions.append(
            f"Simulations named {', '.join(shared)} were among those that the model was trained on; "
            "unless this is another store, they are not held out."
        )
    return cautions
