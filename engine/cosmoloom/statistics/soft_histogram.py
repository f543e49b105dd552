"""Soft histogram: the mass histogram with gradients, for a loss that compares histograms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.fields import Measured, require_cubes
from cosmoloom.statistics.log_bins import LogBins
from cosmoloom.statistics.mass_histogram import MASS_BINS


@dataclass(frozen=True, slots=True)
class SoftCounts(Measured):
    """Voxels, or peaks, per bin of density, each spread over the bins around it.

    Attributes
    ----------
    edges : Tensor, shape (n_bins + 1,)
        Edges of the bins, log10(rho / cosmic mean) [1]; the end bins also hold what lies beyond.
    counts : Tensor, shape (*batch, n_bins)
        Voxels or peaks per bin [1]; gradients flow through them.
    """

    edges: Tensor
    counts: Tensor


def soft_histogram(density: Tensor, *, bins: LogBins = MASS_BINS, temperature: float = 0.05) -> SoftCounts:
    """Count the voxels per bin of log10(rho / cosmic mean), with gradients.

    A voxel counts as the share of a logistic distribution about its density that falls into the bin:
    ``s((u - e_i) / T) - s((u - e_{i+1}) / T)`` with u = log10 rho, edges e and s the logistic function.  As T goes
    to 0 the counts go to those of :func:`cosmoloom.statistics.mass_histogram.mass_histogram`; at any T they add up
    to n^3.

    Parameters
    ----------
    density : Tensor, shape (*batch, n, n, n)
        rho / cosmic mean [1]; not checked for values that are not finite.
    bins : LogBins
        What to count in.
    temperature : float
        T, width of the distribution [dex].

    Returns
    -------
    SoftCounts

    Raises
    ------
    InvalidInputError
        If the field is not cubic or the temperature not positive.

    References
    ----------
    The summary loss of Cavezza et al. (2022) compares such histograms.
    """
    require_cubes(density)
    logarithm = log_density(density, bins, temperature).flatten(-3)
    return SoftCounts(bins.edges(density.device), soft_counts(logarithm, torch.ones_like(logarithm), bins, temperature))


def log_density(density: Tensor, bins: LogBins, temperature: float) -> Tensor:
    """Return log10(rho / mean), where it matters: voxels far below the bins all lie equally far, without gradient."""
    if not (math.isfinite(temperature) and temperature > 0):
        raise InvalidInputError(f"temperature must be positive [dex], got {temperature}")
    floor = bins.lowest - 1.0 - 20.0 * temperature
    return density.clamp(min=max(10.0**floor, torch.finfo(density.dtype).tiny)).log10()


def soft_counts(logarithm: Tensor, weight: Tensor, bins: LogBins, temperature: float) -> Tensor:
    """Sum weights per bin, each spread over the bins around it; differentiable once in both.

    Parameters
    ----------
    logarithm, weight : Tensor, shape (*batch, m)
        log10(rho / mean) and the weights [1].
    bins : LogBins
        What to sum in.
    temperature : float
        Width of the distribution [dex].

    Returns
    -------
    Tensor, shape (*batch, n_bins)
    """
    above: Tensor = _SumsAbove.apply(logarithm, weight, bins.edges()[1:-1].tolist(), temperature)  # type: ignore[no-untyped-call]
    ends = torch.cat([weight.sum(-1, keepdim=True), above, torch.zeros_like(weight[..., :1])], dim=-1)
    return ends[..., :-1] - ends[..., 1:]


class _SumsAbove(torch.autograd.Function):
    """Soft sums of weights above each edge, one edge at a time: memory of the field, not of field times edges."""

    @staticmethod
    def forward(ctx: Any, logarithm: Tensor, weight: Tensor, edges: list[float], temperature: float) -> Tensor:
        ctx.save_for_backward(logarithm, weight)
        ctx.edges, ctx.temperature = edges, temperature
        sums = [(weight * _share(logarithm, edge, temperature)).sum(-1) for edge in edges]
        return torch.stack(sums, -1) if sums else weight.new_zeros(*weight.shape[:-1], 0)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None, None]:
        logarithm, weight = ctx.saved_tensors
        by_logarithm, by_weight = torch.zeros_like(logarithm), torch.zeros_like(weight)
        for edge, gradient in zip(ctx.edges, gradients[0].unbind(-1), strict=True):
            share = _share(logarithm, edge, ctx.temperature)
            by_weight.addcmul_(share, gradient[..., None])
            by_logarithm.addcmul_(share * (1 - share), gradient[..., None])
        return by_logarithm * weight / ctx.temperature, by_weight, None, None


def _share(logarithm: Tensor, edge: float, temperature: float) -> Tensor:
    """Return the share of each voxel's distribution that lies above an edge."""
    return ((logarithm - edge) * (1 / temperature)).sigmoid_()
