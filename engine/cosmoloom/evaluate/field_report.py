"""Statistics of one field, or of two side by side: as a table, as JSON, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cosmoloom.box import Box
from cosmoloom.evaluate.figures.canvas import DENSITY_LABEL, MODEL, SIMULATION, label_wavenumbers, new_figure
from cosmoloom.evaluate.plain import plain
from cosmoloom.statistics import (
    CrossPower,
    DiceCurve,
    MassHistogram,
    MeanDensity,
    PeakCounts,
    PowerSpectrum,
    cross_power,
    dice,
    mass_histogram,
    mean_density,
    peak_counts,
    power_spectrum,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Wavenumbers of the table [h/Mpc]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStatistics:
    """All statistics of one field; see each statistic for units."""

    box: Box
    power: PowerSpectrum
    mass: MassHistogram
    peaks: PeakCounts
    mean_density: MeanDensity


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReport:
    """Statistics of a field and, where there is one, of a reference and of the pair."""

    field: FieldStatistics
    reference: FieldStatistics | None = None
    cross: CrossPower | None = None
    dice: DiceCurve | None = None

    @property
    def fields(self) -> tuple[FieldStatistics, ...]:
        """The field, and the reference if there is one."""
        return (self.field,) if self.reference is None else (self.field, self.reference)


def measure_fields(box: Box, reference: Box | None = None, *, neighbourhood: int = 2) -> FieldReport:
    """Measure a field, and compare it with a reference of the same size."""
    if reference is None:
        return FieldReport(field=_measure(box, neighbourhood))
    cross = cross_power(box, reference).numpy()  # refuses what cannot be compared
    return FieldReport(
        field=_measure(box, neighbourhood),
        reference=_measure(reference, neighbourhood),
        cross=cross,
        dice=dice(box, reference).numpy(),
    )


def _measure(box: Box, neighbourhood: int) -> FieldStatistics:
    return FieldStatistics(
        box=box,
        power=power_spectrum(box).numpy(),
        mass=mass_histogram(box).numpy(),
        peaks=peak_counts(box, neighbourhood=neighbourhood).numpy(),
        mean_density=mean_density(box).numpy(),
    )


def field_table(report: FieldReport) -> Table:
    """Return the most telling numbers, one row each, one column per field."""
    from rich.table import Table
    from rich.text import Text  # its brackets are brackets, not markup

    table = Table()
    table.add_column("")
    for each in report.fields:
        table.add_column(Text(each.box.label or "field"), justify="right")
    if report.cross is not None:
        table.add_column("of the pair", justify="right")

    def row(name: str, cells: list[str], pair: str = "") -> None:
        table.add_row(Text(name), *cells, *([pair] if report.cross is not None else []))

    row("voxels", [f"{s.box.n}^3 of {s.box.voxel_size:g} Mpc/h" for s in report.fields])
    row("redshift", ["unknown" if s.box.redshift is None else f"{s.box.redshift:g}" for s in report.fields])
    row("periodic", ["yes" if s.box.periodic else "no" for s in report.fields])
    row("mean density [cosmic mean]", [f"{s.mean_density.mean:.4f}" for s in report.fields])
    row("scatter of voxels [cosmic mean]", [f"{s.mean_density.scatter:.4f}" for s in report.fields])
    row("densest voxel [cosmic mean]", [f"{s.box.density.max():.4g}" for s in report.fields])
    row("peaks", [f"{s.peaks.counts.sum()} in {s.peaks.n_searched} voxels" for s in report.fields])
    k = np.asarray(report.field.power.k)
    for shell in sorted({int(np.abs(k - scale).argmin()) for scale in SCALES if k[0] <= scale <= k[-1]}):
        pair = "" if report.cross is None else f"r = {report.cross.correlation[shell]:.3f}"
        powers = [
            f"{np.interp(k[shell], np.asarray(s.power.k), np.asarray(s.power.power)):.4g}"
            for s in report.fields
        ]
        row(f"P(k = {k[shell]:.3f} h/Mpc) [(Mpc/h)^3]", powers, pair)
    if report.dice is not None:
        for index in (0, 1, 3, 9):
            top, score, chance = (
                float(v[index]) for v in (report.dice.top_percent, report.dice.dice, report.dice.baseline)
            )
            row(f"Dice of the densest {top:.0f} %", [""] * 2, f"{score:.3f}, by chance {chance:.3f}")
    return table


def field_document(report: FieldReport) -> dict[str, Any]:
    """Return every number, ready for JSON."""
    document: dict[str, Any] = {
        "format": "cosmoloom-statistics",
        "version": 1,
        "units": {
            "box_size": "Mpc/h, comoving",
            "k": "h/Mpc",
            "power": "(Mpc/h)^3, of the overdensity relative to the cosmic mean",
            "edges": "log10(rho / cosmic mean)",
            "mean": "cosmic mean",
        },
    }
    for name, each in (("field", report.field), ("reference", report.reference)):
        if each is not None:
            document[name] = {
                "label": each.box.label,
                "n": each.box.n,
                "box_size": each.box.box_size,
                "redshift": each.box.redshift,
                "periodic": each.box.periodic,
                "power": each.power,
                "mass": each.mass,
                "peaks": each.peaks,
                "mean_density": each.mean_density,
            }
    if report.cross is not None:
        document |= {"cross": report.cross, "dice": report.dice}
    return plain(document)


def field_figure(report: FieldReport) -> Figure:
    """Draw power, mass histogram and peaks of the fields, and correlation and Dice of a pair."""
    figure = new_figure(12.0, 7.4 if report.cross is not None else 3.9)
    axes = figure.subplots(2 if report.cross is not None else 1, 3, squeeze=False)
    for each, colour in zip(report.fields, (MODEL, SIMULATION), strict=False):
        label = each.box.label or "field"
        axes[0, 0].plot(each.power.k, each.power.power, color=colour, label=label)
        axes[0, 1].stairs(np.asarray(each.mass.counts), np.asarray(each.mass.edges), color=colour)
        axes[0, 2].stairs(np.asarray(each.peaks.counts), np.asarray(each.peaks.edges), color=colour)
    axes[0, 0].set(yscale="log", ylabel=r"$P(k)$ [(Mpc/$h$)$^3$]")
    label_wavenumbers(axes[0, 0])
    axes[0, 0].legend(fontsize=8, frameon=False)
    axes[0, 1].set(yscale="log", xlabel=DENSITY_LABEL, ylabel="voxels per 0.1 dex", ylim=(0.8, None))
    axes[0, 2].set(
        yscale="log", xlabel=DENSITY_LABEL + " at the peak", ylabel="peaks per 0.2 dex", ylim=(0.8, None)
    )
    if report.cross is not None and report.dice is not None and report.reference is not None:
        ratio = np.asarray(report.field.power.power) / np.asarray(report.reference.power.power)
        axes[1, 0].plot(report.field.power.k, ratio, color=MODEL)
        axes[1, 0].axhline(1.0, color=SIMULATION, lw=0.8)
        axes[1, 0].set(ylabel=r"$P(k)$ over the reference's")
        label_wavenumbers(axes[1, 0])
        label_wavenumbers(axes[1, 1])
        axes[1, 1].plot(report.cross.k, report.cross.correlation, color=MODEL)
        axes[1, 1].axhline(0.0, color=SIMULATION, lw=0.8)
        axes[1, 1].set(ylabel="correlation $r(k)$", ylim=(-1.05, 1.05))
        top = report.dice.top_percent
        axes[1, 2].plot(top, report.dice.dice, color=MODEL, label="the two fields")
        axes[1, 2].plot(top, report.dice.baseline, color=SIMULATION, ls=(0, (4, 2)), label="by chance")
        axes[1, 2].set(
            xlabel="densest share of voxels [%]", ylabel="Dice score", ylim=(0, 1.02), xlim=(0, 100)
        )
        axes[1, 2].legend(fontsize=8, frameon=False)
    return figure
