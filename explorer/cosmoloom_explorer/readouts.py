"""Numbers as the explorer writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cosmoloom.cosmology import Cosmology
from cosmoloom.models.card import ModelCard
from cosmoloom.scaling.rational import FEDER_UNITS_PER_MEAN

if TYPE_CHECKING:
    from cosmoloom.live_statistics import LiveStatistics

STAGES = {"network": "net", "density": "density", "transfer": "copy", "statistics": "statistics", "draw": "draw"}


def redshift_text(redshift: float, universe: Cosmology) -> str:
    """Return growth factor and scale factor at a redshift."""
    growth = float(universe.growth_factor(redshift))
    return f"growth D = {growth:.3f}    a = {1 / (1 + redshift):.3f}"


def kappa_text(kappa: float) -> str:
    """Return kappa [cosmic mean] in the unit of feder2020."""
    return f"= {kappa * FEDER_UNITS_PER_MEAN:.1f} \N{MULTIPLICATION SIGN} 10\u00b9\u2070 M\u2299 per Mpc\u00b3"


def kappa_amplification(kappa: float, density: float = 100.0) -> float:
    """Return d rho / d x at a density [cosmic mean]: how much an error of the network grows there."""
    # With x = 2 rho / (rho + kappa) - 1, 1 - x = 2 kappa / (rho + kappa).
    return (density + kappa) ** 2 / (2.0 * kappa)


def timings_text(timings: Mapping[str, float]) -> str:
    """Return milliseconds per stage, in the order in which they run."""
    parts = [f"{name} {1e3 * timings[stage]:.0f}" for stage, name in STAGES.items() if stage in timings]
    return " \N{MIDDLE DOT} ".join(parts) + " ms" if parts else ""


def model_facts(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """Return a model's facts as pairs of name and value, for a small table."""
    z_low, z_high = card.redshift_range
    k_low, k_high = card.kappa_range
    universe = card.universe
    return (
        ("volume", f"{card.n}\u00b3 voxels of {card.voxel_size:g} Mpc/h"),
        ("redshift", f"{z_low:g} \N{EN DASH} {z_high:g}"),
        ("\u03ba", f"{k_low:g} \N{EN DASH} {k_high:g} mean densities"),
        ("latent", f"{card.latent_size} Student-t components, \u03bd = {card.latent_nu:g}"),
        ("cosmology", f"\u03a9m {universe.Omega_m:g}, h {universe.h:g}, \u03c38 {universe.sigma_8:g}"),
    )


def simulation_name(index: int | None) -> str:
    """Return the name of a held-out simulation, counted from one; None is none."""
    return "no held-out simulation" if index is None else f"Simulation {index + 1}"


def reference_text(index: int, snapshot: float | None, redshift: float) -> str:
    """Return the title of the simulated field, saying so where its redshift is another."""
    if snapshot is None:
        return simulation_name(None)
    exact = abs(snapshot - redshift) < 5e-3
    return f"{simulation_name(index)}, z = {snapshot:g}" + ("" if exact else " (nearest snapshot)")


def slice_titles(redshift: float, snapshot: float | None) -> tuple[str, str]:
    """Return short titles of the generated and the simulated field."""
    return f"Generated, z = {redshift:.2f}", "Simulation" if snapshot is None else f"Simulation, z = {snapshot:g}"


def statistics_text(statistics: LiveStatistics) -> str:
    """Return mean densities, and how many held-out sub-volumes make the band."""
    text = f"mean \u03c1/\u03c1\u0304 = {statistics.mean_density:.3f}"
    if statistics.reference_mean_density is not None:
        text += f" (simulation {statistics.reference_mean_density:.3f})"
    if statistics.n_samples == 0:
        return f"{text}    no held-out simulations come with this model"
    between = ", interpolated" if statistics.interpolated else ""
    return f"{text}    band: N = {statistics.n_samples} held-out sub-volumes at z = {statistics.redshift:.2f}{between}"
