"""The bundled models: one universe that grows as theory says, smoothly, with the density of the simulations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.pipeline.model import Model
from cosmoloom.statistics.cross_power import cross_power
from cosmoloom.statistics.power_spectrum import power_spectrum

COUNT = 64
"""Universes to average over: the densest few rule the power at z = 0."""
FEW = 16
"""Enough where the same universes are compared with themselves."""
LARGE_SCALES = 0.3
"""Wavenumber up to which structure grows almost linearly [h/Mpc]."""


@pytest.fixture(scope="module", params=models.names())
def model(request: pytest.FixtureRequest) -> Model:
    return models.load(request.param)


def densities(model: Model, redshift: float, count: int = COUNT) -> torch.Tensor:
    """Return the same universes at some redshift, shape (count, n, n, n)."""
    return model.density(model.draw_latent(1, count), redshift, model.card.default_kappa)


def large_scale_power(model: Model, density: torch.Tensor) -> float:
    spectrum = power_spectrum(density, box_size=model.card.box_size)
    modes = spectrum.n_modes * (spectrum.k < LARGE_SCALES)
    return float((spectrum.power.mean(0) * modes).sum() / modes.sum())


def test_large_scale_power_grows_as_the_growth_factor_squared(model: Model) -> None:
    growth = model.card.universe.growth_factor([1.0, 0.0])
    expected = float((growth[1] / growth[0]) ** 2)
    measured = large_scale_power(model, densities(model, 0.0)) / large_scale_power(model, densities(model, 1.0))
    assert measured == pytest.approx(expected, rel=0.15)


def test_power_rises_steadily_while_the_redshift_slider_moves(model: Model) -> None:
    power = [large_scale_power(model, densities(model, z, FEW)) for z in np.linspace(1.5, 0.0, 7)]
    steps = np.diff(np.log(power))
    assert (steps > 0).all()
    assert steps.max() < 3 * np.median(steps)


def test_one_latent_is_one_universe_from_redshift_3_to_0(model: Model) -> None:
    early, late = densities(model, 3.0, FEW), densities(model, 0.0, FEW)
    same = cross_power(early, late, box_size=model.card.box_size)
    other = cross_power(early, late.roll(1, 0), box_size=model.card.box_size)
    large = same.k < LARGE_SCALES
    assert float(same.correlation[:, large].mean()) > 0.5
    assert abs(float(other.correlation[:, large].mean())) < 0.25


def test_the_mean_density_of_many_samples_is_the_cosmic_mean(model: Model) -> None:
    for redshift in (3.0, 1.0, 0.0):
        assert float(densities(model, redshift).mean()) == pytest.approx(1.0, abs=0.15)
