from itertools import pairwise

import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_editing import ball, edit, halo_at
from cosmoloom.pipeline.latent_prior import LatentPrior

WHERE = {"redshift": 0.0, "kappa": 8.0}


@pytest.fixture(scope="module")
def model(tiny_primordial_folder):
    return models.load(tiny_primordial_folder)


@pytest.fixture(scope="module")
def latent(model):
    return model.draw_latent(5)[0]


REGION = ball(16, (5, 9, 8), 3.0)


@pytest.mark.parametrize("factor", [1.5, 0.7])
def test_an_edit_reaches_the_mass_and_holds_the_rest(model, latent, factor):
    *_, last = steps = list(edit(model, latent, REGION, factor, **WHERE, steps=30))
    before, after = (model.density(each[None], *WHERE.values())[0] for each in (latent, last.latent))
    ratio = float((REGION * after).sum() / (REGION * before).sum())
    assert ratio == pytest.approx(last.ratio, rel=1e-3)
    assert ratio == pytest.approx(factor, rel=0.04)
    assert last.least_held > 0.8
    assert all(later.loss < earlier.loss for earlier, later in pairwise(steps))


def test_holding_the_rest_costs_nothing_that_was_asked_for_and_holds_it_better(model, latent):
    held, loose = (list(edit(model, latent, REGION, 2.5, **WHERE, hold=hold))[-1] for hold in (1.0, 0.0))
    assert float(held.held.mean()) > float(loose.held.mean())


def test_an_edited_latent_is_as_long_as_before(model, latent):
    *_, last = edit(model, latent, REGION, 2.0, **WHERE, steps=5)
    prior = LatentPrior.of(model.card)
    assert float(prior.scores(last.latent).norm()) == pytest.approx(float(prior.scores(latent).norm()), rel=1e-5)
    assert last.moved > 0


def test_the_beginning_comes_first_and_closing_keeps_the_best_so_far(model, latent):
    steps = edit(model, latent, REGION, 2.0, **WHERE)
    first, second = next(steps), next(steps)
    steps.close()
    assert first.step == 0
    assert torch.equal(first.latent, latent)
    assert first.ratio == pytest.approx(1.0)
    assert abs(second.ratio - 2.0) < abs(first.ratio - 2.0)


def test_a_network_with_a_latent_of_no_place_is_edited_too(tiny_model_folder):
    model = models.load(tiny_model_folder)
    latent = model.draw_latent(1)[0]
    first, *_, last = edit(model, latent, REGION, 1.1, **WHERE, steps=6)
    assert last.loss < first.loss
    assert last.ratio > 1.0


def test_a_halo_is_asked_for_around_a_voxel():
    density = torch.ones(16, 16, 16)
    region, factor = halo_at(density, (4, 5, 6))
    assert region[4, 5, 6] == 1
    assert 20 < float(region.sum()) < 40
    assert factor == pytest.approx(60.0)
    assert halo_at(1000 * density, (4, 5, 6))[1] == 2.0


@pytest.mark.parametrize(
    ("region", "factor", "said"),
    [
        (torch.zeros(16, 16, 16), 1.5, "paint"),
        (torch.ones(16, 16, 16), 1.5, "held"),
        (torch.ones(8, 8, 8), 1.5, "voxels"),
        (REGION, 0.0, "positive"),
    ],
)
def test_an_edit_that_means_nothing_is_refused_at_once(model, latent, region, factor, said):
    with pytest.raises(InvalidInputError, match=said):
        edit(model, latent, region, factor, **WHERE)
