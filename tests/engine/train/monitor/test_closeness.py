"""How far samples are from validation fields: nought for the same fields, and each error for its own fault."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom.evaluate.samples import SampleStatistics, measure
from cosmoloom.train.monitor.closeness import FARTHEST, Closeness, mean_score


def fields(seed: int = 0, *, scatter: float = 1.0, count: int = 32) -> torch.Tensor:
    """Return lognormal fields whose amplitude differs from one to the next."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, 12, 12, 12, generator=generator)
    amplitude = 0.5 * torch.exp(0.3 * scatter * torch.randn(count, 1, 1, 1, generator=generator))
    return torch.exp(amplitude * noise)


def compare(samples: torch.Tensor, real: torch.Tensor) -> Closeness:
    statistics: list[SampleStatistics] = [measure(some, box_size=12.0) for some in (samples, real)]
    return Closeness.of(*statistics, redshift=1.0)


def test_the_same_fields_have_no_error() -> None:
    same = compare(fields(), fields())
    assert same.errors == dict.fromkeys(("power", "mass", "peaks", "mean", "spread"), 0.0)
    assert same.score == 0.0


def test_denser_fields_have_that_much_more_mean_and_power() -> None:
    denser = compare(1.0 + 1.2 * (fields() - 1.0), fields())
    assert denser.power == pytest.approx(2 * np.log(1.2), rel=1e-4)
    assert denser.spread == pytest.approx(2 * np.log(1.2), rel=1e-4)
    more = compare(1.1 * fields(), fields())
    assert more.mean == pytest.approx(np.log(1.1), rel=1e-4)
    less = compare(fields() / 1.1, fields())
    assert less.mean == pytest.approx(-np.log(1.1), rel=1e-4)
    assert less.score > 0


def test_one_field_drawn_again_and_again_has_no_spread() -> None:
    repeated = compare(fields()[:1].repeat(32, 1, 1, 1) * (1 + 1e-6 * torch.arange(32))[:, None, None, None], fields())
    assert repeated.spread > 5
    assert repeated.spread <= FARTHEST


def test_fields_without_structure_are_as_far_as_can_be_said() -> None:
    empty = compare(torch.ones(4, 12, 12, 12), fields())
    assert (empty.power, empty.spread, empty.peaks) == (FARTHEST, FARTHEST, 1.0)
    assert np.isfinite(empty.score)


def test_the_score_of_a_look_is_the_mean_over_redshifts() -> None:
    one, two = compare(fields(1), fields()), compare(fields(2), fields())
    assert mean_score([one, two]) == pytest.approx((one.score + two.score) / 2)
