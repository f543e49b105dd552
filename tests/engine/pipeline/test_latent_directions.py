import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.direction_names import TITLES
from cosmoloom.pipeline.latent_directions import named_directions, nearest_orthonormal
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.pipeline.latent_statistics import ASKED, centre_weight

WHERE = (0.0, 8.0)


@pytest.fixture(scope="module", params=["tiny_model_folder", "tiny_primordial_folder"])
def found(request):
    model = models.load(request.getfixturevalue(request.param))
    latent = model.draw_latent(2)[0]
    return model, latent, named_directions(model, latent, *WHERE)


def test_every_statistic_has_a_title():
    assert tuple(ASKED) == tuple(TITLES)


def test_directions_are_orthonormal_and_tangent_to_the_priors_sphere(found):
    model, latent, directions = found
    vectors = directions.vectors.double()
    torch.testing.assert_close(vectors @ vectors.T, torch.eye(len(directions), dtype=torch.float64), atol=1e-5, rtol=0)
    scores = LatentPrior.of(model.card).scores(latent)
    assert float((vectors @ scores).abs().max() / scores.norm()) < 1e-5


@pytest.mark.parametrize("index", range(len(TITLES)), ids=list(TITLES))
def test_a_small_step_raises_its_statistic_as_the_response_says(found, index):
    model, latent, directions = found
    measure, prior = ASKED[directions.names[index]].measure, LatentPrior.of(model.card)
    values = []
    for step in (-0.02, 0.02):
        steps = [0.0] * len(directions)
        steps[index] = step
        moved = directions.step(latent, steps, prior)
        values.append(float(measure(model.differentiable_density(moved[None], *WHERE)[0].detach())))
    slope = (values[1] - values[0]) / 0.04
    assert slope > 0
    assert slope == pytest.approx(float(directions.response[index, index]), rel=0.1)


def test_steps_along_directions_keep_the_latent_as_typical_as_it_was(found):
    model, latent, directions = found
    prior = LatentPrior.of(model.card)
    moved = directions.step(latent, (3.0, -2.0, 1.0), prior)
    assert float(prior.scores(moved).norm()) == pytest.approx(float(prior.scores(latent).norm()), rel=1e-5)
    assert torch.equal(directions.step(latent, (), prior), latent)


def test_the_nearest_orthonormal_set_does_not_depend_on_the_order():
    rows = torch.randn(3, 10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    made = nearest_orthonormal(rows)
    torch.testing.assert_close(nearest_orthonormal(rows.flip(0)).flip(0), made)
    assert (made * rows).sum(1).min() > 0


def test_directions_that_do_not_exist_are_refused(found):
    model, latent, directions = found
    with pytest.raises(InvalidInputError, match="'beauty'"):
        named_directions(model, latent, *WHERE, names=("beauty",))
    with pytest.raises(InvalidInputError, match="leave one"):
        named_directions(model, latent, *WHERE, names=("voids", "voids"))
    with pytest.raises(InvalidInputError, match="steps"):
        directions.step(latent, [0.0] * 9, LatentPrior.of(model.card))


def test_the_weight_of_the_centre_is_largest_there():
    weight = centre_weight(8)
    assert float(weight.sum()) == pytest.approx(1.0)
    assert float(weight[3:5, 3:5, 3:5].min()) == pytest.approx(float(weight.max()))
