"""Laws of the two-point correlation function."""

import itertools

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import correlation_function


def noise(*shape, seed=0, sigma=0.3):
    return sigma * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def pair_by_pair(delta, *, periodic):
    """Sum all pairs in plain loops over their lags."""
    n = len(delta)
    products, radii, pairs = (np.zeros(n // 2 + 1) for _ in range(3))
    lags = range(n) if periodic else range(-n + 1, n)
    for lag in itertools.product(lags, repeat=3):
        nearest = [min(i, n - i) if periodic else abs(i) for i in lag]
        radius = np.sqrt(np.square(nearest).sum())
        shell = int(np.floor(radius + 0.5))
        if not 1 <= shell <= n // 2:
            continue
        if periodic:
            here, there = delta, np.roll(delta, [-i for i in lag], (0, 1, 2))
        else:
            here = delta[tuple(slice(max(0, -i), n - max(0, i)) for i in lag)]
            there = delta[tuple(slice(max(0, i), n - max(0, -i)) for i in lag)]
        products[shell] += (here * there).sum()
        radii[shell] += radius * here.size
        pairs[shell] += here.size
    return radii[1:] / pairs[1:], products[1:] / pairs[1:], pairs[1:]


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("n", [4, 5, 6])
def test_transforms_sum_exactly_the_pairs_of_each_shell(n, periodic):
    delta = noise(n, n, n).numpy() + 0.1
    r, xi, pairs = pair_by_pair(delta, periodic=periodic)
    result = correlation_function(1 + delta, box_size=3.0 * n, periodic=periodic).numpy()
    np.testing.assert_allclose(result.n_pairs, pairs)
    np.testing.assert_allclose(result.r, 3.0 * r)
    np.testing.assert_allclose(result.xi, xi, rtol=1e-9, atol=1e-14)


def test_white_noise_is_uncorrelated():
    result = correlation_function(1 + noise(8, 24, 24, 24), box_size=24.0, periodic=True)
    scatter = 0.3**2 * (2 / result.n_pairs).sqrt()  # each pair is counted from both ends
    assert (result.xi / scatter).abs().max() < 4.5
    assert 0.7 < (result.xi / scatter).std() < 1.3


def smoothed(count, n, *, length, seed=0):
    """Gaussian fields of unit variance whose correlation is exp(-r^2 / (4 length^2))."""
    k = torch.fft.fftfreq(n, dtype=torch.float64) * 2 * torch.pi
    squared = k[:, None, None] ** 2 + k[:, None] ** 2 + k[: n // 2 + 1] ** 2
    modes = torch.fft.rfftn(noise(count, n, n, n, seed=seed, sigma=1.0), dim=(-3, -2, -1))
    fields = torch.fft.irfftn(modes * (-squared * length**2 / 2).exp(), s=(n, n, n), dim=(-3, -2, -1))
    return fields / (-squared * length**2).exp().mul(torch.tensor([1.0] + [2.0] * (n // 2 - 1) + [1.0])).mean().mul(
        (n // 2 + 1) / n
    ).sqrt()


@pytest.mark.parametrize("periodic", [True, False])
def test_a_gaussian_field_has_its_known_correlation_also_with_open_borders(periodic):
    fields, length = smoothed(24, 32, length=1.5), 1.5
    part = fields if periodic else fields[:, :20, :20, :20]  # padding without counts would lose pairs
    result = correlation_function(1 + part, box_size=float(part.shape[-1]), periodic=periodic)
    expected = (-result.r.square() / (4 * length**2)).exp()
    deviation = result.xi.mean(0) - expected
    error = result.xi.std(0) / len(fields) ** 0.5
    assert (deviation.abs() < 4 * error + 0.02 * expected).all()  # shells of a voxel bend the curve


def test_open_borders_correlate_no_opposite_faces():
    density = torch.ones(12, 12, 12, dtype=torch.float64)
    density[0], density[-1] = 5.0, 5.0
    open_, periodic = (correlation_function(density, box_size=12.0, periodic=p) for p in (False, True))
    assert periodic.xi[0] > 1.5 * open_.xi[0]


def test_a_box_knows_whether_it_is_periodic():
    density = (1 + noise(8, 8, 8).abs()).float().numpy()
    for periodic in (True, False):
        box = Box.from_array(density, box_size=8.0, periodic=periodic)
        bare = correlation_function(density, box_size=8.0, periodic=periodic)
        assert torch.equal(correlation_function(box).xi, bare.xi)


def test_batch_equals_a_loop_and_single_precision_agrees_with_double():
    fields = 1 + noise(2, 3, 12, 12, 12)
    result = correlation_function(fields, box_size=12.0)
    assert result.xi.shape == (2, 3, 6)
    assert torch.allclose(result.xi[1, 2], correlation_function(fields[1, 2], box_size=12.0).xi)
    single = correlation_function(fields.float(), box_size=12.0).xi
    assert single.dtype == torch.float32
    assert torch.allclose(single.double(), result.xi, atol=1e-7)


@pytest.mark.parametrize("periodic", [True, False])
def test_gradient_is_exact(periodic):
    field = (1 + noise(4, 4, 4)).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: correlation_function(x, box_size=4.0, periodic=periodic).xi, field)


def test_unfit_fields_are_refused():
    with pytest.raises(InvalidInputError, match="box_size="):
        correlation_function(torch.ones(4, 4, 4))
