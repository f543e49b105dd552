"""A conditional model draws boxes that its seed, redshift and kappa alone decide."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.conditional import ConditionalModel
from cosmoloom.scaling.rational import scale


@pytest.fixture(scope="module")
def model(tiny_model_folder) -> ConditionalModel:
    return models.load(tiny_model_folder)


def test_a_seed_draws_the_same_box_in_any_batch(model):
    alone = model.sample(seed=5, redshift=0.5, kappa=6.0)
    first, second = model.sample(seed=4, redshift=0.5, kappa=6.0, count=2)
    assert np.array_equal(alone.density, second.density)
    assert not np.array_equal(first.density, second.density)
    together = model.density(model.draw_latent(4, 2), 0.5, 6.0)
    np.testing.assert_allclose(together[1].numpy(), alone.density, rtol=1e-5, atol=1e-6)


def test_a_latent_gives_the_box_of_its_seed(model):
    latent = model.draw_latent(9)[0].numpy()
    assert np.array_equal(model.sample(latent=latent).density, model.sample(seed=9).density)


def test_a_box_knows_its_size_redshift_and_origin(model):
    box = model.sample(seed=1, redshift=2.0, kappa=3.0)
    assert (box.n, box.box_size, box.redshift, box.periodic) == (16, 16.0, 2.0, False)
    assert box.label == "tiny16, seed 1"
    assert box.density.min() >= 0.0


def test_scaled_field_and_density_are_two_views_of_one_field(model):
    latent = model.draw_latent(2)
    x, density = model.scaled_field(latent, 0.0, 6.0), model.density(latent, 0.0, 6.0)
    assert x.min() >= -1.0
    assert x.max() < 1.0
    torch.testing.assert_close(scale(density, 6.0), x, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("redshift", [-0.1, 3.01, float("nan")])
def test_a_redshift_outside_the_trained_range_is_refused(model, redshift):
    with pytest.raises(InvalidInputError, match=r"redshift must lie in \[0, 3\]"):
        model.sample(redshift=redshift)


@pytest.mark.parametrize("kappa", [0.0, 1.9, 21.0, float("nan")])
def test_a_kappa_outside_the_trained_range_is_refused(model, kappa):
    with pytest.raises(InvalidInputError, match=r"kappa must lie in \[2, 20\]"):
        model.sample(kappa=kappa)


@pytest.mark.parametrize("latent", [np.zeros(535), np.full(536, np.nan), np.zeros((2, 536))])
def test_a_latent_of_another_shape_or_with_nan_is_refused(model, latent):
    with pytest.raises(InvalidInputError, match="536 finite numbers"):
        model.sample(latent=latent)


def test_latent_and_count_exclude_each_other(model):
    with pytest.raises(InvalidInputError, match="not both"):
        model.sample(latent=np.zeros(536), count=2)


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused(model, count):
    with pytest.raises(InvalidInputError, match="count"):
        model.sample(count=count)
