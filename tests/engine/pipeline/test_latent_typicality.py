import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_typicality import Gauge, typicality, warning


@pytest.fixture(scope="module")
def model(tiny_primordial_folder):
    return models.load(tiny_primordial_folder)


def test_draws_deviate_by_one_standard_deviation_in_every_gauge(model):
    found = [typicality(model, model.draw_latent(seed)[0]) for seed in range(60)]
    sigmas = np.array([[gauge.sigma for gauge in (each.whole, *each.bands)] for each in found])
    assert np.abs(sigmas.mean(0)).max() < 0.5
    assert np.all((sigmas.std(0) > 0.7) & (sigmas.std(0) < 1.35))
    assert all(each.typical for each in found)


def test_bands_hold_each_wave_once_and_all_that_move_matter(model):
    found = typicality(model, model.draw_latent(1)[0])
    assert sum(gauge.freedom for gauge in found.bands) == found.whole.freedom < model.card.latent_size
    lows, highs = zip(*(gauge.k for gauge in found.bands), strict=True)
    assert lows[1:] == highs[:-1]


def test_numbers_that_move_nothing_do_not_count(model):
    latent = model.draw_latent(1)[0]
    long = model.grids.long_n**3
    checkered = torch.ones(model.grids.long_n)
    checkered[1::2] = -1.0  # the wave of the Nyquist wavenumber
    spoilt = latent.clone()
    spoilt[:long] += 5.0 * (checkered[:, None, None] * checkered[:, None] * checkered).flatten()
    assert typicality(model, spoilt).whole.ratio == pytest.approx(typicality(model, latent).whole.ratio, rel=1e-6)


def test_too_strong_long_waves_are_named_in_the_warning(model):
    latent = model.draw_latent(1)[0]
    assert warning(typicality(model, latent)) == ""
    moved = latent + 12.0 * model.directions.vectors[0]
    found = typicality(model, moved)
    assert not found.typical
    assert found.worst is found.bands[0]
    assert "too strong" in warning(found)
    assert "h/Mpc" in warning(found)


def test_a_shrunk_latent_of_any_model_is_untypical(tiny_model_folder):
    model = models.load(tiny_model_folder)
    found = typicality(model, 0.5 * model.draw_latent(1)[0])
    assert found.bands == ()
    assert found.whole.sigma < -4
    assert "its length too weak" in warning(found)


@pytest.mark.parametrize("freedom", [5, 40, 4000])
def test_the_deviation_agrees_with_the_chi_square_distribution(freedom):
    from scipy.stats import chi2, norm

    for sigma in (-2.0, 0.0, 1.5, 3.0):
        ratio = float(chi2.isf(norm.sf(sigma), freedom)) / freedom
        assert Gauge(ratio, freedom).sigma == pytest.approx(sigma, abs=0.05)
        assert Gauge(ratio, freedom).p_value == pytest.approx(2 * norm.sf(abs(sigma)), rel=0.12)


def test_a_latent_of_another_size_is_refused(model):
    with pytest.raises(InvalidInputError, match="holds"):
        typicality(model, torch.zeros(3))
