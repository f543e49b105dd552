"""Scalings invert, and standardised fields have mean 0 and scatter 1."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from cosmoloom.scaling.rational import error_amplification, scale, unscale
from cosmoloom.scaling.standardisation import Standardisation


@pytest.mark.parametrize("kappa", [1.0, 6.3, 20.0])
def test_unscale_inverts_scale(kappa: float) -> None:
    density = torch.logspace(-4, 4, 200, dtype=torch.float64)
    torch.testing.assert_close(unscale(scale(density, kappa), kappa), density, rtol=1e-10, atol=0)


def test_kappa_is_where_the_scaled_field_crosses_zero() -> None:
    assert float(scale(torch.tensor(5.0), 5.0)) == 0.0
    assert float(scale(torch.tensor(0.0), 5.0)) == -1.0


def test_error_amplification_is_the_derivative_of_unscale() -> None:
    x = torch.linspace(-0.99, 0.99, 50, dtype=torch.float64, requires_grad=True)
    unscale(x, 6.3).sum().backward()
    torch.testing.assert_close(x.grad, error_amplification(x.detach(), 6.3))


@pytest.fixture(scope="module")
def fields() -> dict[float, list[np.ndarray]]:
    """Lognormal fields whose contrast grows."""
    rng = np.random.default_rng(0)
    white = rng.standard_normal((16, 16, 16))
    return {g: [np.exp(1.5 * g * white - (1.5 * g) ** 2 / 2).astype(np.float32)] for g in (0.3, 0.6, 1.0)}


def test_standardised_training_fields_have_mean_zero_and_scatter_one(fields: dict[float, list[np.ndarray]]) -> None:
    standardisation = Standardisation.fit(fields, kappa_range=(2.0, 20.0), n_growth=8)
    for growth in (0.3, 0.6, 1.0):
        for kappa in (2.0, 20.0):
            x = torch.from_numpy(scale(fields[growth][0], np.float32(kappa)))[None]
            y = standardisation.to_network(x, torch.tensor([growth]), torch.tensor([math.log(kappa)]))
            assert abs(float(y.mean())) < 1e-2
            assert abs(float(y.std()) - 1.0) < 1e-2


def test_scaled_fields_stay_within_the_densities_that_exist(fields: dict[float, list[np.ndarray]]) -> None:
    standardisation = Standardisation.fit(fields, kappa_range=(2.0, 20.0))
    growth, log_kappa = torch.tensor([1.0]), torch.tensor([math.log(6.0)])
    x = standardisation.to_scaled(torch.linspace(-100, 100, 8).view(1, 2, 2, 2), growth, log_kappa)
    density = unscale(x, 6.0)
    assert 0.0 <= float(density.min()) < 1e-6
    assert float(density.max()) == pytest.approx(1.5 * float(fields[1.0][0].max()), rel=1e-3)


def test_voids_fade_out_without_two_voxels_equally_empty(fields: dict[float, list[np.ndarray]]) -> None:
    standardisation = Standardisation.fit(fields, kappa_range=(2.0, 20.0))
    growth, log_kappa = torch.tensor([1.0]), torch.tensor([math.log(6.0)])
    y = torch.linspace(-1.5, 0.0, 64).view(1, 4, 4, 4)
    density = unscale(standardisation.to_scaled(y, growth, log_kappa), 6.0).flatten()
    assert (density.diff() > 0).all()


def test_tables_survive_a_round_trip_through_plain_numbers(fields: dict[float, list[np.ndarray]]) -> None:
    standardisation = Standardisation.fit(fields, kappa_range=(2.0, 20.0))
    again = Standardisation(**standardisation.as_dict())
    for name, buffer in standardisation.named_buffers():
        assert torch.equal(buffer, again.get_buffer(name))
