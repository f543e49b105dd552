"""A box, what was made of it, and where their densest voxels agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cosmoloom.evaluate.figures.canvas import DENSITY_LABEL, MODEL, OTHERS, new_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

FAINTEST = 0.03
"""Density at the lower end of the colour scale [cosmic mean]."""
BOTH = "#f0e442"
DEPTH = 4
"""Voxels that a slab is thick."""


def overlap_figure(
    real: NDArray[np.float32],
    made: Sequence[tuple[str, NDArray[np.float32]]],
    *,
    box_size: float,
    top_percent: float = 10.0,
    caption: str = "",
) -> Figure:
    """Draw a slab of a box, of each reconstruction, and of voxels above the threshold in both or in one.

    Parameters
    ----------
    real : array, shape (n, n, n)
        rho over the cosmic mean [1].
    made : sequence of (name, array)
        Reconstructions, each a line of the figure.
    box_size : float
        Side [Mpc/h].
    top_percent : float
        Share of each field's densest voxels that are compared [%].
    caption : str
        Below the figure.

    References
    ----------
    Ullmo, Decelle & Aghanim (2021), A&A 651, A46, fig. 9.
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    figure = new_figure(9.8, 2.75 * len(made) + 0.7)
    axes = figure.subplots(len(made), 3, squeeze=False, sharex=True, sharey=True)
    middle = slice((len(real) - DEPTH) // 2, (len(real) - DEPTH) // 2 + DEPTH)
    extent = (0, box_size, 0, box_size)
    brightest = float(np.log10(np.percentile(real[..., middle].mean(-1), 99.9)))
    colours = ListedColormap(["white", MODEL, OTHERS, BOTH])
    for line, (name, field) in enumerate(made):
        for panel, values, title in zip(axes[line, :2], (real, field), ("box", name), strict=True):
            slab = np.log10(np.maximum(values[..., middle].mean(-1), FAINTEST))
            shown = panel.imshow(
                slab.T, origin="lower", extent=extent, cmap="inferno", vmin=np.log10(FAINTEST), vmax=brightest,
                interpolation="nearest",
            )  # fmt: skip
            panel.set_title(title, fontsize=10)
        above = [_above(values[..., middle.start], values, top_percent) for values in (field, real)]
        axes[line, 2].imshow(
            (above[0] + 2 * above[1]).T, origin="lower", extent=extent, cmap=colours, vmin=0, vmax=3,
            interpolation="nearest",
        )  # fmt: skip
        axes[line, 2].set_title(f"densest {top_percent:g} %", fontsize=10)
        axes[line, 0].set_ylabel("y [Mpc/h]")
    for panel in axes[-1]:
        panel.set_xlabel("x [Mpc/h]")
    figure.colorbar(shown, ax=axes[:, :2], label=DENSITY_LABEL, shrink=0.85, pad=0.02, extend="both", aspect=30)
    names = (("both", BOTH), ("only the box", OTHERS), ("only the model", MODEL))
    axes[0, 2].legend(
        handles=[Patch(color=colour, label=name) for name, colour in names], fontsize=8, loc="upper left",
        bbox_to_anchor=(1.02, 1.0), frameon=False,
    )  # fmt: skip
    if caption:
        figure.supxlabel(wrapped(figure, caption), fontsize=9, color="0.3")
    return figure


def _above(layer: NDArray[np.float32], whole: NDArray[np.float32], top_percent: float) -> NDArray[np.int64]:
    """Tell which voxels of a layer are among the densest of the whole field."""
    return np.asarray(layer > np.percentile(whole, 100 - top_percent), dtype=np.int64)
