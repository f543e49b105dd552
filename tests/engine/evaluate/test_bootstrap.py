"""Error bars that are neither too small nor too large."""

import numpy as np
import pytest

from cosmoloom.evaluate.bootstrap import paired_ratio_of_means, ratio_of_means, ratio_of_scatters


def test_ratio_of_a_set_with_itself_is_one_within_its_error():
    values = np.random.default_rng(0).lognormal(size=(40, 5))
    ratio = ratio_of_means(values, values)
    assert (ratio.value == 1).all()
    assert ((ratio.low < 1) & (ratio.high > 1)).all()


def test_error_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = []
    for trial in range(150):
        a, b = 2 + rng.normal(size=(30, 4)) * 0.5, 1 + rng.normal(size=(20, 4)) * 0.3
        ratio = ratio_of_means(a, b, seed=trial)
        covered.append((ratio.low < 2) & (ratio.high > 2))
    assert 0.58 < np.mean(covered) < 0.75


def test_error_shrinks_as_the_root_of_the_number_of_fields():
    rng = np.random.default_rng(2)
    small, large = (
        ratio_of_means(1 + 0.3 * rng.normal(size=(n, 50)), 1 + 0.3 * rng.normal(size=(n, 50)))
        for n in (25, 400)
    )
    assert (small.high - small.low).mean() / (large.high - large.low).mean() == pytest.approx(4, rel=0.1)


def test_paired_ratio_of_proportional_sets_has_no_error():
    values = np.random.default_rng(3).lognormal(size=(20, 3))
    ratio = paired_ratio_of_means(3 * values, values)
    assert np.allclose([ratio.value, ratio.low, ratio.high], 3)


def test_ratio_of_scatters_is_found_whatever_the_means():
    rng = np.random.default_rng(4)
    ratio = ratio_of_scatters(7 + 2 * rng.normal(size=(400, 6)), 1 + rng.normal(size=(400, 6)))
    assert np.allclose(ratio.value, 2, atol=0.3)
    assert ((ratio.low < ratio.value) & (ratio.value < ratio.high)).all()


def test_empty_bins_are_undefined_and_warn_nobody():
    a, b = np.ones((5, 2)), np.array([[1.0, 0.0]] * 5)
    assert np.isnan(ratio_of_means(a, b).value).tolist() == [False, True]
