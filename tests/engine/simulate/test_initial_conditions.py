import numpy as np
import pytest
import torch

from cosmoloom import Cosmology
from cosmoloom.simulate.fourier import gradient, inverse_laplacian
from cosmoloom.simulate.initial_conditions import displacements, linear_field

BOX, N = 100.0, 32


def field(**options):
    return linear_field(N, box_size=BOX, cosmology=Cosmology(), **{"seed": 5, **options})


def plane_wave(amplitude: float, waves: int = 2) -> torch.Tensor:
    x = torch.arange(N) / N
    return torch.fft.rfftn((amplitude * torch.cos(2 * np.pi * waves * x))[:, None, None].expand(N, N, N))


def test_a_seed_decides_the_field():
    assert torch.equal(field(), field())
    assert not torch.equal(field(), field(seed=6))


def test_a_mirrored_partner_is_the_negative_field():
    assert torch.equal(field(mirrored=True), -field())


def test_fixed_modes_have_exactly_their_expected_power():
    modes = field(fixed=True)
    index = (1, 0, 0), (0, 2, 3), (N - 4, 5, 6)
    for i, j, k in index:
        waves = np.sqrt(min(i, N - i) ** 2 + j**2 + k**2) * 2 * np.pi / BOX
        power = float(modes[i, j, k].abs() ** 2) * BOX**3 / N**6
        assert power == pytest.approx(float(Cosmology().linear_power(waves)), rel=2e-3)


def test_free_modes_scatter_around_the_expected_power_as_gaussians_do():
    ratio = (field().abs() ** 2 / (field(fixed=True).abs() ** 2).clamp_min(1e-20))[1:, 1:, 1:-1].flatten()
    assert float(ratio.mean()) == pytest.approx(1.0, abs=0.03)
    assert float(ratio.std()) == pytest.approx(1.0, abs=0.05)


def test_the_field_is_real_and_has_no_mean():
    modes = field()
    assert modes[0, 0, 0] == 0
    there_and_back = torch.fft.rfftn(torch.fft.irfftn(modes, s=(N, N, N)))
    assert torch.allclose(there_and_back, modes, atol=1e-2 * float(modes.abs().mean()))


def test_first_order_displacement_has_minus_the_overdensity_as_divergence():
    overdensity = plane_wave(0.1)
    first, _ = displacements(overdensity, box_size=BOX)
    wave_number = 2 * np.pi * 2 / BOX
    x = torch.arange(N) / N
    expected = -0.1 / wave_number * torch.sin(2 * np.pi * 2 * x)
    assert first[:, 3, 7, 0].numpy() == pytest.approx(expected.numpy(), abs=1e-5)
    assert float(first[..., 1:].abs().max()) < 1e-5


def test_a_plane_wave_needs_no_second_order():
    _, second = displacements(plane_wave(0.5), box_size=BOX)
    assert float(second.abs().max()) < 1e-5


def test_second_order_does_not_change_under_a_mirrored_field_and_first_order_turns():
    modes = field(fixed=True)
    first, second = displacements(modes, box_size=BOX)
    turned_first, turned_second = displacements(-modes, box_size=BOX)
    assert torch.equal(turned_first, -first)
    assert torch.allclose(turned_second, second)


def test_second_order_solves_its_poisson_equation_for_two_crossed_waves():
    """For phi = A cos(px) + B cos(qy), phi_xx phi_yy - phi_xy^2 = A B p^2 q^2 cos(px) cos(qy)."""
    p = q = 2 * np.pi / BOX
    x = torch.arange(N) * (BOX / N)
    potential = 40 * torch.cos(p * x)[:, None, None] + 30 * torch.cos(q * x)[None, :, None]
    overdensity = torch.fft.rfftn((-(p**2) * potential).expand(N, N, N))
    _, second = displacements(overdensity, box_size=BOX)
    strength = 40 * 30 * p**2 * q**2 / (p**2 + q**2)
    expected = strength * p * torch.sin(p * x)[:, None] * torch.cos(q * x)[None, :]
    assert second[:, :, 4, 0].numpy() == pytest.approx(expected.numpy(), abs=1e-4)


def test_gradient_of_the_inverse_laplacian_gives_back_a_wave():
    kernel = inverse_laplacian(N, box_size=BOX)
    wave_number = 2 * np.pi * 2 / BOX
    components = list(gradient(plane_wave(1.0) * kernel, box_size=BOX))
    x = torch.arange(N) / N
    expected = torch.sin(2 * np.pi * 2 * x) / wave_number
    assert components[0][:, 0, 0].numpy() == pytest.approx(expected.numpy(), abs=1e-4)
    assert float(components[1].abs().max()) < 1e-4
