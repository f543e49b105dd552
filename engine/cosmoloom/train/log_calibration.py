"""After a primordial training: mean density and power of the network, set on the training boxes themselves.

The network is given the initial conditions of the training boxes, and compared with what became of them, so that no
scatter between universes blurs the comparison.  What a critic has left too weak or too strong on average is removed by
a shift and a stretch of ln rho; the shape of the spectrum stays as the network draws it.

References
----------
Feder, Berger & Stein (2020), appendix A, rescale the width of the latent prior for the same purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import root
from torch import Tensor

from cosmoloom.nets.collapse import Collapse
from cosmoloom.pipeline.log_calibration import LogCalibration
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.train.calibration import TRUSTED_K
from cosmoloom.train.primordial_crops import PrimordialCrops

N_KAPPA = 3
"""Values of kappa to calibrate at."""


@torch.no_grad()
def calibrate_log(
    network: Collapse, crops: PrimordialCrops, *, n: int, kappa_range: tuple[float, float], volumes: int = 27
) -> tuple[LogCalibration, float]:
    """Return the calibration with which mean density and mean power of a network are those of the training boxes.

    Parameters
    ----------
    network : Collapse
        Trained network, in evaluation mode on the CPU.
    crops : PrimordialCrops
        Training boxes beside their initial conditions.
    n : int
        Voxels per side of a volume.
    kappa_range : (float, float)
        Least and largest kappa of the training [cosmic mean].
    volumes : int
        How many sub-volumes to compare, spread evenly over all boxes.

    Returns
    -------
    (LogCalibration, float)
        And the share of its nodes at which both could be met [1]; the others stay as they are.
    """
    corners = list(product(range(0, crops.n - n + 1, n), repeat=3))
    places = [(box, corner) for corner in corners for box in range(len(crops.fields(0)))]
    chosen = places[:: max(1, len(places) // volumes)][:volumes]

    def cut(fields: list[NDArray[np.float32]]) -> Tensor:
        volumes = [fields[box][i : i + n, j : j + n, k : k + n] for box, (i, j, k) in chosen]
        return torch.from_numpy(np.stack(volumes))

    linear, white = cut(crops.linear_fields()), cut(crops.white_fields())
    order = np.argsort(crops.cosmology.growth_factor(crops.redshifts))
    growths = [float(crops.cosmology.growth_factor(crops.redshifts[i])) for i in order]
    log_kappas = np.log(np.geomspace(*kappa_range, N_KAPPA))
    shift, stretch = np.zeros((len(order), N_KAPPA)), np.ones((len(order), N_KAPPA))
    solved = 0
    for row, index in enumerate(order):
        real, displaced = cut(crops.fields(int(index))), cut(crops.displaced_fields(int(index)))
        for column, log_kappa in enumerate(log_kappas):
            made = torch.cat(list(_made(network, (displaced, linear, white), growths[row], float(log_kappa))))
            solution = _solve(made, real, box_size=n * crops.voxel_size)
            if solution is not None:
                shift[row, column], stretch[row, column] = solution
                solved += 1
    table = LogCalibration(
        growth=tuple(growths), log_kappa=tuple(log_kappas.tolist()),
        shift=tuple(map(tuple, shift.tolist())), stretch=tuple(map(tuple, stretch.tolist())),
    )  # fmt: skip
    return table, solved / shift.size


def _made(
    network: Collapse, inputs: tuple[Tensor, Tensor, Tensor], growth: float, log_kappa: float
) -> Iterator[Tensor]:
    """Yield ln rho of a few volumes at a time."""
    for parts in zip(*(field.split(4) for field in inputs), strict=True):
        count = len(parts[0])
        yield network(*parts, torch.full((count,), growth), torch.full((count,), log_kappa))


def _solve(made: Tensor, real: Tensor, *, box_size: float) -> tuple[float, float] | None:
    """Return shift and stretch of ln rho that meet mean density and power, or None if none do."""
    target, wanted = spherical_power(real - 1.0, box_size=box_size).mean(0), real.mean()
    k = 2 * np.pi / box_size * torch.arange(1, len(target) + 1)
    trusted = k <= max(TRUSTED_K, float(k[1]))

    def error(unknown: NDArray[np.float64]) -> list[float]:
        density = torch.exp(float(unknown[0]) + float(np.exp(unknown[1])) * made)
        ratio = spherical_power(density - 1.0, box_size=box_size).mean(0) / target
        return [float((density.mean() / wanted).log()), float(ratio[trusted].log().mean())]

    solution = root(error, np.zeros(2), options={"xtol": 1e-3, "maxfev": 30, "eps": 1e-2})
    return (float(solution.x[0]), float(np.exp(solution.x[1]))) if solution.success else None
