"""A GPU finds what the CPU finds."""

import pytest
import torch

from cosmoloom.statistics import (
    bispectrum,
    correlation_function,
    covariance,
    cross_power,
    dice,
    dice_ensemble,
    mass_histogram,
    mean_density,
    minkowski_functionals,
    minkowski_gaussian,
    particle_histogram,
    peak_counts,
    peak_positions,
    power_spectrum,
    soft_histogram,
    soft_peak_counts,
    transfer_function,
)
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
    assert torch.equal(mass_histogram(there).counts.cpu(), mass_histogram(fields).counts)
    whole = (fields * 3).round() / 3
    particles = [particle_histogram(f, mean_count=3.0).counts.cpu() for f in (whole.cuda(), whole)]
    assert torch.equal(*particles)
    assert torch.allclose(mean_density(there).mean.cpu(), mean_density(fields).mean)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("neighbourhood", [1, 2, 3])
def test_peaks_are_equal(fields, neighbourhood, periodic):
    options = {"neighbourhood": neighbourhood, "periodic": periodic}
    there = peak_counts(fields.cuda(), **options)
    assert there.counts.is_cuda
    assert torch.equal(there.counts.cpu(), peak_counts(fields, **options).counts)
    maps = [peak_counts(f[0], dimensions=2, **options).counts.cpu() for f in (fields.cuda(), fields)]
    assert torch.equal(*maps)
    marked = [peak_positions(f, box_size=32.0, **options) for f in (fields[0].cuda(), fields[0])]
    assert torch.equal(marked[0].voxels.cpu(), marked[1].voxels)


def test_dice_is_equal(fields):
    there = dice(fields[0].cuda(), fields.cuda())
    assert torch.equal(there.dice.cpu(), dice(fields[0], fields).dice)
    ensembles = [dice_ensemble(f, f.flip(0)) for f in (fields.cuda(), fields)]
    assert torch.allclose(ensembles[0].significance.cpu(), ensembles[1].significance)


@pytest.mark.parametrize("count", [soft_histogram, soft_peak_counts])
def test_soft_counts_and_their_gradients_agree(fields, count):
    found = []
    for device in ("cpu", "cuda"):
        field = fields.double().to(device).requires_grad_()
        counts = count(field).counts
        counts.square().sum().backward()
        found.append((counts.detach().cpu(), field.grad.cpu()))
    assert torch.allclose(found[0][0], found[1][0])
    assert torch.allclose(found[0][1], found[1][1])


def test_triangles_and_pairs_agree(fields):
    sides = {"k1": 0.8, "k2": 1.0, "theta": [0.5, 1.5, 2.5], "box_size": 32.0}
    here, there = bispectrum(fields, **sides), bispectrum(fields.cuda(), **sides)
    assert there.bispectrum.is_cuda
    assert torch.equal(there.n_closed.cpu(), here.n_closed)
    assert torch.allclose(there.bispectrum.cpu(), here.bispectrum, rtol=1e-3, atol=1e-4)
    for periodic in (True, False):
        pairs = [correlation_function(f, box_size=32.0, periodic=periodic) for f in (fields.cuda(), fields)]
        assert torch.allclose(pairs[0].xi.cpu(), pairs[1].xi, atol=1e-5)


def test_corrected_spectra_agree(fields):
    options = {"box_size": 32.0, "n_particles": 1e5, "assignment": "cic"}
    here, there = power_spectrum(fields, **options), power_spectrum(fields.cuda(), **options)
    assert torch.allclose(there.power.cpu(), here.power, rtol=1e-4)
    assert torch.allclose(there.error.cpu(), here.error, rtol=1e-4)
    crossed = [transfer_function(f[0], f[1], box_size=32.0) for f in (fields.cuda(), fields)]
    assert torch.allclose(crossed[0].error_power.cpu(), crossed[1].error_power, rtol=1e-4)


def test_minkowski_functionals_agree(fields):
    for periodic in (True, False):
        here, there = (
            minkowski_functionals(f, box_size=32.0, periodic=periodic) for f in (fields, fields.cuda())
        )
        assert torch.allclose(there.v3.cpu(), here.v3)
    here, there = (minkowski_gaussian(f, box_size=32.0) for f in (fields, fields.cuda()))
    assert torch.allclose(there.v2.cpu(), here.v2)


def test_covariances_agree(fields):
    samples = fields.reshape(-1, 8)
    here, there = covariance(samples), covariance(samples.cuda())
    assert torch.allclose(there.precision().cpu(), here.precision())
    assert torch.allclose(there.error.cpu(), here.error)
