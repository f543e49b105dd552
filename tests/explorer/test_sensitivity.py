import numpy as np
import pytest
from scipy.stats import norm

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.sensitivity import LEVEL, Sensitivity


def of(hits: int, false_alarms: int, n: int = 20) -> Sensitivity:
    return Sensitivity.of_counts(hits=hits, n_real=n, false_alarms=false_alarms, n_generated=n)


def test_who_says_the_same_of_both_kinds_has_no_sensitivity_whatever_he_is_inclined_to_say():
    for said in (0, 4, 10, 20):
        found = of(said, said)
        assert found.d_prime == 0.0
        assert found.low == pytest.approx(-found.high)
    assert of(20, 20).bias < 0 < of(0, 0).bias


def test_counts_of_a_textbook_observer_give_his_d_prime():
    # 69 % of either kind right: d' = 2 z(0.69) = 0.99
    found = of(690, 310, n=1000)
    assert found.d_prime == pytest.approx(2 * norm.ppf(0.69), abs=5e-3)
    assert found.bias == pytest.approx(0.0, abs=1e-12)


def test_swapping_the_answers_turns_the_sign():
    one, other = of(17, 4), of(3, 16)
    assert one.d_prime == pytest.approx(-other.d_prime)
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))


def test_nobody_is_infinitely_good():
    perfect = of(20, 0)
    assert np.isfinite([perfect.d_prime, perfect.low, perfect.high]).all()
    assert of(80, 0, n=80).d_prime > perfect.d_prime


def test_four_times_as_many_slices_halve_the_interval():
    few, many = of(15, 5, n=20), of(60, 20, n=80)
    assert (many.high - many.low) / (few.high - few.low) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("truth", [0.0, 0.8, 1.5])
def test_the_interval_covers_the_truth_as_often_as_it_says(truth):
    """Observers with equal variances who answer 40 slices of each kind, by chance unlike one another."""
    rng = np.random.default_rng(5)
    hits = rng.binomial(40, norm.cdf(truth / 2), size=2000)
    false_alarms = rng.binomial(40, norm.cdf(-truth / 2), size=2000)
    intervals = [of(int(h), int(f), n=40) for h, f in zip(hits, false_alarms, strict=True)]
    covered = np.mean([found.low <= truth <= found.high for found in intervals])
    assert covered == pytest.approx(LEVEL, abs=0.025)


@pytest.mark.parametrize("counts", [(1, 0, 0, 5), (6, 5, 0, 5), (1, 5, -1, 5)])
def test_counts_that_cannot_be_are_refused(counts):
    hits, n_real, false_alarms, n_generated = counts
    with pytest.raises(InvalidInputError, match="both kinds"):
        Sensitivity.of_counts(hits=hits, n_real=n_real, false_alarms=false_alarms, n_generated=n_generated)
