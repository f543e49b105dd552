"""Frechet scores: at their floor for fields of one kind, above it for others, stable for few fields."""

import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores import compatibility, frechet_score, published_frechet_score, self_distance_floor
from cosmoloom.statistics.scores.frechet import frechet_distance, published_frechet_distance


def spectra(n_fields, n_bins=12, seed=0, shift=0.0, scatter=0.2):
    """Log-normal curves with a common shape, correlated among bins."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n_fields, n_bins)) @ (np.eye(n_bins) + 0.4)
    return np.exp(-np.linspace(0, 3, n_bins) + shift + scatter * noise)


@pytest.mark.parametrize("score", [frechet_score, published_frechet_score])
def test_fields_of_one_kind_are_at_their_floor_and_shifted_ones_are_not(score):
    reference = spectra(60)
    same, shifted = score(spectra(60, seed=1), reference), score(spectra(60, seed=2, shift=0.5), reference)
    assert same.at_floor
    assert not shifted.at_floor
    assert shifted.score < same.score / 3
    assert 0.3 < same.score / same.floor_score < 5


def test_wrong_scatter_alone_is_seen():
    assert not frechet_score(spectra(60, seed=1, scatter=0.5), spectra(60)).at_floor


def test_identical_sets_have_no_distance_also_with_fewer_fields_than_bins():
    few = spectra(8, n_bins=40)
    assert frechet_score(few, few).distance == pytest.approx(0, abs=1e-12)
    assert frechet_score(few, few).at_floor


def test_with_many_fields_both_profiles_agree_with_the_formula_for_gaussians():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(500, 3)) * [1, 2, 3], rng.normal([0, 1, 0], size=(500, 3))
    exact = 1 + (0 + 1 + 4)  # shift, and (sigma_a - sigma_b)^2 along each axis
    assert frechet_distance(a, b) == pytest.approx(exact, rel=0.15)
    assert frechet_distance(a, b) == pytest.approx(published_frechet_distance(a, b), rel=1e-9)


def test_the_published_distance_goes_wrong_where_the_corrected_one_does_not():
    few = np.log10(spectra(8, n_bins=40))
    assert abs(published_frechet_distance(few, few)) > 1e-9 or np.isnan(published_frechet_distance(few, few))
    assert frechet_distance(few, few) < 1e-12


def test_score_depends_on_the_number_of_fields_and_its_floor_follows():
    few, many = (frechet_score(spectra(n, seed=1), spectra(n)) for n in (10, 400))
    assert many.score > 5 * few.score
    assert many.floor_score > 5 * few.floor_score


def test_a_factor_of_ten_is_one_dex_in_every_bin_whatever_the_units():
    curves = spectra(30)
    assert frechet_score(10 * curves, curves).distance == pytest.approx(curves.shape[1], rel=0.01)
    plain, scaled = (frechet_score(u * spectra(30, seed=1), u * curves).distance for u in (1, 1e6))
    assert scaled == pytest.approx(plain)


def test_floor_compares_no_field_with_itself():
    reference = np.arange(12.0).reshape(6, 2)
    floor = self_distance_floor(reference, 9, lambda a, b: float(np.isin(a, b).any()))
    assert (floor.low, floor.high) == (0, 0)
    sizes = self_distance_floor(reference, 9, lambda a, b: 100.0 * len(a) + len(b))
    assert sizes.distance == 906


def test_floor_is_repeatable_and_its_seed_matters():
    first, again, other = (frechet_score(spectra(9), spectra(12, seed=1), seed=s).floor for s in (0, 0, 1))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("samples", "reference", "message"),
    [
        (spectra(1), spectra(8), "1 fields, but at least 2"),
        (spectra(8), spectra(3), "3 fields, but at least 4"),
        (spectra(8), spectra(8, n_bins=5), "12 bins and the reference 5"),
        (-spectra(8), spectra(8), "negative"),
        (spectra(8) * np.nan, spectra(8), "NaN"),
        (spectra(8), np.zeros((8, 12)), "empty"),
        (spectra(8)[0], spectra(8), "shape"),
    ],
)
def test_sets_that_cannot_be_scored_are_refused(samples, reference, message):
    with pytest.raises(InvalidInputError, match=message):
        frechet_score(samples, reference)


def test_compatibility_is_the_shift_in_units_of_the_joint_scatter():
    rng = np.random.default_rng(4)
    a, b = 3 + 3 * rng.normal(size=(4000, 5)), -2 + 4 * rng.normal(size=(4000, 5))
    found = compatibility(a, b)
    assert np.allclose(found.values, 1.0, atol=0.06)
    assert found.floor < 0.1


def test_bins_that_never_vary_are_compatible_only_if_equal():
    a = np.tile([1.0, 2.0], (5, 1))
    assert compatibility(a, np.tile([1.0, 3.0], (5, 1))).values.tolist() == [0.0, np.inf]
