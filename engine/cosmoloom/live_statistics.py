"""Statistics of a field beside those of simulations it never saw, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.evaluate.reference import HeldOut, ReferenceAt
    from cosmoloom.evaluate.samples import Band
    from cosmoloom.statistics import DiceCurve

Values = NDArray[np.float64]
DECISIVE = ("box_size", "n_particles", "mesh_factor", "n_steps", "start_redshift")
"""What a simulation's trust depends on; of simulations that differ in their seeds alone, one is asked."""
DENSEST = 1e-3
"""Share of the voxels that count as densest: the cores of haloes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """One statistic of the generated field, of the reference box shown, and the held-out band.

    Attributes
    ----------
    name, x_label, y_label : str
        For titles and axes, units in brackets.
    x : array, shape (m,)
        Bin centres.
    generated : array, shape (m,)
        The statistic of the generated field.
    reference : array, shape (m,), or None
        The same of the reference box shown.
    median, low, high : array, shape (m,), or None
        Median, 16th and 84th percentile of the held-out sub-volumes.
    x_log, y_log : bool
        Whether an axis reads best in logarithms.
    untrusted : (float, float) or None
        Part of the x axis where the simulations are not trusted.
    """

    name: str
    x_label: str
    y_label: str
    x: Values
    generated: Values
    reference: Values | None = None
    median: Values | None = None
    low: Values | None = None
    high: Values | None = None
    x_log: bool = False
    y_log: bool = False
    untrusted: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveStatistics:
    """Statistics of a generated field at one redshift.

    Attributes
    ----------
    power : Curves
        P(k) [(Mpc/h)^3] over k [h/Mpc], of the overdensity relative to the cosmic mean.
    ratio : Curves or None
        P(k) over the held-out median [1].
    mass : Curves
        Share of voxels per decade of density, over log10 rho/mean.
    peaks : Curves
        Density peaks per bin of log10 rho/mean, neighbourhood of two voxels.
    dice : Curves or None
        Overlap of the densest voxels of the field and the reference; ``median`` is that of unrelated fields.
    redshift : float
        Redshift of the generated field [1].
    mean_density, reference_mean_density : float or None
        Mean rho over the cosmic mean [1].
    dense : float
        rho over the cosmic mean above which :data:`DENSEST` of the generated voxels lie [1].
    n_samples : int
        Held-out sub-volumes behind median and band, 0 where there are none.
    interpolated : bool
        Whether the band lies between two snapshots and was interpolated.
    trusted_k : float or None
        To where the simulations' power is trusted [h/Mpc]; None where nobody knows, or without simulations.
    further : mapping
        Curves by name of what was asked for besides; see :mod:`cosmoloom.live_further`.
    """

    power: Curves
    ratio: Curves | None
    mass: Curves
    peaks: Curves
    dice: Curves | None
    redshift: float
    mean_density: float
    reference_mean_density: float | None
    dense: float
    n_samples: int
    interpolated: bool
    trusted_k: float | None = None
    further: Mapping[str, Curves] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredField:
    """The statistics of one field, and the ranks of its voxels for comparing it with others.

    Attributes
    ----------
    k, power : array, shape (m,)
        [h/Mpc] and [(Mpc/h)^3].
    mass_edges, peak_edges : array
        Edges of the bins, log10 rho/mean.
    mass, peaks : array
        Voxels, and peaks, per bin.
    classes : Tensor, shape (n, n, n), uint8, or None
        Twentieth of the field's densities that each voxel belongs to.
    mean_density : float
        Mean rho over the cosmic mean [1].
    dense : float
        rho over the cosmic mean above which :data:`DENSEST` of the voxels lie [1].
    """

    k: Values
    power: Values
    mass_edges: Values
    mass: Values
    peak_edges: Values
    peaks: Values
    classes: Tensor | None
    mean_density: float
    dense: float


def measure(density: Tensor, *, box_size: float, ranks: bool = True) -> MeasuredField:
    """Measure one field on its device.

    Parameters
    ----------
    density : Tensor, shape (n, n, n)
        rho over the cosmic mean [1], part of a larger universe.
    box_size : float
        Side in [Mpc/h].
    ranks : bool
        Whether to rank the voxels, which Dice needs.
    """
    from cosmoloom.statistics import mass_histogram, peak_counts, power_spectrum
    from cosmoloom.statistics.density_classes import density_classes

    power = power_spectrum(density, box_size=box_size).numpy()
    mass = mass_histogram(density).numpy()
    peaks = peak_counts(density).numpy()
    return MeasuredField(
        k=_values(power.k),
        power=_values(power.power),
        mass_edges=_values(mass.edges),
        mass=_values(mass.counts),
        peak_edges=_values(peaks.edges),
        peaks=_values(peaks.counts),
        classes=density_classes(density) if ranks else None,
        mean_density=float(density.mean()),
        dense=float(density.flatten().topk(max(1, round(DENSEST * density.numel()))).values[-1]),
    )


def compare(
    field: MeasuredField,
    *,
    redshift: float,
    reference: MeasuredField | None = None,
    held_out: HeldOut | None = None,
) -> LiveStatistics:
    """Put the statistics of a generated field beside those of simulations.

    Parameters
    ----------
    field : MeasuredField
        The generated field.
    redshift : float
        Its redshift [1].
    reference : MeasuredField, optional
        The simulated field shown beside it.
    held_out : HeldOut, optional
        Simulations that the model never saw; outside their redshifts there is no band.
    """
    band = None
    if held_out is not None:
        first, *_, last = held_out.statistics.redshifts
        band = held_out.statistics.at(redshift) if last <= redshift <= first else None
    return LiveStatistics(
        power=Curves(
            name="Power spectrum",
            x_label="k [h/Mpc]",
            y_label="P(k) [(Mpc/h)^3]",
            x=field.k,
            generated=field.power,
            reference=None if reference is None else reference.power,
            **band_curves(None if band is None else band.power),
            x_log=True,
            y_log=True,
        ),
        ratio=None if band is None else _ratio(field, reference, band),
        mass=_mass(field, reference, band),
        peaks=Curves(
            name="Peak counts",
            x_label="log10 rho/mean",
            y_label="peaks per bin",
            x=_middle(field.peak_edges),
            generated=field.peaks,
            reference=None if reference is None else reference.peaks,
            **band_curves(None if band is None else band.peaks),
            y_log=True,
        ),
        dice=_dice(field, reference),
        redshift=redshift,
        mean_density=field.mean_density,
        reference_mean_density=None if reference is None else reference.mean_density,
        dense=field.dense,
        n_samples=0 if band is None else band.n_samples,
        interpolated=band is not None and band.interpolated,
        trusted_k=None if held_out is None else _trusted_k(held_out, redshift),
    )


def _trusted_k(held_out: HeldOut, redshift: float) -> float | None:
    """Return to which k [h/Mpc] the worst of the simulations is trusted."""
    from cosmoloom.simulate.trusted import least_trusted_k

    plans = {tuple(source.plan.get(name) for name in DECISIVE): source.plan for source in held_out.sources}
    return least_trusted_k(plans.values(), redshift)


def _mass(field: MeasuredField, reference: MeasuredField | None, band: ReferenceAt | None) -> Curves:
    unit = 1.0 / (field.mass.sum() * np.diff(field.mass_edges))
    return Curves(
        name="Mass histogram",
        x_label="log10 rho/mean",
        y_label="share of voxels per decade",
        x=_middle(field.mass_edges),
        generated=field.mass * unit,
        reference=None if reference is None else reference.mass * unit,
        **band_curves(None if band is None else band.mass, unit),
        y_log=True,
    )


def _ratio(field: MeasuredField, reference: MeasuredField | None, band: ReferenceAt) -> Curves:
    return Curves(
        name="Power over held-out median",
        x_label="k [h/Mpc]",
        y_label="P / median",
        x=field.k,
        generated=field.power / band.power.median,
        reference=None if reference is None else reference.power / band.power.median,
        **band_curves(band.power, 1.0 / band.power.median),
        x_log=True,
    )


def _dice(field: MeasuredField, reference: MeasuredField | None) -> Curves | None:
    from cosmoloom.statistics.dice import dice_of_classes

    if reference is None or field.classes is None or reference.classes is None:
        return None
    curve: DiceCurve = dice_of_classes(field.classes, reference.classes).numpy()
    return Curves(
        name="Dice",
        x_label="densest voxels [%]",
        y_label="overlap",
        x=_values(curve.top_percent),
        generated=_values(curve.dice),
        median=_values(curve.baseline),
    )


def band_curves(band: Band | None, unit: Values | float = 1.0) -> dict[str, Any]:
    """Return median and percentiles as the arguments of :class:`Curves`."""
    if band is None:
        return {}
    return {"median": band.median * unit, "low": band.p16 * unit, "high": band.p84 * unit}


def _middle(edges: Values) -> Values:
    return 0.5 * (edges[1:] + edges[:-1])


def _values(array: Any) -> Values:
    return np.asarray(array, dtype=np.float64)
