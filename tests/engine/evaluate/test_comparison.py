"""Known differences between a model and simulations are found, in size and place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cosmoloom.evaluate.comparison import K_MAX, Comparison
from cosmoloom.evaluate.evolution import growth_of_power, large_scale_power
from cosmoloom.evaluate.samples import SampleStatistics, between, concatenate, measure


def samples(n_fields: int, seed: int = 0, sigma: float = 0.5) -> SampleStatistics:
    noise = torch.randn(n_fields, 16, 16, 16, generator=torch.Generator().manual_seed(seed))
    return measure((sigma * noise).exp() / np.exp(sigma**2 / 2), box_size=32.0)


def compare(model: SampleStatistics, simulation: SampleStatistics) -> Comparison:
    return Comparison(redshift=0.0, trained=True, model=model, simulation=simulation, others=model)


def test_a_model_equal_to_the_simulations_has_no_error():
    row = compare(samples(6), samples(6))
    assert row.mean_power_error == row.max_power_error == row.mass_distance == row.mean_density_distance == 0
    assert row.peak_number_ratio == 1
    assert row.others_max_power_error == 0
    assert (row.power_scatter_ratio.value == 1).all()


def test_excess_power_is_measured_on_the_scales_judged_only():
    truth = samples(6)
    assert (truth.k > K_MAX).any()
    factor = np.where(truth.k > K_MAX, 5.0, 1.0)
    factor[2] = 0.8
    row = compare(replace(truth, power=truth.power * factor), truth)
    assert row.max_power_error == pytest.approx(0.2)
    assert row.mean_power_error == pytest.approx(0.2 / row.judged.sum())


def test_mass_distance_is_the_share_of_voxels_to_be_moved():
    truth = samples(4)
    moved = truth.mass.copy()
    fullest = int(truth.mass.mean(0).argmax())
    moved[:, fullest] -= 100
    moved[:, 0] += 100
    assert compare(replace(truth, mass=moved), truth).mass_distance == pytest.approx(100 / 16**3)


def test_disjoint_mean_densities_are_as_far_apart_as_can_be():
    truth = samples(4)
    shifted = replace(truth, mean_density=truth.mean_density + 1)
    assert compare(shifted, truth).mean_density_distance == 1


def test_growth_of_power_is_found_on_large_scales_only():
    early = samples(5)
    assert 0 < (early.k < 0.3).sum() < len(early.k)
    factor = np.where(early.k < 0.3, 2.5, 40.0)
    growth = growth_of_power(replace(early, power=early.power * factor), early)
    assert np.allclose([growth.value, growth.low, growth.high], 2.5)


def test_large_scale_power_weights_every_mode_alike():
    many = samples(3)
    inside = many.k < 0.3
    expected = (many.power * many.n_modes)[:, inside].sum(1) / many.n_modes[inside].sum()
    assert np.allclose(large_scale_power(many)[:, 0], expected)


def test_batches_join_to_what_one_batch_gives():
    noise = torch.randn(5, 8, 8, 8, generator=torch.Generator().manual_seed(1)).exp()
    whole = measure(noise, box_size=8.0)
    joined = concatenate([measure(noise[:2], box_size=8.0), measure(noise[2:], box_size=8.0)])
    assert len(joined) == 5
    assert np.allclose(joined.power, whole.power)
    assert (joined.peaks == whole.peaks).all()
    assert (joined.k == whole.k).all()


def test_interpolation_ends_at_its_ends_and_mixes_power_in_its_logarithm():
    early, late = samples(3, seed=1), samples(3, seed=2)
    assert np.allclose(between(early, late, 0.0).power, early.power)
    assert np.allclose(between(early, late, 1.0).mass, late.mass)
    assert np.allclose(between(early, late, 0.5).power, np.sqrt(early.power * late.power))
