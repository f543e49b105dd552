"""Density classes: between which of a field's own quantiles each voxel lies; a comparison of ranks needs no more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import require_cubes

TOP_PERCENT = tuple(float(percent) for percent in range(5, 100, 5))
"""Shares of the densest voxels, 5 % apart [%]."""


def require_shares(top_percent: Sequence[float]) -> None:
    """Raise InvalidInputError unless shares [%] ascend between 0 and 100, at most 255 of them."""
    shares = np.array([0.0, *top_percent, 100.0])
    if not (1 <= len(top_percent) <= 255 and (np.diff(shares) > 0).all()):
        raise InvalidInputError(
            f"top_percent must hold 1 to 255 ascending shares between 0 and 100 %, got {list(top_percent)}"
        )


def density_classes(
    density: Tensor, top_percent: Sequence[float] = TOP_PERCENT, dimensions: int = 3
) -> Tensor:
    """Return the class of each voxel among its field's own; worth keeping for a field compared often.

    The threshold of the densest p % is the value of rank ``round(m (1 - p / 100))`` from below among m voxels;
    those that tie with it lie below it.

    Parameters
    ----------
    density : Tensor, shape (*batch, n, n, n)
        Any monotonic measure of density, finite.
    top_percent : sequence of float
        Ascending shares of the densest voxels [%].
    dimensions : int
        3, or 2 for maps, shape (*batch, n, n).

    Returns
    -------
    Tensor of the same shape, uint8
        Number of thresholds below the voxel: 0 for the least dense.
    """
    require_cubes(density, dimensions)
    require_shares(top_percent)
    values = density.detach()
    flat = values.reshape(-1, values.shape[-1] ** dimensions)
    size = flat.shape[-1]
    last_below = [max(round(size * (1 - percent / 100)) - 1, 0) for percent in reversed(top_percent)]
    if flat.device.type == "cpu" and flat.dtype == torch.float32:
        rows = [_classes(row, np.array(last_below)) for row in flat.contiguous().numpy()]
        return torch.from_numpy(np.stack(rows)).reshape(values.shape)
    thresholds = flat.sort(dim=-1).values[:, last_below].contiguous()
    return torch.searchsorted(thresholds, flat.contiguous()).to(torch.uint8).reshape(values.shape)


def _classes(values: NDArray[np.float32], ranks: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Classify one field by the values at ascending ranks, of which only the neighbourhoods are sorted."""
    from cosmoloom.statistics.rank_kernel import CELLS, class_by_cell, count_cells, locate_ranks, raise_classes

    bits = values.view(np.int32)
    counts = np.zeros(CELLS, dtype=np.int32)
    count_cells(bits, counts)
    codes = np.empty(CELLS, dtype=np.int16)
    places = np.empty(len(ranks), dtype=np.int64)
    n_undecided = locate_ranks(counts, ranks, codes, places)
    classes = np.empty(values.shape, dtype=np.uint8)
    undecided = np.empty(n_undecided + 1, dtype=np.int64)
    class_by_cell(bits, codes, classes, undecided)
    undecided = undecided[:n_undecided]
    thresholds = np.sort(values[undecided])[places]  # cells ascend, so do the numbers of one after another
    raise_classes(values, undecided, thresholds, classes)
    return classes
