"""Laws of the Dice curve."""

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import dice
from cosmoloom.statistics.density_classes import density_classes
from cosmoloom.statistics.dice import dice_of_classes


def field(*shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).exp()


def test_identical_fields_score_one():
    a = field(16, 16, 16, seed=1)
    result = dice(a, a)
    assert torch.equal(result.dice, torch.ones(19, dtype=torch.float64))
    assert torch.equal(result.top_percent, torch.arange(5.0, 100.0, 5.0, dtype=torch.float64))


def test_unrelated_fields_score_the_share_that_is_compared():
    result = dice(field(32, 32, 32, seed=1), field(32, 32, 32, seed=2))
    assert torch.allclose(result.dice, result.top_percent / 100, atol=0.01)
    assert torch.allclose(result.baseline, result.top_percent / 100, atol=1e-4)


def test_score_equals_its_definition_by_percentiles():
    a = field(10, 10, 10, seed=1)
    b = a * field(10, 10, 10, seed=2)
    result = dice(a, b).numpy()
    for percent, score in zip(result.top_percent, result.dice, strict=True):
        top_a = a.numpy() > np.sort(a.numpy().ravel())[round(1000 - 10 * percent) - 1]
        top_b = b.numpy() > np.sort(b.numpy().ravel())[round(1000 - 10 * percent) - 1]
        assert score == pytest.approx(2 * (top_a & top_b).sum() / (top_a.sum() + top_b.sum()))


def test_score_sees_ranks_only():
    a, b = field(8, 8, 8, seed=1), field(8, 8, 8, seed=2)
    assert torch.equal(dice(a, b).dice, dice(a.log1p(), b**3).dice)


def test_opposite_fields_share_nothing_at_the_top():
    a = field(10, 10, 10, seed=1)
    result = dice(a, 1 / a)
    assert torch.equal(result.dice[:10], torch.zeros(10, dtype=torch.float64))  # up to the top half


def test_score_is_symmetric():
    a, b = field(8, 8, 8, seed=1), field(8, 8, 8, seed=2)
    assert torch.equal(dice(a, b).dice, dice(b, a).dice)


def test_tied_voxels_stay_below_the_threshold_and_lower_the_baseline():
    a = torch.zeros(10, 10, 10)
    a.view(-1)[:100] = torch.arange(1.0, 101.0)
    result = dice(a, a)
    assert torch.equal(result.dice, torch.ones(19, dtype=torch.float64))
    assert result.baseline[-1] == pytest.approx(0.1)  # only a tenth of the voxels can be told apart


def test_constant_fields_share_nothing_and_divide_by_nothing():
    result = dice(torch.ones(4, 4, 4), torch.ones(4, 4, 4))
    assert torch.equal(result.dice, torch.zeros(19, dtype=torch.float64))


def test_batch_equals_a_loop_and_kept_classes_give_the_same():
    many, one = field(3, 8, 8, 8, seed=1), field(8, 8, 8, seed=2)
    together = dice(many, one)
    assert together.dice.shape == together.baseline.shape == (3, 19)
    kept = density_classes(one)
    for i in range(3):
        assert torch.equal(together.dice[i], dice(many[i], one).dice)
        assert torch.equal(together.dice[i], dice_of_classes(density_classes(many[i]), kept).dice)


def test_different_shapes_are_refused():
    with pytest.raises(InvalidInputError, match="same shape"):
        dice(torch.ones(4, 4, 4), torch.ones(5, 5, 5))


def test_jaccard_and_normalised_score_follow_from_the_overlap():
    a, b = field(10, 10, 10, seed=1), field(10, 10, 10, seed=1) * field(10, 10, 10, seed=2)
    result = dice(a, b)
    ranks = [np.argsort(np.argsort(f.numpy().ravel())) for f in (a, b)]
    top_a, top_b = (r >= 800 for r in ranks)  # the densest 20 %
    assert float(result.jaccard[3]) == pytest.approx((top_a & top_b).sum() / (top_a | top_b).sum())
    assert float(result.normalised[3]) == pytest.approx((float(result.dice[3]) - 0.2) / 0.8)


def test_shares_can_be_chosen():
    a, b = field(10, 10, 10, seed=1), field(10, 10, 10, seed=2)
    assert torch.equal(dice(a, b, top_percent=(5.0, 50.0)).dice, dice(a, b).dice[[0, 9]])
    assert dice(a, a, top_percent=(0.1, 1.0)).dice.tolist() == [1.0, 1.0]


def test_boxes_of_different_size_are_refused_and_other_redshifts_are_not():
    density = field(8, 8, 8, seed=1).numpy()
    early = Box.from_array(density, box_size=8.0, redshift=3.0)
    late = Box.from_array(density**2, box_size=8.0, redshift=0.0)
    assert torch.equal(dice(early, late).dice, torch.ones(19, dtype=torch.float64))
    with pytest.raises(InvalidInputError, match="8 and 16 Mpc/h"):
        dice(early, Box.from_array(density, box_size=16.0))


def test_shares_out_of_range_are_refused():
    with pytest.raises(InvalidInputError, match="top_percent"):
        dice(torch.ones(4, 4, 4), torch.ones(4, 4, 4), top_percent=(50.0, 120.0))
