from itertools import islice, pairwise
from pathlib import Path

import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_paths import random_walk, slerp, tangent, turn
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.pipeline.latent_typicality import typicality

NORMAL, STUDENT = LatentPrior(), LatentPrior(nu=10.0, width=0.85)


def draws(prior: LatentPrior, count: int = 2, size: int = 400) -> torch.Tensor:
    return prior.latent(torch.randn(count, size, generator=torch.Generator().manual_seed(3)))


@pytest.mark.parametrize("prior", [NORMAL, STUDENT])
def test_scores_go_there_and_back_also_in_the_tails(prior):
    latent = torch.tensor([-30.0, -3.0, -0.1, 0.0, 0.2, 8.0, 40.0]) if prior.nu else torch.linspace(-9, 9, 7)
    torch.testing.assert_close(prior.latent(prior.scores(latent)), latent, rtol=1e-4, atol=1e-6)


def test_scores_of_a_student_prior_are_standard_normal():
    from cosmoloom.pipeline.latent import draw_latent

    scores = STUDENT.scores(draw_latent(1, size=20_000, nu=10.0, width=0.85)[0])
    assert float(scores.std()) == pytest.approx(1.0, abs=0.02)
    assert float(scores.pow(4).mean()) == pytest.approx(3.0, abs=0.15)


def test_the_slope_of_scores_is_their_derivative():
    u = torch.linspace(-3, 3, 13, dtype=torch.float64)
    step = 1e-2
    rise = (STUDENT.latent(u + step).double() - STUDENT.latent(u - step).double()) / (2 * step)
    torch.testing.assert_close(STUDENT.slope(u), rise, rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize("prior", [NORMAL, STUDENT])
def test_a_great_circle_begins_and_ends_at_its_ends_and_keeps_the_length_between(prior):
    start, end = draws(prior)
    assert torch.equal(slerp(start, end, 0.0, prior), start)
    assert torch.equal(slerp(start, end, 1.0, prior), end)
    lengths = prior.scores(start).norm(), prior.scores(end).norm()
    for fraction in (0.01, 0.25, 0.5, 0.9):
        expected = float((1 - fraction) * lengths[0] + fraction * lengths[1])
        assert float(prior.scores(slerp(start, end, fraction, prior)).norm()) == pytest.approx(expected, rel=1e-5)


def test_equal_fractions_of_a_circle_are_equal_angles():
    start, end = draws(NORMAL)
    points = [torch.nn.functional.normalize(slerp(start, end, i / 4, NORMAL), dim=0) for i in range(5)]
    cosines = [float(a @ b) for a, b in pairwise(points)]
    assert max(cosines) - min(cosines) < 1e-5


@pytest.mark.parametrize(
    ("start", "end", "fraction", "said"),
    [
        (torch.ones(4), torch.ones(4), 1.5, "fraction"),
        (torch.ones(4), torch.ones(5), 0.5, "size"),
        (torch.ones(4), -torch.ones(4), 0.5, "opposite"),
        (torch.zeros(4), torch.ones(4), 0.5, "zeros"),
    ],
)
def test_a_way_that_does_not_exist_is_refused(start, end, fraction, said):
    with pytest.raises(InvalidInputError, match=said):
        slerp(start, end, fraction, NORMAL)


def test_a_turn_keeps_the_length_and_is_as_long_as_its_step():
    (start,) = draws(STUDENT, 1)
    scores = STUDENT.scores(start)
    step = tangent(torch.randn(400, generator=torch.Generator().manual_seed(1), dtype=torch.float64), scores)
    there = STUDENT.scores(turn(start, step, STUDENT))
    assert float(there.norm()) == pytest.approx(float(scores.norm()), rel=1e-6)
    angle = float((there @ scores / there.norm() / scores.norm()).acos())
    assert angle * float(scores.norm()) == pytest.approx(float(step.norm()), rel=1e-4)


@pytest.mark.parametrize("folder", ["tiny_model_folder", "tiny_primordial_folder"])
def test_a_walk_passes_through_draws_and_is_as_typical_between_them(folder, request):
    path: Path = request.getfixturevalue(folder)
    model = models.load(path)
    points = list(islice(random_walk(model, seed=4, step=0.25), 9))
    for number, point in enumerate(points[::4]):
        torch.testing.assert_close(point, model.draw_latent(4 + number)[0])
    assert all(abs(typicality(model, point).whole.sigma) < 3.0 for point in points)
    straight = 0.5 * (points[0] + points[4])
    assert typicality(model, straight).whole.sigma < -4.0


def test_a_walk_of_no_step_is_refused(tiny_model_folder):
    with pytest.raises(InvalidInputError, match="step"):
        next(random_walk(models.load(tiny_model_folder), seed=1, step=0.0))
