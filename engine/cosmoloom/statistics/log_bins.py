"""Uniform bins in log10 of density, whose ends take what lies beyond."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class LogBins:
    """Bins of equal width in log10(rho / mean).

    Attributes
    ----------
    lowest, highest : float
        Outer edges, log10(rho / mean) [1].
    n_bins : int
        Number of bins.
    """

    lowest: float
    highest: float
    n_bins: int

    def __post_init__(self) -> None:
        if not (self.lowest < self.highest and self.n_bins > 0):
            raise InvalidInputError(
                "bins need lowest < highest and a positive number of bins, "
                f"got {self.lowest}, {self.highest} and {self.n_bins}"
            )

    def edges(self, device: torch.device | str = "cpu") -> Tensor:
        """Return the n_bins + 1 edges, log10(rho / mean), float64."""
        return torch.linspace(self.lowest, self.highest, self.n_bins + 1, dtype=torch.float64, device=device)

    def index(self, values: Tensor) -> Tensor:
        """Return the bin of each value, in [0, n_bins), int32; zeros and outliers go into the end bins."""
        scale = self.n_bins / (self.highest - self.lowest)
        position = values.log10().sub_(self.lowest).mul_(scale)
        return position.clamp_(0, self.n_bins - 1).to(torch.int32)

    def count(self, values: Tensor, owner: Tensor | None = None, *, n_owners: int = 1) -> Tensor:
        """Count values per bin.

        Parameters
        ----------
        values : Tensor, shape (m,)
            rho / mean, not negative [1].
        owner : Tensor of int, shape (m,), optional
            The field that each value belongs to, if there are several.
        n_owners : int
            Number of fields.

        Returns
        -------
        Tensor, shape (n_owners, n_bins), int64
        """
        index = self.index(values)
        if owner is not None:
            index = index + owner * self.n_bins
        return torch.bincount(index, minlength=n_owners * self.n_bins).reshape(n_owners, self.n_bins)
