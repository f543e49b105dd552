"""After training: two numbers per redshift and kappa that set mean density and power amplitude right.

A trained generator draws the right structures with, here and there, some percent too much or too little
contrast.  A shift and a stretch of network space, found on the training boxes alone, remove what they can;
the shape of the spectrum stays as the generator draws it.

References
----------
Feder, Berger & Stein (2020), section III, rescale the width of the latent prior for the same purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.optimize import root
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.nets.conditional import ConditionalGenerator
from cosmoloom.scaling.rational import unscale
from cosmoloom.scaling.standardisation import Standardisation
from cosmoloom.statistics.power_spectrum import spherical_power

TRUSTED_K = 1.0
"""Largest wavenumber whose power is calibrated [h/Mpc]."""


@dataclass(frozen=True, slots=True)
class Target:
    """What samples at one redshift shall share with the training boxes.

    Attributes
    ----------
    growth : float
        Growth factor D [1].
    power : Tensor, shape (n // 2,)
        Mean power of sub-volumes [(Mpc/h)^3].
    """

    growth: float
    power: Tensor


@torch.no_grad()
def calibrate(
    generator: ConditionalGenerator,
    standardisation: Standardisation,
    crops: Crops,
    latent: Tensor,
    *,
    n_kappa: int = 3,
) -> tuple[Standardisation, float]:
    """Return a standardisation with which the generator's mean density and power match the training boxes.

    Parameters
    ----------
    generator : ConditionalGenerator
        Trained network.
    standardisation : Standardisation
        The one that it was trained with.
    crops : Crops
        Training boxes, at two redshifts or more.
    latent : Tensor, shape (b, latent_size)
        Draws of the prior to calibrate on; some dozens.
    n_kappa : int
        Values of kappa to calibrate at; in between, and between redshifts, corrections are interpolated.

    Returns
    -------
    (Standardisation, float)
        And the share of redshifts and kappas at which both could be met [1]; the others stay as they were.
    """
    n = generator.config.n
    box_size = n * crops.voxel_size
    growths = crops.cosmology.growth_factor(crops.redshifts)
    order = np.argsort(growths)
    targets = [Target(float(growths[i]), _mean_power(crops.fields(int(i)), n, box_size)) for i in order]
    log_kappas = torch.linspace(float(standardisation.log_kappa[0]), float(standardisation.log_kappa[-1]), n_kappa)
    corrections = np.zeros((len(targets), n_kappa, 2))
    solved = 0
    for (row, target), (column, log_kappa) in product(enumerate(targets), enumerate(log_kappas)):
        growth, kappa = torch.full((len(latent),), target.growth), log_kappa.expand(len(latent))
        parts = zip(latent.split(8), growth.split(8), kappa.split(8), strict=True)
        y = torch.cat([generator(*part) for part in parts])
        solution = _solve(y, standardisation, target, log_kappa, box_size)
        if solution is not None:
            corrections[row, column] = solution
            solved += 1
    table = _corrected(standardisation, [t.growth for t in targets], log_kappas.numpy(), corrections)
    return table, solved / corrections[..., 0].size


def _mean_power(fields: list[NDArray[np.float32]], n: int, box_size: float) -> Tensor:
    """Return the mean power of all sub-volumes of n^3 voxels that tile the boxes."""
    spectra = []
    for field in fields:
        corners = range(0, field.shape[-1] - n + 1, n)
        tiles = [field[i : i + n, j : j + n, k : k + n] for i, j, k in product(corners, repeat=3)]
        spectra.append(spherical_power(torch.from_numpy(np.stack(tiles)) - 1.0, box_size=box_size))
    return torch.cat(spectra).mean(0)


def _solve(
    y: Tensor, standardisation: Standardisation, target: Target, log_kappa: Tensor, box_size: float
) -> NDArray[np.float64] | None:
    """Return shift [scatter] and log stretch of network space that meet the target, or None if none does."""
    growth, kappa = torch.tensor([target.growth]), log_kappa[None]
    k = 2 * np.pi / box_size * torch.arange(1, len(target.power) + 1)
    trusted = k <= TRUSTED_K

    def error(unknown: NDArray[np.float64]) -> list[float]:
        x = standardisation.to_scaled(float(unknown[0]) + float(np.exp(unknown[1])) * y, growth, kappa)
        density = unscale(x, float(log_kappa.exp()))
        ratio = spherical_power(density - 1.0, box_size=box_size).mean(0) / target.power
        return [float(density.mean().log()), float(ratio[trusted].log().mean())]

    solution = root(error, np.zeros(2), options={"xtol": 1e-3, "maxfev": 30, "eps": 1e-2})
    return np.asarray(solution.x) if solution.success else None


def _corrected(
    standardisation: Standardisation,
    growths: list[float],
    log_kappas: NDArray[np.float32],
    corrections: NDArray[np.float64],
) -> Standardisation:
    """Apply corrections on a coarse grid to the fine tables."""
    interpolate = RegularGridInterpolator((growths, log_kappas), corrections, bounds_error=False, fill_value=None)
    tables = standardisation.as_dict()
    nodes = np.stack(np.meshgrid(tables["growth"], tables["log_kappa"], indexing="ij"), axis=-1)
    shift, log_stretch = np.moveaxis(interpolate(nodes), -1, 0)
    mean, scatter = np.array(tables["mean"]), np.array(tables["scatter"])
    tables["mean"] = (mean + shift * scatter).tolist()
    tables["scatter"] = (np.exp(log_stretch) * scatter).tolist()
    return Standardisation(**tables)
