"""Slabs of a simulation and of samples, one column per redshift, in one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import DENSITY_LABEL, new_figure, title_of, wrapped
from cosmoloom.evaluate.samples import Values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom.box import Box
    from cosmoloom.evaluate.report import Evaluation

THICKNESS = 4.0
"""Slabs are about this thick [Mpc/h]."""

FAINTEST = 0.03
"""Density at the lower end of the colour scale [cosmic mean]."""


def slice_figure(evaluations: Sequence[Evaluation]) -> Figure:
    """Draw the mean density of a slab through the middle of each field."""
    rows = evaluations[0].comparisons
    lines: list[tuple[str, list[Box]]] = [("simulation", [real for real, _ in evaluations[0].pictured])]
    lines += [(e.name, [sample for _, sample in e.pictured]) for e in evaluations]
    figure = new_figure(max(2.0 * len(rows) + 1.6, 4.5), 2.02 * len(lines) + 0.95)
    axes = figure.subplots(len(lines), len(rows), sharex=True, sharey=True, squeeze=False)
    slabs = [[_slab(box) for box in boxes] for _, boxes in lines]
    brightest = float(np.percentile(np.concatenate([slab.ravel() for slab in slabs[0]]), 99.9))
    for line, (label, boxes) in enumerate(lines):
        for column, box in enumerate(boxes):
            image = axes[line, column].imshow(
                np.log10(np.maximum(slabs[line][column], FAINTEST)).T,
                vmin=np.log10(FAINTEST), vmax=np.log10(brightest), cmap="inferno", origin="lower",
                extent=(0, box.box_size, 0, box.box_size), interpolation="nearest",
            )
        axes[line, 0].set_ylabel(f"{label}\ny [Mpc/h]")
    for column, row in enumerate(rows):
        axes[0, column].set_title(title_of(row).replace("  (never", "\n(never"), fontsize=10)
        axes[-1, column].set_xlabel("x [Mpc/h]")
    figure.colorbar(image, ax=axes, label=DENSITY_LABEL, shrink=0.85, pad=0.02, extend="both", aspect=30)
    real, depth = lines[0][1][0], _depth(lines[0][1][0])
    caption = (
        f"Mean density of a slab of {depth * real.voxel_size:g} Mpc/h.  Above: {real.label}, held out.  "
        f"Below: seed {evaluations[0].facts['samples']['first_seed']}, one latent at every redshift."
    )
    figure.supxlabel(wrapped(figure, caption), fontsize=9, color="0.3")
    return figure


def _depth(box: Box) -> int:
    return min(box.n, max(1, round(THICKNESS / box.voxel_size)))


def _slab(box: Box) -> Values:
    """Average a slab through the middle of the box along its last axis."""
    depth = _depth(box)
    start = (box.n - depth) // 2
    return np.asarray(box.density[:, :, start : start + depth].mean(-1), dtype=np.float64)
