"""Network space: the scaled field with its mean and scatter taken out, at each redshift and kappa.

At z = 3 the scaled field has so little variance that a critic overlooks an error of two orders of
magnitude in power.  So networks see ``y = (x - mean) / scatter``, with mean and scatter of the training
simulations tabulated over growth factor and ln kappa, and ``x`` kept to the densities that exist: below a
twentieth of the mean density voids fade out exponentially, so that no two voxels are equally empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.rational import scale

HEADROOM = 1.5
"""Densest voxel allowed, over the densest in the training simulations at the same redshift [1]."""


EMPTY = 0.05
"""Density below which voids fade out, over the cosmic mean [1]."""


class Standardisation(nn.Module):
    """Tables of mean and scatter of the scaled field, and the two maps that they define.

    Parameters
    ----------
    growth : sequence of float, length g
        Uniform grid of growth factors D [1], rising.
    log_kappa : sequence of float, length q
        Uniform grid of ln kappa [1], rising.
    mean, scatter : nested sequence, shape (g, q)
        Of the scaled field x [1].
    log_density_max : sequence of float, length g
        ln of the densest voxel allowed, over the cosmic mean [1].
    """

    growth: Tensor
    log_kappa: Tensor
    mean: Tensor
    scatter: Tensor
    log_density_max: Tensor

    def __init__(
        self,
        growth: Sequence[float],
        log_kappa: Sequence[float],
        mean: Sequence[Sequence[float]],
        scatter: Sequence[Sequence[float]],
        log_density_max: Sequence[float],
    ) -> None:
        super().__init__()
        tables = {
            "growth": growth, "log_kappa": log_kappa, "mean": mean, "scatter": scatter,
            "log_density_max": log_density_max,
        }
        for name, values in tables.items():
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))
        if self.mean.shape != (len(growth), len(log_kappa)) or self.scatter.shape != self.mean.shape:
            raise InvalidInputError("mean and scatter need one row per growth factor and one column per kappa")

    @classmethod
    def fit(
        cls,
        fields: Mapping[float, Sequence[NDArray[np.float32]]],
        *,
        kappa_range: tuple[float, float],
        n_growth: int = 33,
        n_kappa: int = 17,
    ) -> Standardisation:
        """Measure the tables on simulations.

        Parameters
        ----------
        fields : mapping
            Growth factor [1] -> density fields rho / mean of the training simulations.
        kappa_range : (float, float)
            Lowest and highest kappa over the cosmic mean [1].
        n_growth, n_kappa : int
            Size of the tables; between the measured growth factors a monotone cubic interpolates.
        """
        from scipy.interpolate import PchipInterpolator

        measured = np.array(sorted(fields))
        log_kappa = np.linspace(np.log(kappa_range[0]), np.log(kappa_range[1]), n_kappa)
        mean = np.empty((len(measured), n_kappa))
        spread = np.empty_like(mean)
        log_max = np.empty(len(measured))
        for row, growth in enumerate(measured):
            densities = fields[growth]
            log_max[row] = np.log(HEADROOM * max(float(field.max()) for field in densities))
            for column, kappa in enumerate(np.exp(log_kappa).tolist()):
                scaled = [scale(field, kappa) for field in densities]
                first = float(np.mean([x.mean(dtype=np.float64) for x in scaled]))
                second = float(np.mean([np.square(x, dtype=np.float64).mean() for x in scaled]))
                mean[row, column] = first
                spread[row, column] = np.sqrt(second - first**2)
        grid = np.linspace(measured[0], measured[-1], n_growth)

        def resample(table: NDArray[np.float64]) -> Any:
            return PchipInterpolator(measured, table)(grid).tolist()

        return cls(grid.tolist(), log_kappa.tolist(), resample(mean), resample(spread), resample(log_max))

    def as_dict(self) -> dict[str, Any]:
        """Return the tables as nested lists, in the order of the constructor, for a model's card."""
        return {name: buffer.tolist() for name, buffer in self.named_buffers()}

    def to_network(self, x: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return y = (x - mean) / scatter for scaled fields x of shape (b, n, n, n)."""
        mean, scatter, _ = self._at(growth, log_kappa)
        return (x - mean) / scatter

    def to_scaled(self, y: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return the scaled field in (-1, x_max] for network fields y of shape (b, n, n, n).

        Parameters
        ----------
        y : Tensor, shape (b, n, n, n)
            Network field [1].
        growth, log_kappa : Tensor, shape (b,)
            Conditions of each field [1].
        """
        mean, scatter, highest = self._at(growth, log_kappa)
        softness = 2.0 * EMPTY / log_kappa.exp()[:, None, None, None]  # of 1 + x, where it is 2 rho / kappa
        above = functional.softplus((y * scatter + mean + 1.0) / softness) * softness
        return torch.minimum(above - 1.0, highest)

    def _at(self, growth: Tensor, log_kappa: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return mean, scatter and largest x, interpolated and shaped to broadcast over fields."""
        row, upper, share = _locate(self.growth, growth)
        column, right, part = _locate(self.log_kappa, log_kappa)

        def blend(table: Tensor) -> Tensor:
            low = torch.lerp(table[row, column], table[row, right], part)
            high = torch.lerp(table[upper, column], table[upper, right], part)
            return torch.lerp(low, high, share)[:, None, None, None]

        log_max = torch.lerp(self.log_density_max[row], self.log_density_max[upper], share)
        highest = scale(log_max.exp(), log_kappa.exp())[:, None, None, None]
        return blend(self.mean), blend(self.scatter), highest


def _locate(grid: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return lower index, upper index and share of the upper one on a uniform grid, clamped to its ends."""
    position = (values - grid[0]) / (grid[1] - grid[0])
    low = position.floor().long().clamp(0, len(grid) - 2)
    return low, low + 1, (position - low).clamp(0.0, 1.0)
