"""How alike volumes and their reconstructions are: Dice beside chance, r(k), and the usual statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import MODELS, SIMULATION, label_wavenumbers, new_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosmoloom.evaluate.reconstruction import Reconstruction
    from cosmoloom.evaluate.samples import SampleStatistics, Values

RAREST = 20
"""Bins with fewer voxels or peaks of all originals together are not drawn."""


def reconstruction_figure(found: Reconstruction) -> Figure:
    """Draw Dice, normalised Dice, its significance and r(k); below, power, mass and peaks over the originals'."""
    figure = new_figure(12.5, 6.4)
    panels = figure.subplots(2, 4)
    _overlap(panels[0, :3], found)
    _correlation(panels[0, 3], found)
    _ratios(panels[1, :3], found)
    panels[1, 3].axis("off")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    panels[1, 3].legend(handles, labels, loc="center", frameon=False, fontsize=9)
    count = len(found.originals)
    caption = (
        f"{count} volumes of simulations that no training has read, z = {found.redshift:g}.  Random pairs: different "
        "volumes; band, their scatter.  Significance: (Dice - random) over the scatter of random pairs.  Below: mean "
        "over that of the originals; for the model's own samples nothing is shown."
    )
    figure.supxlabel(wrapped(figure, caption), fontsize=9, color="0.3")
    return figure


def _overlap(panels: list[Axes], found: Reconstruction) -> None:
    random = found.kinds[0].dice.random.numpy()
    panels[0].fill_between(
        random.top_percent, random.mean - random.scatter, random.mean + random.scatter, color=SIMULATION, alpha=0.3,
        lw=0,
    )  # fmt: skip
    panels[0].plot(random.top_percent, random.mean, color=SIMULATION, lw=1.2, label="random pairs")
    for kind, colour in zip(found.kinds, MODELS, strict=False):
        dice = kind.dice.numpy()
        for panel, values in zip(panels, (dice.mean, dice.normalised, dice.significance), strict=True):
            panel.plot(dice.top_percent, values, color=colour, lw=1.5, label=kind.name)
    names = ("Dice", "normalised Dice", "significance")
    for panel, name in zip(panels, names, strict=True):
        panel.set(xlabel="densest voxels [%]", ylabel=name, xlim=(0, 100))
        panel.set_ylim(bottom=0)
    for panel in panels[:2]:
        panel.set_ylim(0, 1)


def _correlation(panel: Axes, found: Reconstruction) -> None:
    for kind, colour in zip(found.kinds, MODELS, strict=False):
        panel.plot(kind.k, kind.correlation, color=colour, lw=1.5)
    panel.axhline(0, color=SIMULATION, lw=0.8)
    panel.set(ylabel="r(k) with the original", ylim=(-0.1, 1.02))
    label_wavenumbers(panel)


def _ratios(panels: list[Axes], found: Reconstruction) -> None:
    """Draw what encoding and refinement have made of power, voxels per density, and peaks per height."""
    for kind, colour in zip(found.kinds[:2], MODELS, strict=False):
        made, real = kind.statistics, found.originals
        panels[0].plot(real.k, made.power.mean(0) / real.power.mean(0), color=colour, lw=1.5)
        for panel, name in zip(panels[1:], ("mass", "peaks"), strict=True):
            x, ratio = _counts(made, real, name)
            panel.plot(x, ratio, color=colour, lw=1.5)
    label_wavenumbers(panels[0])
    panels[0].set(ylabel="P(k) over the originals'")
    panels[1].set(xlabel=r"$\log_{10}\,\rho/\bar\rho$", ylabel="voxels over the originals'")
    panels[2].set(xlabel=r"peak height, $\log_{10}\,\rho/\bar\rho$", ylabel="peaks over the originals'")
    for panel in panels:
        panel.axhline(1, color=SIMULATION, lw=0.8)
        panel.set_ylim(0, 2)


def _counts(made: SampleStatistics, real: SampleStatistics, name: str) -> tuple[Values, Values]:
    """Return bin centres and the ratio of counts, where the originals have enough."""
    edges = getattr(real, f"{name if name == 'mass' else 'peak'}_edges")
    ours, theirs = (getattr(statistics, name).sum(0) for statistics in (made, real))
    centres = (edges[1:] + edges[:-1]) / 2
    enough = theirs >= RAREST
    return centres[enough], np.asarray(ours[enough] / theirs[enough])
