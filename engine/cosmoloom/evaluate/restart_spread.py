"""Whether what restarts leave open is what a box leaves open: how alike they are, beside how true they are.

A simulation knows the noise that it began from.  Were restarts draws from the posterior, the truth would be one more of
them: two restarts would agree as well as a restart and the truth do, and the mean of N restarts would miss the truth by
their scatter times sqrt(1 + 1 / N).  Restarts that agree better than they are true are too sure of themselves.

References
----------
Cook, Gelman & Rubin (2006), J. Comput. Graph. Stat. 15, 675 (the truth as one more draw of the posterior).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.evaluate.reconstruction import lowest
from cosmoloom.pipeline.inversion.refinement import refine
from cosmoloom.pipeline.inversion.restarts import elsewhere
from cosmoloom.simulate.fourier import wavenumbers
from cosmoloom.simulate.initial_conditions import displacements
from cosmoloom.simulate.initial_modes import initial_modes
from cosmoloom.statistics.spherical_bins import spherical_bins

if TYPE_CHECKING:
    from cosmoloom.data.store import SimulationStore, StoredSimulation
    from cosmoloom.pipeline.primordial import PrimordialModel

Curve = NDArray[np.float64]
FOLLOWED = 3
"""How often the place that matter came from is looked up where it came from."""
BANDS = ((0.1, 0.3), (0.3, 1.0), (1.0, 2.0))
"""Wavenumbers between which curves are averaged for a table [h/Mpc]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Initial conditions of several refinements of the same boxes.

    Attributes
    ----------
    redshift : float
        Of the boxes [1].
    volumes, restarts, steps : int
        How many boxes, refinements of each, and steps of each refinement.
    k : array, shape (m,)
        Wavenumbers [h/Mpc].
    encoder : array, shape (m,)
        Correlation of the encoder's noise with the true one [1].
    truth, among : array, shape (m,)
        Of a refinement's noise with the true one, and with that of another refinement [1].
    calibration : array, shape (m,)
        Scatter of refinements, times sqrt(1 + 1 / N), over the distance of their mean from the truth: 1 if they are
        draws from the posterior, less if they are too sure [1].
    densities : array, shape (m,)
        Correlation of the densities that grow from two refinements [1].
    """

    redshift: float
    volumes: int
    restarts: int
    steps: int
    k: Curve
    encoder: Curve
    truth: Curve
    among: Curve
    calibration: Curve
    densities: Curve


def true_noise(
    model: PrimordialModel, simulation: StoredSimulation, corner: tuple[int, int, int], redshift: float
) -> Tensor:
    """Return the white noise from which a volume of a simulation grew, where its matter was, shape (n, n, n).

    Initial conditions are sought without the mean displacement of their region, so that the noise is cut out where the
    volume's matter was on average.

    Raises
    ------
    InvalidInputError
        If the simulation was ingested, so that nobody knows its phases.
    """
    size, m, n = simulation.box_size, simulation.n, model.card.n
    modes = initial_modes(simulation, m)
    first, _ = displacements(modes, box_size=size)
    growth = float(simulation.cosmology.growth_factor(redshift))
    moved = torch.zeros(3)
    for _ in range(FOLLOWED):
        at = [
            (torch.arange(n) + start - int(by)) % m
            for start, by in zip(corner, (moved * m / size).round().tolist(), strict=True)
        ]
        moved = growth * first[at[0][:, None, None], at[1][:, None], at[2]].mean(dim=(0, 1, 2))
    k = wavenumbers(m, box_size=size)
    magnitude = torch.sqrt(k[0] ** 2 + k[1] ** 2 + k[2] ** 2)
    white = modes / torch.sqrt(model.power.at(magnitude).float() * (m / size) ** 3)
    x, y, z = moved.tolist()
    phase = k[0] * x + k[1] * y + k[2] * z
    whole = torch.fft.irfftn(white * torch.polar(torch.ones_like(phase), -phase), s=(m,) * 3)
    return whole[tuple(slice(start, start + n) for start in corner)].contiguous()


def measure_spread(
    model: PrimordialModel,
    store: SimulationStore,
    names: Sequence[str],
    redshift: float,
    *,
    steps: int,
    restarts: int,
    count: int | None,
    on_progress: Callable[[int, int], None],
) -> Spread:
    """Refine each volume several times, and compare what comes out with the truth.

    Parameters
    ----------
    model : PrimordialModel
        With an encoder.
    store, names, redshift
        Simulations that no training has read, and their snapshot; volumes that tile them are taken in turn, the first
        of each simulation, then the second of each.
    steps, restarts : int
        Of each refinement, and how many of each volume, 2 or more.
    count : int or None
        Volumes; all by default.
    on_progress : callable
        Called with (refinements done, refinements in all).

    Raises
    ------
    InvalidInputError
        If the model has no encoder, a box does not fit, or initial conditions are not known.
    """
    n, kappa = model.card.n, model.card.default_kappa
    starts = range(0, store[names[0]].n - n + 1, n)
    places = [(name, corner) for corner in product(starts, starts, starts) for name in names][:count]
    sums: dict[str, list[Curve]] = {}
    for done, (name, corner) in enumerate(places):
        box, truth = store[name].box(redshift).crop(corner, n), true_noise(model, store[name], corner, redshift)
        start = model.encode(box, kappa=kappa)
        ends = []
        for again in range(restarts):
            on_progress(done * restarts + again, len(places) * restarts)
            begin = start if again == 0 else elsewhere(model, start, seed=again)
            ends.append(lowest(refine(model, box, begin, kappa=kappa, steps=steps)))
        for key, curve in _spectra(model, truth, start, [end.latent for end in ends]).items():
            sums.setdefault(key, []).append(curve)
        for one, two in combinations([end.density - end.density.mean() for end in ends], 2):
            for key, pair in (("11", (one, one)), ("22", (two, two)), ("12", (one, two))):
                sums.setdefault(f"density {key}", []).append(_product(*pair))
    on_progress(len(places) * restarts, len(places) * restarts)
    total = {key: np.sum(curves, axis=0) for key, curves in sums.items()}

    def correlation(cross: str, one: str, two: str) -> Curve:
        return np.asarray(total[cross] / np.sqrt(total[one] * total[two]))

    return Spread(
        redshift=redshift, volumes=len(places), restarts=restarts, steps=steps,
        k=spherical_bins(n, torch.device("cpu")).radius.double().numpy() * (2 * np.pi / model.card.box_size),
        encoder=correlation("encoder truth", "encoder", "truth"), truth=correlation("end truth", "end", "truth"),
        among=total["end end"] / total["end"], densities=correlation("density 12", "density 11", "density 22"),
        calibration=np.sqrt((1 + 1 / restarts) * total["scatter"] / total["error"]),
    )  # fmt: skip


def spread_table(found: Spread) -> str:
    """Return correlations and calibration in some bands as lines of text."""
    bands = [(found.k >= low) & (found.k < high) for low, high in BANDS]
    lines = [
        (
            f"z = {found.redshift:g}, {found.volumes} volumes, {found.restarts} refinements of {found.steps} steps "
            "each; initial conditions at k ="
        )
    ]
    lines.append(f"{'':<44}" + "".join(f"{f'{low:g} to {high:g}':>12}" for low, high in BANDS))
    for text, curve in (
        ("r(k) of the encoder with the truth", found.encoder), ("r(k) of a refinement with the truth", found.truth),
        ("r(k) between two refinements", found.among), ("scatter over what it should be", found.calibration),
        ("r(k) between their densities", found.densities),
    ):  # fmt: skip
        lines.append(f"{text:<44}" + "".join(f"{float(np.mean(curve[band])):12.2f}" for band in bands))
    return "\n".join(lines)


def _spectra(model: PrimordialModel, truth: Tensor, start: Tensor, ends: Sequence[Tensor]) -> dict[str, Curve]:
    """Return powers and cross-powers of noises, summed over pairs where there are several."""
    with torch.no_grad():
        encoder = model.lagrangian.white(start).cpu()
        noises = [model.lagrangian.white(end).cpu() for end in ends]
    mean = torch.stack(noises).mean(dim=0)
    count = len(noises)
    pairs = list(combinations(noises, 2))
    return {
        "truth": _product(truth, truth),
        "encoder": _product(encoder, encoder),
        "encoder truth": _product(encoder, truth),
        "end": np.mean([_product(each, each) for each in noises], axis=0),
        "end truth": np.mean([_product(each, truth) for each in noises], axis=0),
        "end end": np.mean([_product(*pair) for pair in pairs], axis=0),
        "scatter": np.sum([_product(each - mean, each - mean) for each in noises], axis=0) / (count - 1),
        "error": _product(mean - truth, mean - truth),
    }


def _product(one: Tensor, two: Tensor) -> Curve:
    """Return the cross-power of two fields per shell, in any unit."""
    bins = spherical_bins(one.shape[-1], one.device)
    waves = (torch.fft.rfftn(each.double()) for each in (one, two))
    return bins.total_product(*waves).double().numpy()
