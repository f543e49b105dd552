"""Pictures of a training: slices of validation fields and of samples, in one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cosmoloom.data.atomic import atomic_path
from cosmoloom.evaluate.figures.canvas import DENSITY_LABEL, new_figure
from cosmoloom.evaluate.figures.slices import FAINTEST
from cosmoloom.train.monitor.validation import Drawn

SHOWN = 4
"""Fields of each kind per redshift."""


def save_slices(path: Path, rows: Sequence[Drawn], *, iteration: int) -> None:
    """Draw the middle slices, one row per redshift; validation fields left, samples right.

    Parameters
    ----------
    path : Path
        PNG to write.
    rows : sequence of Drawn
        One per redshift.
    iteration : int
        For the title.
    """
    figure = new_figure(8.6, 1.02 * len(rows) + 0.5)
    axes = figure.subplots(len(rows), 2, squeeze=False, sharex=True, sharey=True)
    strips = [[_strip(row.real), _strip(row.samples)] for row in rows]
    brightest = float(np.nanpercentile(np.concatenate([real.ravel() for real, _ in strips]), 99.9))
    for (left, right), row, pair in zip(axes, rows, strips, strict=True):
        for axis, strip in zip((left, right), pair, strict=True):
            image = axis.imshow(
                np.log10(np.maximum(strip, FAINTEST)), vmin=np.log10(FAINTEST), vmax=np.log10(brightest),
                cmap="inferno", interpolation="nearest",
            )
            axis.set_xticks([])
            axis.set_yticks([])
        left.set_ylabel(f"$z = {row.closeness.redshift:g}$")
    axes[0, 0].set_title("validation", fontsize=10)
    axes[0, 1].set_title(f"samples after {iteration} steps", fontsize=10)
    figure.colorbar(image, ax=axes, label=DENSITY_LABEL, extend="both", aspect=15, pad=0.01)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as draft:
        figure.savefig(draft, dpi=110)


def _strip(fields: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Set middle slices (or maps) side by side, with a gap of one voxel that stays blank: (n, 4 n + 3)."""
    flat = fields[:SHOWN] if fields.ndim == 3 else fields[:SHOWN, :, :, fields.shape[-1] // 2]
    padded = torch.nn.functional.pad(flat.float(), (0, 1), value=float("nan"))
    return torch.cat(list(padded), dim=1)[:, :-1].numpy()
