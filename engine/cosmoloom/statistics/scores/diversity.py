"""Whether the fields of a set are independent of one another: cross-power among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Field, as_density, require_box_size
from cosmoloom.statistics.scores.vectors import Values
from cosmoloom.statistics.spherical_bins import spherical_bins


@dataclass(frozen=True, slots=True)
class Diversity:
    """Correlation of the fields of a set with one another.

    Attributes
    ----------
    k : array, shape (m,)
        Mean wavenumber of each shell [h/Mpc].
    n_modes : array, shape (m,)
        Modes per shell, k and -k counted both [1].
    mean : array, shape (m,)
        r(k) averaged over all pairs [1]; 0 for independent fields.
    error : array, shape (m,)
        Standard error of the mean, from the scatter among pairs, if the fields are independent [1].
    pairs : array, shape (n_pairs,)
        r averaged over all modes, for each pair [1].
    pair_names : array of int, shape (n_pairs, 2)
        Which two fields each pair is.
    """

    k: Values
    n_modes: Values
    mean: Values
    error: Values
    pairs: Values
    pair_names: np.ndarray[tuple[int, ...], np.dtype[np.int64]]

    @property
    def repeated(self) -> list[tuple[int, int]]:
        """Pairs whose fields explain more than half of one another's variance: drawn twice, or nearly so."""
        return [(int(a), int(b)) for a, b in self.pair_names[self.pairs > np.sqrt(0.5)]]

    def average(self, k_min: float, k_max: float) -> tuple[float, float]:
        """Return the mean correlation and its error of the shells in a range of k [h/Mpc], each mode alike."""
        inside = (self.k >= k_min) & (self.k <= k_max)
        if not inside.any():
            return float("nan"), float("nan")
        weight = self.n_modes[inside] / self.n_modes[inside].sum()
        return float(weight @ self.mean[inside]), float(np.sqrt(weight**2 @ self.error[inside] ** 2))


def diversity(fields: Field, *, box_size: float | None = None) -> Diversity:
    """Correlate every pair of a set of fields.

    Parameters
    ----------
    fields : Tensor or array, shape (N, n, n, n)
        rho / cosmic mean [1], at least 3 fields.
    box_size : float
        Side in [Mpc/h].

    Returns
    -------
    Diversity

    Raises
    ------
    InvalidInputError
        If there are fewer than 3 fields, or one is constant.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504, on cross-power of generated fields.
    """
    density = as_density(fields, box_size=box_size)
    size, values = require_box_size(density), density.values
    if values.ndim != 4 or len(values) < 3:
        raise InvalidInputError(f"diversity needs at least 3 fields, shape (N, n, n, n), got {tuple(values.shape)}")
    n, count = values.shape[-1], len(values)
    bins = spherical_bins(n, values.device)
    gram = _gram_per_shell(values, bins.n_bins)
    norm = gram.diagonal(dim1=1, dim2=2)
    if bool((norm <= 0).any()):
        raise InvalidInputError("a field without structure at some scale correlates with nothing; leave it out")
    correlation = gram / (norm[:, :, None] * norm[:, None, :]).sqrt()
    first, second = torch.triu_indices(count, count, 1)
    pairs = correlation[:, first, second].cpu().numpy()
    n_modes = bins.n_modes.cpu().numpy()
    return Diversity(
        k=(bins.radius * (2 * torch.pi / size)).cpu().numpy(),
        n_modes=n_modes,
        mean=pairs.mean(1),
        error=pairs.std(1, ddof=1) / np.sqrt(pairs.shape[1]),
        pairs=(n_modes / n_modes.sum()) @ pairs,
        pair_names=torch.stack([first, second], 1).numpy(),
    )


def _gram_per_shell(values: Tensor, n_bins: int) -> Tensor:
    """Return the inner products of all fields in each shell, shape (n_bins, N, N), float64."""
    n = values.shape[-1]
    bins = spherical_bins(n, values.device)
    amplitudes = torch.fft.rfftn(values - 1.0, dim=(-3, -2, -1), norm="forward")
    rows = torch.view_as_real(amplitudes * bins.weight.sqrt().to(values.dtype)).flatten(1, 3)
    numbers = torch.arange(1, n_bins + 1, dtype=torch.float32, device=values.device)
    shell = bins.spread(numbers, n).flatten().long()
    order = shell.argsort(stable=True)
    ends = torch.bincount(shell, minlength=n_bins + 1).cumsum(0).tolist()
    return torch.stack(
        [_inner(rows[:, order[start:end]].flatten(1)) for start, end in pairwise(ends)]
    )


def _inner(rows: Tensor) -> Tensor:
    wide = rows.double()
    return wide @ wide.T
