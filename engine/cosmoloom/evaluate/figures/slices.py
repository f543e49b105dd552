"""Slabs of a simulation and of a sample, one column per redshift, in one colour scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import DENSITY_LABEL, new_figure, title_of
from cosmoloom.evaluate.samples import Values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.box import Box
    from cosmoloom.evaluate.report import Evaluation

THICKNESS = 4.0
"""Slabs are about this thick [Mpc/h]."""

FAINTEST = 0.03
"""Density at the lower end of the colour scale [cosmic mean]."""


def slice_figure(evaluation: Evaluation) -> Figure:
    """Draw the mean density of a slab through the middle of each field."""
    rows, pairs = evaluation.comparisons, evaluation.pictured
    figure = new_figure(2.75 * len(rows) + 1.1, 6.2)
    axes = figure.subplots(2, len(rows), sharex=True, sharey=True, squeeze=False)
    slabs = [[_slab(box) for box in pair] for pair in pairs]
    brightest = float(np.percentile(np.concatenate([real.ravel() for real, _ in slabs]), 99.9))
    for column, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        for line, box in enumerate(pair):
            image = axes[line, column].imshow(
                np.log10(np.maximum(slabs[column][line], FAINTEST)).T,
                vmin=np.log10(FAINTEST), vmax=np.log10(brightest), cmap="inferno", origin="lower",
                extent=(0, box.box_size, 0, box.box_size), interpolation="nearest",
            )
        axes[0, column].set_title(title_of(row))
        axes[1, column].set_xlabel("x [Mpc/h]")
    for line, kind in enumerate(("simulation", "model")):
        axes[line, 0].set_ylabel(f"{kind}\ny [Mpc/h]")
    figure.colorbar(image, ax=axes, label=DENSITY_LABEL, shrink=0.85, pad=0.01, extend="both")
    real, generated = pairs[0]
    figure.supxlabel(
        f"Mean density of a slab of {_depth(real) * real.voxel_size:g} Mpc/h.  "
        f"Above: {real.label}, held out.  Below: {generated.label}, "
        f"kappa {evaluation.facts['samples']['kappa']:.3g}, one latent at every redshift.",
        fontsize=9, color="0.3",
    )
    return figure


def _depth(box: Box) -> int:
    return min(box.n, max(1, round(THICKNESS / box.voxel_size)))


def _slab(box: Box) -> Values:
    """Average a slab through the middle of the box along its last axis."""
    depth = _depth(box)
    start = (box.n - depth) // 2
    return np.asarray(box.density[:, :, start : start + depth].mean(-1), dtype=np.float64)
