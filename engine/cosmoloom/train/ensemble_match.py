"""Statistics that ensembles must share, in the loss of a generator that makes a few volumes at a time."""

from __future__ import annotations

import torch
from torch import Tensor

LARGEST = 1.0
"""Bound of the multipliers [1]: what a generator cannot reach yet shall not drown the critic."""


class EnsembleMatch:
    """Pull the mean of per-volume statistics towards that of real volumes, at each redshift and kappa.

    One batch holds a few volumes per condition, far too few for a mean power spectrum.  So running means
    of real and generated statistics are kept per condition, and the gradient of each step is that of the
    batch's own statistics, weighted by the logarithmic error e of the running means and by its sum over
    time, a Lagrange multiplier m that grows until the constraint holds against the pull of the critic:
    ``loss = sum_j (e_j + m_j) f_j / F_j`` with ``e_j = ln(F_j / R_j)``.

    Parameters
    ----------
    n_conditions : int
        Rows of the tables.
    weights : Tensor, shape (s,)
        How much each statistic counts [1].
    decay : float
        Of the running means, per volume under the condition [1].
    multiplier_rate : float
        Growth of the multipliers per step and unit of error [1].

    References
    ----------
    The idea of statistics in the generator's loss is that of Cavezza et al. (2022), section 3.
    """

    def __init__(
        self, n_conditions: int, weights: Tensor, *, decay: float = 0.96, multiplier_rate: float = 0.02
    ) -> None:
        self.decay, self.weights, self.multiplier_rate = decay, weights, multiplier_rate
        self.real = weights.new_zeros(n_conditions, len(weights))
        self.fake = torch.zeros_like(self.real)
        self.multiplier = torch.zeros_like(self.real)
        self.seen = weights.new_zeros(n_conditions)

    def loss(self, real: Tensor, fake: Tensor, condition: Tensor, *, pace: float = 1.0) -> Tensor:
        """Update the running means and return the loss.

        Parameters
        ----------
        real, fake : Tensor, shape (b, s)
            Positive statistics of each volume.
        condition : Tensor, shape (b,)
            Row of the tables for each volume.
        pace : float
            Learning rate over its highest value [1]: the slower the generator, the longer the means remember.
        """
        loss = fake.new_zeros(())
        for row in condition.unique().tolist():
            chosen = condition == row
            share = float(chosen.sum()) * (1 - self.decay) * pace
            self.seen[row] = (1 - share) * self.seen[row] + share
            blend = share / float(self.seen[row])
            self.real[row].lerp_(real[chosen].detach().mean(0), blend)
            self.fake[row].lerp_(fake[chosen].detach().mean(0), blend)
            error = torch.log(self.fake[row] / self.real[row]).clamp(-1.0, 1.0)
            step = pace * self.multiplier_rate * error
            self.multiplier[row] = (self.multiplier[row] + step).clamp(-LARGEST, LARGEST)
            slope = self.weights * (error + self.multiplier[row]) / self.fake[row]
            loss = loss + (slope * fake[chosen]).sum()
        return loss / len(fake)

    def error(self) -> Tensor:
        """Return ln(generated / real) of the running means, shape (conditions, statistics)."""
        return torch.log(self.fake / self.real)

    def state(self) -> dict[str, Tensor]:
        """Return the tables, for a checkpoint."""
        return {"real": self.real, "fake": self.fake, "seen": self.seen, "multiplier": self.multiplier}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take over the tables of a checkpoint."""
        self.real, self.fake = state["real"], state["fake"]
        self.seen, self.multiplier = state["seen"], state["multiplier"]
