"""Statistics that refined volumes must share with simulations, at each redshift and scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cosmoloom.scaling.rational import scale
from cosmoloom.train.compute import Compute
from cosmoloom.train.ensemble_match import EnsembleMatch
from cosmoloom.train.shared_statistics import shared_statistics, shared_weights

KAPPA = 5.0
"""Density at the middle of the scaled field whose mean is matched, over the cosmic mean [1]."""


class ScaleMatch:
    """Match of the ensembles of all processes.

    Parameters
    ----------
    redshifts : sequence of float
        Of the recipe [1].
    voxel_sizes : sequence of float
        Of the coarse grids of all scales [Mpc/h].
    n : int
        Fine voxels per side.
    compute : Compute
        Who shares the batch.
    """

    def __init__(
        self, redshifts: Sequence[float], voxel_sizes: Sequence[float], *, n: int, compute: Compute
    ) -> None:
        device = compute.device
        self._redshifts, self._voxel_sizes = (torch.tensor(x, device=device) for x in (redshifts, voxel_sizes))
        self._box_size, self._gather = n * voxel_sizes[0] / 2, compute.processes.gather
        weights = shared_weights(n, self._box_size, k_max=float("inf")).to(device)
        self.ensembles = EnsembleMatch(len(redshifts) * len(voxel_sizes), weights)

    def loss(
        self, real: tuple[Tensor, Tensor], made: tuple[Tensor, Tensor], redshift: Tensor, voxel_size: Tensor,
        *, pace: float,
    ) -> Tensor:  # fmt: skip
        """Update the running means with a share of a batch, and return the loss of the whole.

        Parameters
        ----------
        real, made : (Tensor, Tensor)
            Fine volumes as rho / mean, and their standardised logarithm; shape (b, n, n, n) each.  Power is measured
            as if they were periodic and of the finest scale: both of them alike.
        redshift, voxel_size : Tensor, shape (b,)
            Of each volume; the size is that of its coarse voxels [Mpc/h].
        pace : float
            Learning rate over its highest value [1].
        """
        with torch.no_grad():
            wanted = self._measure(*real)
        reached = self._measure(*made)
        row = len(self._voxel_sizes) * _nearest(redshift, self._redshifts) + _nearest(voxel_size, self._voxel_sizes)
        return self.ensembles.loss(self._gather(wanted), self._gather(reached), self._gather(row), pace=pace)

    def state(self) -> dict[str, Any]:
        """Return the running means, for a checkpoint."""
        return self.ensembles.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Take over the running means of a checkpoint."""
        self.ensembles.restore(state)

    def _measure(self, density: Tensor, log: Tensor) -> Tensor:
        return shared_statistics(density, scale(density, KAPPA), log, box_size=self._box_size)


def _nearest(values: Tensor, table: Tensor) -> Tensor:
    """Return where each value stands in a table."""
    return (values[:, None] - table).abs().argmin(1)
