"""Covariance of a statistic over an ensemble, and how far a finite ensemble can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Measured


@dataclass(frozen=True, slots=True)
class Covariance(Measured):
    """Scatter of the bins of a statistic and how they scatter together.

    Attributes
    ----------
    mean : Tensor, shape (*batch, n_bins)
        Mean of the statistic, in its units.
    covariance : Tensor, shape (*batch, n_bins, n_bins)
        Unbiased covariance of one sample, in its units squared.
    correlation : Tensor, shape (*batch, n_bins, n_bins)
        ``C_ij / sqrt(C_ii C_jj)`` in [-1, 1]; NaN where a bin never varies.
    n_samples : int
        Samples that were averaged.
    """

    mean: Tensor
    covariance: Tensor
    correlation: Tensor
    n_samples: int

    @property
    def error(self) -> Tensor:
        """Standard error of the elements of the covariance, shape (*batch, n_bins, n_bins), for Gaussian samples.

        ``sqrt((C_ij^2 + C_ii C_jj) / (N - 1))``, the scatter of Wishart's distribution
        (Taylor, Joachimi & Kitching 2013, MNRAS 432, 1928).
        """
        variance = torch.as_tensor(self.covariance).diagonal(dim1=-2, dim2=-1)
        square = torch.as_tensor(self.covariance).square() + variance[..., :, None] * variance[..., None, :]
        return (square / (self.n_samples - 1)).sqrt()

    def precision(self) -> Tensor:
        """Return the unbiased inverse of the covariance, for Gaussian samples.

        The inverse of a noisy covariance is too large on average; multiplying it by
        ``(N - p - 2) / (N - 1)`` for N samples of p bins takes that away.

        Returns
        -------
        Tensor, shape (*batch, n_bins, n_bins), float64
            In the units of the statistic to the power -2.

        Raises
        ------
        InvalidInputError
            If there are no more samples than bins + 2, or the covariance is singular.

        References
        ----------
        Hartlap, Simon & Schneider (2007), A&A 464, 399, eq. 17.
        """
        n_bins = self.covariance.shape[-1]
        if self.n_samples <= n_bins + 2:
            raise InvalidInputError(
                f"the precision matrix of {n_bins} bins needs more than {n_bins + 2} samples, got {self.n_samples}; "
                "measure more samples or merge bins"
            )
        inverse, failed = torch.linalg.inv_ex(torch.as_tensor(self.covariance))
        if bool(failed.any()):
            raise InvalidInputError("the covariance is singular: drop the bins that never vary or repeat others")
        return inverse * ((self.n_samples - n_bins - 2) / (self.n_samples - 1))


def covariance(samples: Tensor | NDArray[Any]) -> Covariance:
    """Measure covariance and correlation matrix of a statistic over an ensemble.

    Parameters
    ----------
    samples : Tensor or array, shape (*batch, n_samples, n_bins)
        One row per sample, such as ``power_spectrum(boxes).power``.

    Returns
    -------
    Covariance
        In double precision.

    Raises
    ------
    InvalidInputError
        If there are fewer than two samples, or a number is not finite.

    References
    ----------
    Feder, Berger & Stein (2020), Phys. Rev. D 102, 103504, eqs. 8 and 9.
    """
    values = samples if isinstance(samples, Tensor) else torch.as_tensor(np.asarray(samples))
    if values.ndim < 2 or values.shape[-2] < 2:
        raise InvalidInputError(
            "a covariance needs at least two samples, shape (*batch, n_samples, n_bins), "
            f"got {tuple(values.shape)}"
        )
    values = values.double()
    if not bool(torch.isfinite(values.detach()).all()):
        raise InvalidInputError("samples hold numbers that are NaN or infinite; leave those bins or samples out")
    mean = values.mean(-2, keepdim=True)
    matrix = (values - mean).mT @ (values - mean) / (values.shape[-2] - 1)
    scatter = matrix.diagonal(dim1=-2, dim2=-1).sqrt()
    correlation = matrix / (scatter[..., :, None] * scatter[..., None, :])
    return Covariance(mean.squeeze(-2), matrix, correlation, values.shape[-2])
