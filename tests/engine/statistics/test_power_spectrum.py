"""Laws of the power spectrum."""

import math

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import power_spectrum
from cosmoloom.statistics.power_spectrum import spherical_power


def noise(*shape, seed=0, sigma=0.1, dtype=torch.float64):
    return sigma * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def brute_force_shells(n):
    """Shell of every mode of the full transform, with none folded away."""
    i = np.rint(np.fft.fftfreq(n) * n)
    radius = np.sqrt(i[:, None, None] ** 2 + i[:, None] ** 2 + i**2)
    return np.floor(radius + 0.5).astype(int), radius


def test_white_noise_has_a_flat_spectrum_at_the_level_of_its_variance():
    n, box_size, sigma = 32, 50.0, 0.3
    result = power_spectrum(1 + noise(8, n, n, n, sigma=sigma), box_size=box_size)
    expected = sigma**2 * (box_size / n) ** 3
    scatter = (2 / (8 * result.n_modes)).sqrt()  # n_modes / 2 independent complex amplitudes, 8 fields
    deviation = (result.power.mean(0) / expected - 1) / scatter
    assert deviation.abs().max() < 4
    assert 0.5 < deviation.std() < 1.6


def test_error_is_the_scatter_of_gaussian_fields_also_without_their_shot_noise():
    for options in ({}, {"n_particles": 1000.0}):
        result = power_spectrum(1 + noise(2000, 6, 6, 6), box_size=6.0, **options)
        ratio = result.power.std(0) / result.error.mean(0)
        assert torch.allclose(ratio, torch.ones_like(ratio), atol=0.06)


@pytest.mark.parametrize("n", [4, 5, 8, 9, 16])
def test_folded_shells_equal_the_full_transform(n):
    box_size = 12.0
    delta = noise(n, n, n, seed=n).numpy()
    shells, radius = brute_force_shells(n)
    squared = np.abs(np.fft.fftn(delta)) ** 2 / n**6 * box_size**3
    result = power_spectrum(1 + delta, box_size=box_size).numpy()
    for i in range(1, n // 2 + 1):
        inside = shells == i
        assert result.n_modes[i - 1] == inside.sum()
        assert result.k[i - 1] == pytest.approx(radius[inside].mean() * 2 * math.pi / box_size)
        assert result.power[i - 1] == pytest.approx(squared[inside].mean(), rel=1e-10)


@pytest.mark.parametrize("wave", [(3, 0, 0), (0, 5, 0), (0, 0, 7), (2, -3, 4), (-1, 2, -2)])
def test_plane_wave_lands_in_its_shell_with_its_power(wave):
    n, box_size, amplitude = 16, 20.0, 0.4
    grid = torch.arange(n, dtype=torch.float64) * (2 * math.pi / n)
    phase = wave[0] * grid[:, None, None] + wave[1] * grid[:, None] + wave[2] * grid
    result = power_spectrum(1 + amplitude * torch.cos(phase + 0.3), box_size=box_size)
    shell = math.floor(math.hypot(*wave) + 0.5) - 1
    total = result.power * result.n_modes / box_size**3
    assert total[shell] == pytest.approx(amplitude**2 / 2)  # Parseval: the variance of the wave
    assert total.sum() == pytest.approx(float(total[shell]))
    lowest = 2 * math.pi / box_size * (math.floor(math.hypot(*wave) + 0.5) - 0.5)
    assert lowest <= result.k[shell] < lowest + 2 * math.pi / box_size


def test_mean_density_does_not_reach_the_spectrum():
    field = noise(8, 8, 8)
    low, high = spherical_power(field, 8.0), spherical_power(field + 5.0, 8.0)
    assert torch.allclose(low, high, rtol=1e-9)


def test_power_scales_with_volume_and_k_with_its_inverse():
    field = 1 + noise(8, 8, 8)
    small, large = power_spectrum(field, box_size=8.0), power_spectrum(field, box_size=16.0)
    assert torch.allclose(large.power, 8 * small.power)
    assert torch.allclose(large.k, small.k / 2)


def test_batch_equals_a_loop():
    fields = 1 + noise(2, 3, 8, 8, 8)
    result = power_spectrum(fields, box_size=8.0)
    assert result.power.shape == (2, 3, 4)
    for i in range(2):
        for j in range(3):
            alone = power_spectrum(fields[i, j], box_size=8.0)
            assert torch.allclose(alone.power, result.power[i, j], rtol=1e-12)


def test_box_and_bare_density_agree():
    density = (1 + noise(8, 8, 8)).float().numpy()
    box = Box.from_array(density, box_size=8.0)
    assert torch.equal(power_spectrum(box).power, power_spectrum(density, box_size=8.0).power)


@pytest.mark.parametrize("n", [4, 5])
def test_gradient_is_exact_also_twice(n):
    field = noise(2, n, n, n, sigma=1.0).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: spherical_power(x, 10.0), field)
    assert torch.autograd.gradgradcheck(lambda x: spherical_power(x, 10.0), field)


def test_gradient_descent_reaches_a_wanted_spectrum():
    field = noise(8, 8, 8, seed=1, sigma=1.0, dtype=torch.float32).requires_grad_()
    wanted = spherical_power(noise(8, 8, 8, seed=2, sigma=3.0, dtype=torch.float32), 8.0)
    optimiser = torch.optim.Adam([field], lr=0.05)
    for _ in range(150):
        optimiser.zero_grad()
        loss = (spherical_power(field, 8.0) / wanted).log().square().sum()
        loss.backward()
        optimiser.step()
    assert torch.allclose(spherical_power(field, 8.0), wanted, rtol=0.02)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_power_keeps_the_dtype_of_its_field(dtype):
    field = noise(2, 8, 8, 8).to(dtype).requires_grad_()
    power = spherical_power(field, 8.0)
    power.sum().backward()
    assert power.dtype == dtype
    assert field.grad is not None
    assert field.grad.dtype == dtype


def test_single_precision_agrees_with_double():
    field = 1 + noise(32, 32, 32)
    double = power_spectrum(field, box_size=32.0).power
    single = power_spectrum(field.float(), box_size=32.0).power
    assert torch.allclose(single.double(), double, rtol=1e-5)


@pytest.mark.parametrize(
    ("field", "box_size", "message"),
    [
        (torch.ones(4, 4), 1.0, "cubes"),
        (torch.ones(4, 4, 5), 1.0, r"\(4, 4, 5\)"),
        (torch.ones(1, 1, 1), 1.0, "2\\^3"),
        (torch.full((4, 4, 4), float("nan")), 1.0, "NaN"),
        (torch.full((4, 4, 4), float("inf")), 1.0, "infinite"),
        (torch.ones(4, 4, 4), None, "box_size="),
        (torch.ones(4, 4, 4), -1.0, "positive"),
    ],
)
def test_unfit_fields_are_refused(field, box_size, message):
    with pytest.raises(InvalidInputError, match=message):
        power_spectrum(field, box_size=box_size)
