"""The linear power spectrum as a table: what a model needs of a cosmology, without the code that computes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError

ENTRIES = 256
DIGITS = 6
"""Significant digits of an entry: its rounding is far below the error of interpolation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearPower:
    """Linear power at z = 0; straight in the logarithms between its entries.

    Attributes
    ----------
    k : tuple of float
        Wavenumbers in [h/Mpc], ascending.
    power : tuple of float
        Power in [(Mpc/h)^3].
    """

    k: tuple[float, ...]
    power: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.k) != len(self.power) or len(self.k) < 2:
            raise InvalidInputError("a table of linear power needs two wavenumbers or more, and a power for each")
        if min(self.k[0], *self.power) <= 0 or any(np.diff(self.k) <= 0):
            raise InvalidInputError("a table of linear power needs ascending wavenumbers and powers above 0")

    @classmethod
    def of(cls, cosmology: Cosmology, *, k_min: float, k_max: float) -> LinearPower:
        """Tabulate the power of a cosmology between two wavenumbers [h/Mpc]."""
        k = np.geomspace(k_min, k_max, ENTRIES)
        table = (k, cosmology.linear_power(k))
        rounded = (tuple(float(f"{value:.{DIGITS}g}") for value in column) for column in table)
        return cls(**dict(zip(("k", "power"), rounded, strict=True)))

    def at(self, k: Tensor) -> Tensor:
        """Return the power at wavenumbers of any shape [(Mpc/h)^3]; that of the nearest entry beyond the table."""
        logs = np.log(k.double().clamp(min=1e-30).cpu().numpy())
        power = np.exp(np.interp(logs, np.log(self.k), np.log(self.power)))
        return torch.from_numpy(np.asarray(power)).to(k)
