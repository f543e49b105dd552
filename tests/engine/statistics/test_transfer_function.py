"""Laws of the transfer function."""

import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import cross_power, power_spectrum, transfer_function


def field(*shape, seed):
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return 1 + 0.2 * noise


def test_a_field_needs_no_change_to_become_itself():
    a = field(8, 8, 8, seed=1)
    result = transfer_function(a, a, box_size=8.0)
    assert torch.allclose(result.transfer, torch.ones(4, dtype=torch.float64))
    assert result.stochasticity.abs().max() < 1e-12
    assert result.error_power.abs().max() < 1e-15


def test_an_amplified_field_differs_in_amplitude_alone():
    a = field(8, 8, 8, seed=1)
    result = transfer_function(1 + 3 * (a - 1), a, box_size=8.0)
    assert torch.allclose(result.transfer, torch.full((4,), 3.0, dtype=torch.float64))
    assert result.stochasticity.abs().max() < 1e-12
    assert torch.allclose(result.error_power, 4 * power_spectrum(a, box_size=8.0).power)


def test_error_power_is_the_power_of_the_difference():
    a, b = field(3, 9, 9, 9, seed=1), field(9, 9, 9, seed=2)
    result = transfer_function(a, b, box_size=9.0)
    assert torch.allclose(result.error_power, power_spectrum(1 + a - b, box_size=9.0).power)
    assert torch.allclose(result.correlation, cross_power(a, b, box_size=9.0).correlation)


def test_stochasticity_is_the_share_of_power_that_amplification_cannot_mend():
    a, b = field(8, 8, 8, seed=1) - 1, field(8, 8, 8, seed=2) - 1
    result = transfer_function(1 + a, 1 + b, box_size=8.0)
    best = torch.stack(
        [power_spectrum(1 + b - s * a, box_size=8.0).power for s in torch.linspace(-2, 2, 4001)]
    ).amin(0)
    assert torch.allclose(best / power_spectrum(1 + b, box_size=8.0).power, result.stochasticity, atol=1e-6)


def test_different_cubes_are_refused():
    with pytest.raises(InvalidInputError, match="same cube"):
        transfer_function(torch.ones(4, 4, 4), torch.ones(5, 5, 5), box_size=1.0)
