"""Samples beside the validation boxes, at every look the same latents beside the same fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.evaluate.samples import SampleStatistics, concatenate, measure
from cosmoloom.train.game import Game
from cosmoloom.train.monitor.closeness import Closeness

AT_ONCE = 8
"""Volumes drawn and measured together, so that memory stays small."""
REAL_PER_SAMPLE = 2
"""Validation fields per sample: the truth should scatter less than what is judged by it."""
SEED = 20_000
"""First seed of the samples, and seed of the places in the validation boxes."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Samples at one redshift, and some of the fields themselves.

    Attributes
    ----------
    closeness : Closeness
        Their errors.
    samples, real : Tensor, shape (AT_ONCE, n, n, n)
        rho / mean, the first ones of each kind.
    """

    closeness: Closeness
    samples: Tensor
    real: Tensor


class Validation:
    """Compares a game's samples with fields of boxes that it does not train on.

    Parameters
    ----------
    crops : Crops
        Validation boxes at the training's redshifts.
    redshifts : sequence of float
        Where to compare; first, middle and last of the boxes' if empty.
    samples : int
        Volumes drawn per redshift.
    """

    def __init__(self, crops: Crops, *, redshifts: Sequence[float], samples: int) -> None:
        self.crops, self._samples = crops, samples
        self.redshifts = tuple(redshifts) or _ends_and_middle(crops.redshifts)
        self._real: dict[float, tuple[SampleStatistics, Tensor]] = {}

    def compare(self, game: Game) -> list[Drawn]:
        """Draw from the running average and measure, at every redshift."""
        return [self._compare(game, redshift) for redshift in self.redshifts]

    def _compare(self, game: Game, redshift: float) -> Drawn:
        parts, first = [], torch.empty(0)
        for start in range(0, self._samples, AT_ONCE):
            fields = game.draw(min(AT_ONCE, self._samples - start), redshift=redshift, seed=SEED + start)
            first = fields if start == 0 else first
            parts.append(self._measure(fields))
        real, shown = self._real_at(redshift, n=first.shape[-1])
        return Drawn(Closeness.of(concatenate(parts), real, redshift=redshift), first, shown)

    def _real_at(self, redshift: float, *, n: int) -> tuple[SampleStatistics, Tensor]:
        if redshift not in self._real:
            rng = np.random.default_rng(SEED)
            index = np.full((REAL_PER_SAMPLE * self._samples, 1), self.crops.redshifts.index(redshift))
            fields = torch.from_numpy(self.crops.draw(rng, index, n=n)[:, 0])
            parts = [self._measure(part) for part in fields.split(AT_ONCE)]
            self._real[redshift] = concatenate(parts), fields[:AT_ONCE].clone()
        return self._real[redshift]

    def _measure(self, fields: Tensor) -> SampleStatistics:
        return measure(fields, box_size=fields.shape[-1] * self.crops.voxel_size, dimensions=self.crops.dimensions)


def _ends_and_middle(redshifts: Sequence[float]) -> tuple[float, ...]:
    places = sorted({0, len(redshifts) // 2, len(redshifts) - 1})
    return tuple(redshifts[place] for place in places)
