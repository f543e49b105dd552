"""Laws of the cross-power."""

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import cross_power, power_spectrum


def field(*shape, seed):
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return 1 + 0.2 * noise


def test_a_field_is_fully_correlated_with_itself():
    a = field(8, 8, 8, seed=1)
    result = cross_power(a, a, box_size=8.0)
    assert torch.allclose(result.correlation, torch.ones(4, dtype=torch.float64))
    assert torch.allclose(result.power, power_spectrum(a, box_size=8.0).power)


def test_a_field_is_fully_anticorrelated_with_its_mirror_in_density():
    a = field(8, 8, 8, seed=1)
    assert torch.allclose(
        cross_power(a, 2 - a, box_size=8.0).correlation, -torch.ones(4, dtype=torch.float64)
    )


def test_correlation_does_not_depend_on_amplitude():
    a, b = field(8, 8, 8, seed=1), field(8, 8, 8, seed=2)
    small, large = cross_power(a, b, box_size=8.0), cross_power(1 + 3 * (a - 1), b, box_size=8.0)
    assert torch.allclose(small.correlation, large.correlation)
    assert torch.allclose(3 * small.power, large.power)


@pytest.mark.parametrize("n", [6, 7])
def test_folded_shells_equal_the_full_transform(n):
    a, b = field(n, n, n, seed=1), field(n, n, n, seed=2)
    full = (torch.fft.fftn(a) * torch.fft.fftn(b).conj()).real / n**6 * 9.0**3
    i = torch.fft.fftfreq(n, 1 / n, dtype=torch.float64)
    radius = (i[:, None, None] ** 2 + i[:, None] ** 2 + i**2).sqrt()
    power = cross_power(a, b, box_size=9.0).power
    for shell in range(1, n // 2 + 1):
        inside = (radius + 0.5).floor() == shell
        assert power[shell - 1] == pytest.approx(float(full[inside].mean()))


def test_unrelated_fields_correlate_no_more_than_chance():
    n = 32
    result = cross_power(field(n, n, n, seed=1), field(n, n, n, seed=2), box_size=1.0)
    significance = result.correlation * (result.n_modes / 2).sqrt()
    assert significance.abs().max() < 5
    assert significance.square().mean() < 3


def test_known_mixture_has_its_correlation():
    n = 32
    a, b = field(n, n, n, seed=1) - 1, field(n, n, n, seed=2) - 1
    result = cross_power(1 + a, 1 + 0.6 * a + 0.8 * b, box_size=1.0)
    assert result.correlation[8:].mean() == pytest.approx(0.6, abs=0.02)


def test_batches_broadcast():
    many, one = field(3, 8, 8, 8, seed=1), field(8, 8, 8, seed=2)
    together = cross_power(many, one, box_size=8.0)
    assert together.power.shape == together.correlation.shape == (3, 4)
    assert torch.allclose(together.power[1], cross_power(many[1], one, box_size=8.0).power)


def test_different_cubes_are_refused():
    with pytest.raises(InvalidInputError, match="same cube"):
        cross_power(torch.ones(4, 4, 4), torch.ones(5, 5, 5), box_size=1.0)
