"""Laws of the Dice score of many pairs."""

from itertools import combinations

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import dice, dice_ensemble, random_dice


def fields(m, n=12, seed=0):
    return torch.randn(m, n, n, n, generator=torch.Generator().manual_seed(seed)).exp()


def test_unrelated_pairs_score_their_share():
    random = random_dice(fields(8, n=16))
    assert random.n_pairs == 28
    assert torch.allclose(random.mean, random.top_percent / 100, atol=5 * float(random.scatter.max()) / 28**0.5)


@pytest.mark.parametrize("m", [5, 6])
def test_random_pairs_are_all_pairs_once_where_there_are_few(m):
    simulated = fields(m)
    scores = torch.stack([dice(simulated[i], simulated[j]).dice for i, j in combinations(range(m), 2)])
    random = random_dice(simulated)
    assert random.n_pairs == m * (m - 1) // 2
    assert torch.allclose(random.mean, scores.mean(0))
    assert torch.allclose(random.scatter, scores.std(0))
    assert random_dice(simulated, pairs=4).n_pairs == 4


def test_perfect_inference_has_no_scatter_and_a_normalised_score_of_one():
    simulated = fields(5)
    result = dice_ensemble(simulated, simulated)
    ones = torch.ones(19, dtype=torch.float64)
    for values in (result.mean, result.jaccard_mean, result.normalised):
        assert torch.allclose(values, ones)
    assert float(result.scatter.max()) == float(result.jaccard_scatter.max()) == 0.0
    assert torch.allclose(result.significance, (1 - result.random.mean) / result.random.scatter)


def test_chance_is_not_significant_and_a_noisy_copy_is():
    simulated = fields(6)
    unrelated = dice_ensemble(simulated, fields(6, seed=1))
    assert float(unrelated.significance.abs().max()) < 3
    assert float(unrelated.normalised.abs().max()) < 0.15
    noisy = dice_ensemble(simulated, simulated * fields(6, seed=2) ** 0.5)
    assert float(noisy.significance[:10].min()) > 5
    assert bool((noisy.jaccard_mean < noisy.mean).all())


def test_averages_are_those_of_single_pairs():
    simulated, inferred = fields(4), fields(4) * fields(4, seed=3)
    result = dice_ensemble(simulated, inferred)
    single = [dice(a, b) for a, b in zip(simulated, inferred, strict=True)]
    assert torch.allclose(result.mean, torch.stack([curve.dice for curve in single]).mean(0))
    assert torch.allclose(result.jaccard_mean, torch.stack([curve.jaccard for curve in single]).mean(0))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: random_dice(fields(2)), "three or more"),
        (lambda: random_dice(fields(3)[0]), "three or more"),
        (lambda: random_dice(fields(3), pairs=1), "at least 2"),
        (lambda: dice_ensemble(fields(4), fields(3)), "its inferred one"),
        (lambda: dice_ensemble(fields(4), fields(4, n=8)), "its inferred one"),
    ],
)
def test_what_is_no_ensemble_is_refused(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
