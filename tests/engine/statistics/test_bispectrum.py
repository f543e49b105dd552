"""Laws of the bispectrum."""

import itertools
from math import pi

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import bispectrum, equilateral_bispectrum, power_spectrum, squeezed_bispectrum

KF = 2 * pi / 10.0  # of a box of 10 Mpc/h


def noise(*shape, seed=0, sigma=0.3):
    return sigma * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def triangle_by_triangle(delta, sides):
    """Sum all closed triangles of a small cube in plain loops; sides in units of k_f."""
    n = len(delta)
    amplitudes = np.fft.fftn(delta) / n**3
    below = (n - 1) // 2
    modes = [np.array(q) for q in itertools.product(range(-below, below + 1), repeat=3)]
    shells = [
        [q for q in modes if q.any() and side - 1 <= np.sqrt(q @ q) < side + 1] for side in sides
    ]
    third = {tuple(q) for q in shells[2]}
    products = [
        amplitudes[tuple(a)] * amplitudes[tuple(b)] * amplitudes[tuple(-(a + b))]
        for a in shells[0]
        for b in shells[1]
        if tuple(a + b) in third
    ]
    powers = [np.mean([abs(amplitudes[tuple(q)]) ** 2 for q in shell]) for shell in shells]
    return np.sum(products).real, len(products), powers


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize(("k1", "k2"), [(1.4, 1.7), (2.0, 2.0), (1.0, 2.3)])
def test_transforms_sum_exactly_the_closed_triangles(n, k1, k2):
    delta = noise(n, n, n, seed=n)
    theta = np.array([1.6, 2.3, 2.9])
    result = bispectrum(1 + delta, k1=k1 * KF, k2=k2 * KF, theta=theta, box_size=10.0).numpy()
    for i in range(3):
        k3 = np.sqrt(k1**2 + k2**2 + 2 * k1 * k2 * np.cos(theta[i]))
        total, count, (P1, P2, P3) = triangle_by_triangle(delta.numpy(), (k1, k2, k3))
        assert result.k3[i] == pytest.approx(k3 * KF)
        assert result.n_closed[i] == count
        alone = bispectrum(1 + delta, k1=k1 * KF, k2=k2 * KF, theta=theta[i], box_size=10.0).numpy()
        assert alone.n_closed[0] == count  # its mesh is the smallest that this triangle closes on
        assert alone.bispectrum[0] == pytest.approx(result.bispectrum[i])
        assert result.bispectrum[i] == pytest.approx(total / count * 10.0**6)
        assert result.reduced[i] == pytest.approx(total / count / (P1 * P2 + P2 * P3 + P3 * P1))


def test_theta_is_the_angle_between_the_vectors():
    waves = [(3, 0, 0), (0, 3, 0), (3, 3, 0)]  # k3 = k1 + k2 at a right angle
    grid = torch.arange(16, dtype=torch.float64) * (2 * pi / 16)
    phases = (a * grid[:, None, None] + b * grid[:, None] + c * grid for a, b, c in waves)
    density = 1 + 0.1 * sum(torch.cos(phase) for phase in phases)
    angles = np.radians([30.0, 90.0, 150.0])
    result = bispectrum(density, k1=3 * KF, k2=3 * KF, theta=angles, box_size=10.0)
    assert result.k3[1] == pytest.approx(3 * 2**0.5 * KF)
    total = result.bispectrum * result.n_closed / 10.0**6
    # Each wave has the amplitude 0.05 at k and -k; k1 and k2 can be swapped, and all turned round.
    assert total[1] == pytest.approx(4 * 0.05**3)
    assert total[[0, 2]].abs().max() < 1e-15


def test_it_is_odd_under_the_mirror_in_density():
    delta = noise(16, 16, 16)
    up, down = (
        bispectrum(1 + s * delta, k1=3 * KF, k2=2 * KF, theta=[0.5, 1.0, 2.0], box_size=10.0) for s in (1, -1)
    )
    assert torch.allclose(up.bispectrum, -down.bispectrum)


def test_gaussian_noise_has_none_and_the_square_of_a_gaussian_has_its_own():
    gaussian = noise(20, 24, 24, 24, sigma=1.0)
    sides = {"k1": 4 * KF, "k2": 5 * KF, "theta": np.array([0.8, 1.6, 2.4]), "box_size": 10.0}
    none = bispectrum(1 + gaussian, **sides).reduced
    assert (none.mean(0).abs() < 4 * none.std(0) / 20**0.5).all()
    # delta = (g^2 - 1) / 2 of white g: third cumulant 1 and variance 1/2 per voxel, B = V_c^2 and P = V_c / 2
    own = bispectrum(1 + (gaussian.square() - 1) / 2, **sides)
    voxel = (10.0 / 24) ** 3
    error = own.bispectrum.std(0) / 20**0.5
    assert ((own.bispectrum.mean(0) - voxel**2).abs() < 4 * error).all()
    assert error.max() < 0.1 * voxel**2
    assert own.reduced.mean() == pytest.approx(1 / (3 * 0.25), rel=0.1)


