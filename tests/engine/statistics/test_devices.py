"""A GPU finds what the CPU finds."""

import pytest
import torch

from cosmoloom.statistics import cross_power, dice, mass_histogram, mean_density, peak_counts, power_spectrum
from cosmoloom.statistics.power_spectrum import spherical_power

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture
def fields():
    return torch.randn(3, 32, 32, 32, generator=torch.Generator().manual_seed(0)).exp()


def test_spectra_agree(fields):
    here, there = power_spectrum(fields, box_size=32.0), power_spectrum(fields.cuda(), box_size=32.0)
    assert there.power.is_cuda
    assert torch.allclose(there.power.cpu(), here.power, rtol=1e-4)
    crossed = cross_power(fields[0].cuda(), fields[1].cuda(), box_size=32.0)
    assert torch.allclose(
        crossed.correlation.cpu(), cross_power(fields[0], fields[1], box_size=32.0).correlation, atol=1e-5
    )


def test_gradients_agree(fields):
    gradients = []
    for device in ("cpu", "cuda"):
        field = (fields - 1).to(device).requires_grad_()
        spherical_power(field, 32.0).log().sum().backward()
        gradients.append(field.grad.cpu())
    assert torch.allclose(*gradients, rtol=1e-3, atol=1e-6)


def test_counts_are_equal(fields):
    there = fields.cuda()
    assert torch.equal(peak_counts(there).counts.cpu(), peak_counts(fields).counts)
    differing = (mass_histogram(there).counts.cpu() - mass_histogram(fields).counts).abs()
    assert differing.max() <= 1  # log10 rounds differently
    assert torch.allclose(mean_density(there).mean.cpu(), mean_density(fields).mean)


def test_dice_is_equal(fields):
    there = dice(fields[0].cuda(), fields.cuda())
    assert torch.equal(there.dice.cpu(), dice(fields[0], fields).dice)
