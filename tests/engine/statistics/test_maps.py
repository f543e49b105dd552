"""Laws of the statistics of maps; peaks of maps are compared with SciPy among the peak counts."""

import math

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map
from cosmoloom.statistics import (
    bispectrum,
    dice,
    dice_ensemble,
    mass_histogram,
    mean_density,
    peak_counts,
    power_spectrum,
)
from cosmoloom.statistics.power_spectrum import spherical_power


def noise(*shape, seed=0, sigma=0.1, dtype=torch.float64):
    return sigma * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def lognormal_map(n=32, seed=0, **facts):
    values = np.random.default_rng(seed).lognormal(size=(n, n)).astype(np.float32)
    return Map(density=values, box_size=64.0, **facts)


def test_white_noise_has_a_flat_spectrum_at_the_level_of_its_variance_per_area():
    n, box_size, sigma = 32, 50.0, 0.3
    result = power_spectrum(1 + noise(64, n, n, sigma=sigma), box_size=box_size, dimensions=2)
    expected = sigma**2 * (box_size / n) ** 2
    deviation = (result.power.mean(0) / expected - 1) / (2 / (64 * result.n_modes)).sqrt()
    assert deviation.abs().max() < 4
    assert 0.5 < deviation.std() < 1.6


@pytest.mark.parametrize("n", [4, 5, 8, 9, 16])
def test_folded_rings_equal_the_full_transform(n):
    box_size = 12.0
    delta = noise(n, n, seed=n).numpy()
    i = np.rint(np.fft.fftfreq(n) * n)
    radius = np.hypot(i[:, None], i)
    squared = np.abs(np.fft.fft2(delta)) ** 2 / n**4 * box_size**2
    result = power_spectrum(1 + delta, box_size=box_size, dimensions=2).numpy()
    for ring in range(1, n // 2 + 1):
        inside = np.floor(radius + 0.5) == ring
        assert result.n_modes[ring - 1] == inside.sum()
        assert result.k[ring - 1] == pytest.approx(radius[inside].mean() * 2 * math.pi / box_size)
        assert result.power[ring - 1] == pytest.approx(squared[inside].mean(), rel=1e-10)


@pytest.mark.parametrize("wave", [(3, 0), (0, 5), (2, -3), (-1, 2)])
def test_plane_wave_lands_in_its_ring_with_its_power(wave):
    n, box_size, amplitude = 16, 20.0, 0.4
    grid = torch.arange(n, dtype=torch.float64) * (2 * math.pi / n)
    field = 1 + amplitude * torch.cos(wave[0] * grid[:, None] + wave[1] * grid + 0.3)
    result = power_spectrum(field, box_size=box_size, dimensions=2)
    total = result.power * result.n_modes / box_size**2
    ring = math.floor(math.hypot(*wave) + 0.5) - 1
    assert total[ring] == pytest.approx(amplitude**2 / 2)  # Parseval: the variance of the wave
    assert total.sum() == pytest.approx(float(total[ring]))


def test_power_of_a_projection_is_that_of_the_modes_across_the_line_of_sight():
    """The whole depth keeps only k_z = 0, so P_2D = P_3D / depth for these modes (Limber's case of a slab)."""
    n, box_size = 16, 40.0
    volume = 1 + noise(n, n, n)
    flat = volume.mean(-1)
    amplitudes = torch.fft.fftn(volume - 1)[:, :, 0].abs().square() / n**6 * box_size**3
    i = torch.fft.fftfreq(n, dtype=torch.float64) * n
    ring = torch.hypot(i[:, None], i).add(0.5).floor()
    result = power_spectrum(flat, box_size=box_size, dimensions=2)
    for index, power in enumerate(result.power, start=1):
        assert power == pytest.approx(float(amplitudes[ring == index].mean()) / box_size)


@pytest.mark.parametrize("n", [4, 5])
def test_gradient_is_exact_also_twice(n):
    field = noise(2, n, n, sigma=1.0).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: spherical_power(x, 10.0, 2), field)
    assert torch.autograd.gradgradcheck(lambda x: spherical_power(x, 10.0, 2), field)


def test_painted_particles_in_the_plane_are_white_once_noise_and_window_are_known():
    n, particles, fields = 16, 4096, 50
    rng = np.random.default_rng(1)
    cells = rng.integers(n**2, size=(fields, particles))  # random places, so every cell is as likely
    counts = np.stack([np.bincount(row, minlength=n**2).reshape(n, n) for row in cells])
    density = torch.from_numpy(counts / counts.mean())
    result = power_spectrum(density, box_size=8.0, n_particles=particles, assignment="ngp", dimensions=2)
    deviation = result.power.mean(0) / (result.shot_noise * (2 / (fields * result.n_modes)).sqrt())
    assert deviation.abs().max() < 4


def test_a_map_knows_its_dimensions_and_its_size():
    a, b = lognormal_map(), lognormal_map(seed=1, periodic=True)
    bare = torch.from_numpy(a.density)
    options = {"dimensions": 2}
    assert torch.equal(power_spectrum(a).power, power_spectrum(bare, box_size=64.0, **options).power)
    assert torch.equal(mass_histogram(a).counts, mass_histogram(bare, **options).counts)
    assert torch.equal(peak_counts(a).counts, peak_counts(bare, **options).counts)
    assert peak_counts(b).n_searched == 32**2
    assert torch.equal(dice(a, b).dice, dice(bare, torch.from_numpy(b.density), **options).dice)
    assert mean_density(a).mean == pytest.approx(float(a.density.mean()), rel=1e-6)
    assert mean_density(a).scatter == pytest.approx(float(a.density.std()), rel=1e-5)


def test_every_pixel_is_counted_once_also_in_a_batch():
    maps = torch.from_numpy(np.stack([lognormal_map(seed=s).density for s in range(6)])).reshape(2, 3, 32, 32)
    counts = mass_histogram(maps, dimensions=2).counts
    assert counts.shape[:2] == (2, 3)
    assert (counts.sum(-1) == 32**2).all()
    assert torch.equal(counts[1, 2], mass_histogram(lognormal_map(seed=5)).counts)


def test_the_densest_pixels_of_equal_maps_coincide_and_of_unrelated_ones_by_chance():
    same, other = lognormal_map(64), lognormal_map(64, seed=1)
    curve = dice(same, same)
    assert torch.allclose(curve.dice, torch.ones_like(curve.dice))
    curve = dice(same, other)
    assert torch.allclose(curve.dice, curve.top_percent / 100, atol=0.05)


def test_inferred_maps_stand_out_from_random_pairs():
    truth = torch.stack([lognormal_map(seed=s).tensor() for s in range(5)])
    inferred = truth * (1 + noise(5, 32, 32, dtype=torch.float32)).clamp(min=0.1)
    ensemble = dice_ensemble(truth, inferred, dimensions=2)
    assert ensemble.normalised.min() > 0.7
    assert ensemble.random.n_pairs == 10


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: power_spectrum(torch.ones(2, 4, 5), box_size=1.0, dimensions=2), "square maps"),
        (lambda: power_spectrum(torch.ones(4, 4, 4), box_size=1.0, dimensions=1), "2 or 3 dimensions"),
        (lambda: power_spectrum(Box.from_array(np.ones((4, 4, 4)), box_size=1.0), dimensions=2), "project"),
        (lambda: bispectrum(lognormal_map(), k1=0.2, k2=0.2, theta=1.0), "statistic of volumes"),
        (lambda: dice(lognormal_map(), Box.from_array(np.ones((4, 4, 4)), box_size=64.0)), "project"),
    ],
)
def test_fields_of_other_dimensions_are_refused(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
