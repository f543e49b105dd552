"""What would change if the critic chose among samples: a diagnostic, not a way to make better ones.

Samples are accepted by the critic's ratio of the densities of real and generated fields.  Where accepted samples
differ from all of them, the critic sees a fault that the generator has not mended; where they get worse, the
critic is led by something else, as Feder et al. found.

Scores of a Wasserstein or hinge critic are no log ratios of densities.  A logistic regression of real against
generated on the score makes them so, and hardly changes those of a critic that was trained by cross-entropy.

References
----------
Azadi et al. (2019), arXiv:1810.06758, eq. 8; Turner et al. (2019), arXiv:1811.11357 (calibration); Feder, Berger
& Stein (2020), appendix A.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.train.game import Contest

SEED = 40_000
MARGIN = 1e-2
"""Keeps the logarithm of the best sample's acceptance finite (Azadi et al.'s epsilon) [1]."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What choosing by the critic changes.

    Attributes
    ----------
    accepted : float
        Mean acceptance, if the best sample of all is always accepted [1].
    power_before, power_after : float
        Mean over the shells of ln(power of samples / of real fields), all samples and accepted ones [1].
    mean_before, mean_after : float
        ln(mean density of samples / of real fields) [1].
    """

    accepted: float
    power_before: float
    power_after: float
    mean_before: float
    mean_after: float


@torch.no_grad()
def rejection(game: Contest, crops: Crops, *, batches: int) -> Rejection:
    """Weigh samples by their acceptance and compare their statistics with those of validation fields.

    Parameters
    ----------
    game : Contest
        Between two steps; nothing in it changes.
    crops : Crops
        Validation boxes.
    batches : int
        How many batches of the training's size to draw.
    """
    real_scores, fake_scores, statistics = [], [], []
    generator, critic = deepcopy(game.generator), deepcopy(game.critic)  # running statistics move with every round
    rng = np.random.default_rng(SEED)
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        for _ in range(batches):
            with torch.enable_grad():  # a penalty may be part of the round
                played = game.play(crops, rng, generator=generator, critic=critic)
            real_scores.append(played.score_real.cpu().double().numpy())
            fake_scores.append(played.score_fake.cpu().double().numpy())
            statistics.append([_statistics(fields, crops) for fields in (played.real, played.fake)])
    real, fake = (np.concatenate([pair[side] for pair in statistics]) for side in (0, 1))
    scores = np.concatenate(fake_scores)
    share = acceptance(_slope(np.concatenate(real_scores), scores) * scores)
    before = np.log(fake.mean(0) / real.mean(0))
    after = np.log(np.average(fake, axis=0, weights=share) / real.mean(0))
    return Rejection(
        accepted=float(share.mean()),
        power_before=float(before[1:].mean()), power_after=float(after[1:].mean()),
        mean_before=float(before[0]), mean_after=float(after[0]),
    )


def acceptance(log_ratio: Values) -> Values:
    """Return with which probability each sample is kept, from ln(density of real / of generated fields)."""
    short = log_ratio - log_ratio.max()
    logit = short - np.log1p(-np.exp(short - MARGIN))
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _slope(real: Values, fake: Values) -> float:
    """Return the factor on scores that makes them log ratios of densities, by logistic regression."""
    scores = np.concatenate([real, fake])
    labels = np.concatenate([np.ones(len(real)), -np.ones(len(fake))])
    scale = max(float(scores.std()), 1e-12)

    def loss(unknown: Values) -> float:
        odds = labels * (unknown[0] * scores / scale + unknown[1])
        return float(np.logaddexp(0.0, -odds).mean() + 1e-3 * unknown[0] ** 2)  # finite where both are told apart

    return float(minimize(loss, np.zeros(2)).x[0]) / scale


def _statistics(fields: Tensor, crops: Crops) -> Values:
    """Return mean density and power of each volume, averaged over its redshifts, shape (b, 1 + n / 2)."""
    flat = fields.reshape(-1, *fields.shape[-crops.dimensions :]).float().cpu()
    size = flat.shape[-1] * crops.voxel_size
    power = spherical_power(flat - 1.0, size, crops.dimensions)
    mean = flat.flatten(1).mean(1, keepdim=True)
    values = torch.cat([mean, power], dim=1).double().unflatten(0, (len(fields), -1))
    return np.asarray(values.mean(1).numpy())