def test_b_scales_with_volume_squared_and_q_not_at_all():
    density = 1 + noise(16, 16, 16)
    small = bispectrum(density, k1=3 * KF, k2=2 * KF, theta=1.0, box_size=10.0)
    large = bispectrum(density, k1=1.5 * KF, k2=KF, theta=1.0, box_size=20.0)
    assert torch.allclose(large.bispectrum, 64 * small.bispectrum)
    assert torch.allclose(large.reduced, small.reduced)


def test_batch_equals_a_loop_and_single_precision_agrees_with_double():
    fields = 1 + noise(2, 3, 16, 16, 16)
    sides = {"k1": 3 * KF, "k2": 4 * KF, "theta": [0.3, 1.5, 2.6], "box_size": 10.0}
    result = bispectrum(fields, **sides)
    assert result.bispectrum.shape == (2, 3, 3)
    assert torch.allclose(result.bispectrum[1, 2], bispectrum(fields[1, 2], **sides).bispectrum)
    single = bispectrum(fields.float(), **sides)
    assert single.bispectrum.dtype == torch.float32
    assert torch.allclose(single.reduced.double(), result.reduced, atol=1e-5)


def test_finer_voxels_change_nothing_for_a_smooth_field():
    coarse = noise(12, 12, 12)
    modes = torch.fft.fftshift(torch.fft.fftn(coarse, norm="forward"))[1:, 1:, 1:]
    padded = torch.fft.ifftshift(torch.nn.functional.pad(modes, (7, 6) * 3))
    fine = torch.fft.ifftn(padded, norm="forward").real
    sides = {"k1": 3 * KF, "k2": 2 * KF, "theta": [0.5, 2.0], "box_size": 10.0}
    a, b = bispectrum(1 + coarse, **sides), bispectrum(1 + fine, **sides)
    assert torch.allclose(a.bispectrum, b.bispectrum)


def test_equilateral_and_squeezed_are_triangles_of_their_names():
    density = 1 + noise(32, 32, 32)
    equal = equilateral_bispectrum(density, k=[3 * KF, 6 * KF], box_size=10.0)
    assert torch.allclose(equal.k3, equal.k1)
    assert torch.allclose(equal.k1, torch.tensor([3 * KF, 6 * KF], dtype=torch.float64))
    alone = bispectrum(density, k1=6 * KF, k2=6 * KF, theta=2 * pi / 3, box_size=10.0)
    assert torch.equal(equal.bispectrum[1:], alone.bispectrum)
    squeezed = squeezed_bispectrum(density, k_long=2 * KF, k=[5 * KF, 9 * KF], box_size=10.0)
    assert torch.allclose(squeezed.k3, torch.full((2,), 2 * KF, dtype=torch.float64))
    assert torch.equal(squeezed.k1, squeezed.k2)


def test_reduced_uses_the_power_of_the_same_modes():
    density = 1 + noise(32, 32, 32)
    result = equilateral_bispectrum(density, k=[6 * KF], box_size=10.0)
    P = float(power_spectrum(density, box_size=10.0).power[4:7].mean())
    assert result.reduced[0] == pytest.approx(float(result.bispectrum[0]) / (3 * P**2), rel=0.1)


def test_gradient_is_exact():
    field = (1 + noise(6, 6, 6)).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: bispectrum(x, k1=KF, k2=1.5 * KF, theta=[1.5, 2.0], box_size=10.0).bispectrum, field
    )


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"k1": 7.5 * KF, "k2": 2 * KF, "theta": 2.0}, "up to 4.398 h/Mpc"),
        ({"k1": 4 * KF, "k2": 4 * KF, "theta": [2.5, 0.1]}, "larger angles"),
        ({"k1": 0.5 * KF, "k2": 2 * KF, "theta": 2.0}, "at least k_f"),
        ({"k1": -2 * KF, "k2": 2 * KF, "theta": 2.0}, "at least k_f"),
        ({"k1": float("nan"), "k2": 2 * KF, "theta": 2.0}, "nan"),
        ({"k1": 2 * KF, "k2": 2 * KF, "theta": 4.0}, "0 to pi"),
        ({"k1": 2 * KF, "k2": 2 * KF, "theta": []}, "0 to pi"),
    ],
)
def test_unfit_triangles_are_refused(sides, message):
    with pytest.raises(InvalidInputError, match=message):
        bispectrum(torch.ones(16, 16, 16), box_size=10.0, **sides)


def test_unfit_shortcuts_are_refused():
    density = torch.ones(16, 16, 16)
    with pytest.raises(InvalidInputError, match="k >= k_long"):
        squeezed_bispectrum(density, k_long=5 * KF, k=[2 * KF], box_size=10.0)
    with pytest.raises(InvalidInputError, match="k= as a list"):
        equilateral_bispectrum(density, k=[], box_size=10.0)
