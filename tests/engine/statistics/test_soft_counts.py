"""Laws of the soft histogram and the soft peaks."""

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import mass_histogram, peak_counts, soft_histogram, soft_peak_counts
from cosmoloom.statistics.log_bins import LogBins

BINS = LogBins(-1.0, 1.0, 8)


def lognormal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).exp()


def test_the_soft_histogram_becomes_the_hard_one_as_the_temperature_falls():
    density = lognormal(2, 10, 10, 10)
    density[0, 0, 0, :3] = torch.tensor([0.0, 1e-30, 1e9])
    hard = mass_histogram(density, bins=BINS).counts.double()
    distance = [
        float((soft_histogram(density, bins=BINS, temperature=t).counts - hard).abs().sum())
        for t in (0.1, 0.01, 1e-7)
    ]
    assert distance[0] > 5 * distance[1]
    assert distance[2] < 1e-6


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("neighbourhood", [1, 2])
def test_soft_peaks_become_hard_ones_as_the_temperature_falls(periodic, neighbourhood):
    density = lognormal(2, 10, 10, 10)
    options = {"bins": BINS, "periodic": periodic, "neighbourhood": neighbourhood}
    hard = peak_counts(density, **options).counts.double()
    distance = [
        float((soft_peak_counts(density, temperature=t, **options).counts - hard).abs().sum())
        for t in (0.1, 0.01, 1e-7)
    ]
    assert distance[0] > 2 * distance[1]
    assert distance[2] < 1e-6


def test_every_voxel_counts_once_at_any_temperature():
    density = lognormal(8, 8, 8).float()
    density[0, 0, 0] = 0.0
    for temperature in (1e-4, 0.05, 3.0):
        assert float(soft_histogram(density, temperature=temperature).counts.sum()) == pytest.approx(512, rel=1e-5)


@pytest.mark.parametrize("count", [soft_histogram, soft_peak_counts])
def test_gradients_equal_finite_differences(count):
    density = lognormal(2, 5, 5, 5).requires_grad_()
    assert torch.autograd.gradcheck(lambda d: count(d, bins=BINS, temperature=0.1).counts, density, eps=1e-6)


def test_empty_voxels_have_finite_gradients():
    density = torch.zeros(5, 5, 5, requires_grad=True)
    (soft_histogram(density).counts[0] + soft_peak_counts(density).counts.sum()).backward()
    assert bool(torch.isfinite(density.grad).all())


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_impossible_temperatures_are_refused(temperature):
    for count in (soft_histogram, soft_peak_counts):
        with pytest.raises(InvalidInputError, match="temperature"):
            count(torch.ones(5, 5, 5), temperature=temperature)
