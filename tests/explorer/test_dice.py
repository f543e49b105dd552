import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import dice
from cosmoloom_explorer.dice import BOTH, GENERATED, NEITHER, REFERENCE, Chance, dice_text, overlap


def fields(count: int, n: int = 12) -> np.ndarray:
    return np.random.default_rng(1).lognormal(size=(count, n, n, n)).astype(np.float32)


def test_an_overlap_counts_to_the_dice_score_of_the_same_threshold():
    a, b = fields(2)
    b = 0.5 * a + 0.5 * b
    codes = overlap(a, b, 10.0)
    both, one, other = ((codes == code).sum() for code in (BOTH, GENERATED, REFERENCE))
    assert 2 * both / (2 * both + one + other) == pytest.approx(float(dice(a, b, top_percent=[10.0]).dice[0]))
    assert both + one == round(0.1 * a.size)


def test_an_overlap_of_a_field_with_itself_has_nothing_alone():
    (a,) = fields(1)
    assert set(np.unique(overlap(a, a * 7.0, 5.0))) == {NEITHER, BOTH}


def test_which_field_is_alone_is_not_mixed_up():
    a, b = np.zeros((2, 4, 4, 4), dtype=np.float32)
    a[0, 0, 0], b[3, 3, 3] = 1.0, 1.0
    codes = overlap(a, b, 100 / 64)
    assert codes[0, 0, 0] == GENERATED
    assert codes[3, 3, 3] == REFERENCE


@pytest.mark.parametrize("percent", [0.0, 100.0])
def test_a_threshold_that_leaves_nothing_is_refused(percent):
    with pytest.raises(InvalidInputError, match="both sides"):
        overlap(*fields(2), percent)
    with pytest.raises(InvalidInputError, match="same voxels"):
        overlap(np.ones((3, 3, 3)), np.ones((4, 4, 4)), 5.0)


def test_chance_is_the_share_itself_for_unrelated_fields_and_judges_scores():
    chance = Chance.of(fields(2))
    assert chance.n_pairs == 15
    np.testing.assert_allclose(chance.mean, chance.top_percent / 100, atol=0.06)
    np.testing.assert_allclose(chance.normalised(chance.mean), 0.0, atol=1e-12)
    np.testing.assert_allclose(chance.normalised(np.ones(19)), 1.0)
    np.testing.assert_allclose(chance.significance(chance.mean + 3 * chance.scatter), 3.0)
    assert "Dice 1.000" in dice_text(chance.top_percent, np.ones(19), chance)
