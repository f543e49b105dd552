"""A latent bettered step by step: the loss falls, the latent stays a draw, and who stops it waits for no step."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.inversion.likeness import Likeness
from cosmoloom.pipeline.inversion.refinement import refine
from cosmoloom.pipeline.inversion.restarts import elsewhere
from cosmoloom.pipeline.inversion.typicality import Typicality
from cosmoloom.pipeline.inversion.waves import Waves
from cosmoloom.pipeline.model import Model
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.statistics.cross_power import cross_power


@pytest.fixture(params=["tiny_encoder_folder", "tiny_model_folder"])
def model(request: pytest.FixtureRequest) -> Model:
    folder: Path = request.getfixturevalue(request.param)
    return cl.load(folder)


def target(model: Model) -> cl.Box:
    box = model.sample(seed=1, redshift=0.0)
    assert isinstance(box, cl.Box)
    return box


def test_steps_lower_the_loss_and_bring_the_density_nearer(model: Model) -> None:
    box, start = target(model), model.draw_latent(2)[0]
    items = list(refine(model, box, start, steps=30))
    assert [item.step for item in items] == list(range(31))
    assert torch.allclose(items[0].latent, start, atol=1e-5)
    assert items[-1].loss < 0.7 * items[0].loss
    first, last = (cross_power(box.density, item.density, box_size=box.box_size) for item in (items[0], items[-1]))
    assert float(last.correlation[:3].mean()) > float(first.correlation[:3].mean())


def test_what_is_shown_is_what_the_latent_grows_into(model: Model) -> None:
    last = list(refine(model, target(model), model.draw_latent(2)[0], kappa=5.0, steps=2))[-1]
    torch.testing.assert_close(last.density, model.density(last.latent[None], 0.0, 5.0)[0], rtol=1e-3, atol=1e-4)


def test_closing_it_ends_it_before_the_next_step(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = []
    original = type(model).differentiable_density

    def counted(self: Model, latent: torch.Tensor, redshift: float, kappa: float) -> torch.Tensor:
        grown.append(redshift)
        return original(self, latent, redshift, kappa)

    monkeypatch.setattr(type(model), "differentiable_density", counted)
    steps = refine(model, target(model), model.draw_latent(2)[0], steps=50)
    next(steps)
    next(steps)
    steps.close()
    assert next(steps, None) is None
    assert len(grown) == 2


def test_misuse_is_refused_before_the_first_step(model: Model) -> None:
    box = target(model)
    with pytest.raises(InvalidInputError, match="1 step or more"):
        refine(model, box, model.draw_latent(1)[0], steps=0)
    with pytest.raises(InvalidInputError, match="numbers, got shape"):
        refine(model, box, torch.zeros(3))
    with pytest.raises(InvalidInputError, match="encodes boxes of"):
        refine(model, cl.Box(density=box.density, box_size=5.0, redshift=0.0), model.draw_latent(1)[0])
    with pytest.raises(InvalidInputError, match="kappa must lie in"):
        refine(model, box, model.draw_latent(1)[0], kappa=1e4)


def test_the_same_density_is_at_distance_zero_and_an_unrelated_one_at_about_two(model: Model) -> None:
    mine, other = (model.density(model.draw_latent(seed), 0.0, 6.0)[0] for seed in (1, 2))
    likeness = Likeness(mine)
    assert float(likeness(mine)) == 0.0
    assert 0.5 < float(likeness(other)) < 4.0
    assert float(likeness(mine.roll(1, 0))) < float(likeness(other))


def test_draws_are_typical_and_what_is_too_quiet_or_uneven_is_not(tiny_encoder_folder: Path) -> None:
    model = cl.load(tiny_encoder_folder)
    waves = Waves(model)
    typicality = Typicality(waves, model.device)
    draw = model.draw_latent(1)[0]
    assert float(typicality(waves.of(draw))) < 0.3  # the longest shells of a tiny grid have few waves
    assert float(typicality(waves.of(torch.zeros_like(draw)))) == pytest.approx(1.0)
    uneven = waves.of(draw)
    uneven[1] = uneven[1] * 0.9
    uneven[1][:2, :2, :2] *= 20.0
    assert float(typicality(uneven)) > 1.0
    torch.testing.assert_close(waves.latent(waves.of(draw)), draw)


def test_restarts_begin_apart_and_in_one_place(tiny_encoder_folder: Path) -> None:
    model = cl.load(tiny_encoder_folder)
    assert isinstance(model, PrimordialModel)
    start = model.draw_latent(2)[0]
    one, again, other = (elsewhere(model, start, seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert float((one - other).std()) > 0.8
    with torch.no_grad():  # within the box some of a draw, around it all of one
        seen = model.lagrangian.white(one - start)
    assert 0.2 < float(seen.std()) < 0.4
    assert 0.6 < float((one - start).std()) < 1.0
