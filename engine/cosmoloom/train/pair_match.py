"""Statistics that pairs of volumes must share with simulations, at each redshift and range of kappa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cosmoloom.train.compute import Compute
from cosmoloom.train.ensemble_match import EnsembleMatch
from cosmoloom.train.shared_statistics import POWER, shared_statistics, shared_weights

KAPPA_BINS = 3
"""Ranges of kappa that each match the simulations: too much at one shall not pay for too little at another."""

Views = tuple[Tensor, Tensor, Tensor]
"""The same volumes as density, scaled field and network field, shape (2b, n, n, n) each."""


class PairMatch:
    """Match of the ensembles of all processes.

    Parameters
    ----------
    redshifts : sequence of float
        Of the recipe [1].
    kappa_range : (float, float)
        Lowest and highest kappa [cosmic mean].
    n : int
        Voxels per side.
    box_size : float
        Side of a volume in [Mpc/h].
    k_max : float
        Largest wavenumber whose power is matched [h/Mpc].
    compute : Compute
        Who shares the batch.
    """

    def __init__(
        self, redshifts: Sequence[float], kappa_range: tuple[float, float], *, n: int, box_size: float,
        k_max: float, compute: Compute,
    ) -> None:
        self._redshifts, self._kappas, self._n = redshifts, np.log(kappa_range), n
        self._box_size, self._gather = box_size, compute.processes.gather
        weights = shared_weights(n, box_size, k_max=k_max).to(compute.device)
        self.ensembles = EnsembleMatch(len(redshifts) * KAPPA_BINS, weights)

    def loss(self, real: Views, made: Views, index: Tensor, log_kappa: Tensor, *, pace: float) -> Tensor:
        """Update the running means with a share of a batch, and return the loss of the whole.

        Parameters
        ----------
        real, made : Views
            Real and generated pairs, the two redshifts of a volume beside each other.
        index : Tensor, shape (b, 2)
            Which redshifts of the recipe.
        log_kappa : Tensor, shape (b,)
            ln kappa of each pair [1].
        pace : float
            Learning rate over its highest value [1].
        """
        with torch.no_grad():
            wanted = shared_statistics(*real, box_size=self._box_size)
        reached = shared_statistics(*made, box_size=self._box_size)
        low, high = self._kappas
        column = ((log_kappa - low) / (high - low) * KAPPA_BINS).long().clamp(0, KAPPA_BINS - 1)
        rows = (index * KAPPA_BINS + column[:, None]).flatten()
        return self.ensembles.loss(self._gather(wanted), self._gather(reached), self._gather(rows), pace=pace)

    def errors(self) -> dict[str, float]:
        """Return per redshift mean ``|ln(P_fake / P_real)|`` of the lower half of bins, and ln of the mean density."""
        error = torch.nan_to_num(self.ensembles.error().unflatten(0, (-1, KAPPA_BINS)))
        power = error[..., POWER : POWER + self._n // 4].abs().mean((1, 2))
        errors = {}
        for redshift, amplitude, mean in zip(self._redshifts, power, error[..., 0].mean(1), strict=True):
            errors[f"power_error_z{redshift:g}"] = float(amplitude)
            errors[f"mean_error_z{redshift:g}"] = float(mean)
        return errors

    def state(self) -> dict[str, Any]:
        """Return the running means, for a checkpoint."""
        return self.ensembles.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Take over the running means of a checkpoint."""
        self.ensembles.restore(state)
