"""The permutation test: right about chance, and able to see differences."""

import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores import two_sample_test


def fields(n, seed, shift=0.0, scale=1.0):
    return shift + scale * np.random.default_rng(seed).normal(size=(n, 6))


def test_p_values_of_equal_distributions_are_uniform():
    p = [two_sample_test(fields(12, 2 * i), fields(16, 2 * i + 1), seed=i).p_value for i in range(150)]
    assert 0.02 < np.mean(np.array(p) < 0.1) < 0.2
    assert 0.4 < np.mean(p) < 0.6


@pytest.mark.parametrize("change", [{"shift": 1.5}, {"scale": 3.0}])
def test_differences_in_mean_or_scatter_are_seen(change):
    found = two_sample_test(fields(20, 0, **change), fields(20, 1))
    assert 0.001 <= found.p_value <= 0.005  # never 0: the labels as they are count, too
    assert found.distance > found.by_chance


def test_units_of_a_bin_do_not_matter():
    units = np.array([1e-6, 1, 1e6, 3, 5, 7])
    plain, scaled = (two_sample_test(fields(9, 0) * u, fields(9, 1) * u) for u in (1.0, units))
    assert plain.distance == pytest.approx(scaled.distance)
    assert plain.p_value == scaled.p_value


def test_identical_sets_differ_by_nothing():
    found = two_sample_test(fields(9, 0), fields(9, 0))
    assert found.distance == pytest.approx(0, abs=1e-12)
    assert found.p_value > 0.99


def test_a_single_field_is_refused():
    with pytest.raises(InvalidInputError, match="at least 2"):
        two_sample_test(fields(1, 0), fields(9, 1))
