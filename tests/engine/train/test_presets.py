"""The presets: the numbers of the papers, and real trainings of two steps at tiny size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import cosmoloom
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets import published
from cosmoloom.train.compute import Compute
from cosmoloom.train.game import Contest, Game
from cosmoloom.train.games import make_game
from cosmoloom.train.games.volumes import VolumesGame
from cosmoloom.train.loop import train
from cosmoloom.train.recipes.file import presets, resolve
from cosmoloom.train.recipes.recipe import Recipe

FromFile = Callable[[dict[str, Any]], dict[str, Any]]

APART = ("data.boxes=0001", "data.validation=0002", "data.held_out=0003", "monitor.every=0")

PERRAUDIN = {
    "game": "volumes", "data.scaling": "perraudin2019", "data.mean_count": 1024**3 / 256**3, "data.n": 32,
    "prior.family": "normal", "objective.loss": "wasserstein", "objective.gradient_penalty": 10,
    "objective.saturation": 1, "updates.optimiser": "rmsprop", "updates.generator_rate": 3e-5,
    "updates.critic_rate": 3e-5, "updates.critic_steps": 5, "updates.batch": 8,
}  # fmt: skip
SRIVASTAVA = {
    **PERRAUDIN, "data.scaling": "srivastava2018", "objective.saturation": 0, "updates.betas": (0.0, 0.9),
    "sizes.latent_size": 100,
}  # fmt: skip
FEDER = {
    "game": "volumes", "data.scaling": "feder2020", "data.n": 64, "data.redshifts": (0.0,),
    "sizes.latent_size": 100, "sizes.widths": (256, 128, 64, 32), "prior.family": "student-t", "prior.nu": 10,
    "prior.calibrate": True, "objective.loss": "log", "objective.accuracy_below": 0.8, "updates.optimiser": "adam",
    "updates.generator_rate": 1e-4, "updates.critic_rate": 5e-5, "updates.batch": 16, "updates.halve_every": 1000,
    "updates.iterations": 150 * 16384 // 16,
}  # fmt: skip
ULLMO = {
    "game": "volumes", "data.scaling": "ullmo2021-cubes", "data.n": 64, "sizes.kernel": 4, "sizes.latent_size": 200,
    "sizes.widths": (32, 64, 128, 256), "prior.family": "normal", "objective.loss": "log",
    "updates.optimiser": "adam", "updates.betas": (0.5, 0.999), "updates.generator_rate": 2e-4,
    "updates.critic_rate": 2e-4, "updates.batch": 100, "updates.iterations": 50 * 40_000 // 100,
}  # fmt: skip
ULLMO_2D = {
    **ULLMO, "data.scaling": "ullmo2021-maps", "data.n": 128, "sizes.kernel": 5, "sizes.latent_size": 100,
    "sizes.widths": (32, 64, 128, 256, 512), "updates.batch": 50, "updates.iterations": 85 * 40_000 // 50,
}  # fmt: skip
ENCODER = {
    "game": "encoder", "updates.optimiser": "adam", "updates.betas": (0.5, 0.999), "updates.generator_rate": 2e-4,
    "updates.batch": 100, "updates.iterations": 55 * 40_000 // 100,
}  # fmt: skip
CAVEZZA = {
    "game": "volumes", "data.scaling": "cavezza2022", "data.n": 32, "sizes.latent_size": 256,
    "sizes.widths": (256, 128, 64, 32, 16), "sizes.critic_widths": (64, 128, 256, 512, 512),
    "prior.family": "normal", "objective.loss": "wasserstein", "objective.gradient_penalty": 10,
    "summary.weight": 0.3, "summary.power": 2, "summary.mass": 2, "summary.peaks": 1, "updates.critic_steps": 5,
    "updates.optimiser": "adam", "updates.betas": (0.0, 0.9), "updates.generator_rate": 1e-4,
    "updates.critic_rate": 1e-4, "updates.batch": 16,
    "updates.iterations": 500 * 992 // (16 * 5), "summary.until": 170 * 992 // (16 * 5),
}  # fmt: skip
STATED: dict[str, dict[str, Any]] = {
    "perraudin2019-m3": {**PERRAUDIN, "sizes.latent_size": 256, "sizes.width": 64},
    "perraudin2019-m2": {
        **PERRAUDIN, "game": "patches", "sizes.width": 32, "sizes.latent_size": 1024 + 16**3, "sizes.factor": 2,
    },
    "perraudin2019-m1": {
        **PERRAUDIN, "game": "patches", "sizes.width": 64, "sizes.factor": 4, "sizes.latent_size": 32**3,
    },
    "perraudin2019-uniscale": {**PERRAUDIN, "game": "patches", "sizes.factor": 1},
    "srivastava2018-m3": {**SRIVASTAVA, "updates.iterations": 27_000},
    "srivastava2018-m2": {
        **SRIVASTAVA, "game": "patches", "sizes.factor": 2, "sizes.latent_size": 32**3,
        "sizes.ablation": "residual", "updates.iterations": 87_000,
    },
    "srivastava2018-m1": {
        **SRIVASTAVA, "game": "patches", "sizes.factor": 4, "sizes.latent_size": 32**3, "sizes.ablation": "residual",
        "updates.iterations": 116_000,
    },
    "srivastava2018-uniscale": {**SRIVASTAVA, "game": "patches", "sizes.factor": 1, "sizes.latent_size": 32**3},
    "feder2020": FEDER,
    "feder2020-redshift": {
        **FEDER, "data.scaling": "feder2020-redshifts", "data.redshifts": (3.0, 1.5, 0.5, 0.0),
        "sizes.conditional": True, "updates.iterations": 150 * 48_000 // 16,
    },
    "ullmo2021-3d": {**ULLMO, "data.mean_count": pytest.approx(512**3 / 768**3, rel=1e-3)},
    "ullmo2021-2d": ULLMO_2D,
    "ullmo2021-3d-encoder": ENCODER,
    "ullmo2021-2d-encoder": {**ENCODER, "updates.batch": 50, "updates.iterations": 195 * 40_000 // 50},
    "cavezza2022": CAVEZZA,
}  # fmt: skip
"""What the papers state, under the names of the recipes; sizes are those of the networks that are made."""

TINY: dict[str, tuple[str, ...]] = {
    "perraudin2019-m3": ("data.n=16", "data.coarsen=2", "networks.sizes.width=2"),
    "perraudin2019-m2": ("data.n=8", "data.coarsen=2", "networks.sizes.width=2"),
    "perraudin2019-m1": ("data.n=8", "networks.sizes.width=2", "networks.sizes.critic_width=2"),
    "perraudin2019-uniscale": ("data.n=8", "networks.sizes.width=2", "networks.sizes.critic_width=2"),
    "srivastava2018-m3": ("data.n=16", "data.coarsen=2", "networks.sizes.width=2"),
    "srivastava2018-m2": ("data.n=8", "data.coarsen=2", "networks.sizes.width=2"),
    "srivastava2018-m1": ("data.n=8", "networks.sizes.width=2"),
    "srivastava2018-uniscale": ("data.n=8", "networks.sizes.width=2"),
    "feder2020": ("data.n=16", "networks.sizes.widths=4,4"),
    "feder2020-redshift": ("data.n=16", "networks.sizes.widths=4,4", "data.redshifts=1,0"),
    "ullmo2021-3d": ("data.n=16", "networks.sizes.widths=2,4"),
    "ullmo2021-2d": ("data.n=16", "networks.sizes.widths=2,4"),
    "cavezza2022": (
        "data.n=16", "data.coarsen=1", "networks.sizes.widths=4,4,4,4,4", "networks.sizes.critic_widths=2,2,2,4,4",
    ),
}  # fmt: skip
"""Settings that make a preset small."""


def tiny(preset: str, store: Path, *more: str) -> Recipe:
    """Return a preset at tiny size."""
    steps = () if preset.startswith(("feder", "ullmo")) else ("updates.critic_steps=2",)  # quicker than five
    settings = ("updates.batch=2", "updates.iterations=2", *steps, *TINY[preset], *APART, *more)
    return resolve(preset, store=store, settings=settings)


@pytest.fixture(scope="module")
def trained_cubes(tiny_boxes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished training of ullmo2021-3d."""
    run = tmp_path_factory.mktemp("runs") / "cubes"
    train(tiny("ullmo2021-3d", tiny_boxes), run, name="cubes", compute=Compute())
    return run


def stated_value(recipe: Recipe, name: str) -> Any:
    """Return the entry of a dotted name; sizes are looked up in the networks' own."""
    section, _, key = name.partition(".")
    if section == "sizes":
        return getattr(recipe.config, key)
    return getattr(getattr(recipe, section), key) if key else getattr(recipe, section)


@pytest.mark.parametrize("preset", STATED)
def test_a_preset_has_the_numbers_of_its_paper(preset: str, tiny_boxes: Path, trained_cubes: Path) -> None:
    source = (f"source.run={trained_cubes}",) if preset.endswith("encoder") else ()
    recipe = resolve(preset, store=tiny_boxes, settings=(*APART, *source))
    assert {name: stated_value(recipe, name) for name in STATED[preset]} == STATED[preset]


SMALL = {
    "perraudin2019-small": "perraudin2019-m3", "srivastava2018-small": "srivastava2018-m3",
    "feder2020-small": "feder2020", "ullmo2021-small": "ullmo2021-3d", "cavezza2022-small": "cavezza2022",
}  # fmt: skip


@pytest.mark.parametrize("small", SMALL)
def test_a_small_preset_keeps_the_method_of_its_paper(small: str, tiny_boxes: Path) -> None:
    recipe, published = (
        resolve(name, store=tiny_boxes, settings=("data.n=16", "data.coarsen=1", *sizes, *APART))
        for name, sizes in ((small, TINY[SMALL[small]]), (SMALL[small], TINY[SMALL[small]]))
    )
    assert (recipe.data, recipe.prior, recipe.summary) == (published.data, published.prior, published.summary)
    assert recipe.networks.architecture == published.networks.architecture
    assert recipe.objective.loss == published.objective.loss
    assert (recipe.updates.critic_steps > 1) == (published.updates.critic_steps > 1)
    assert recipe.updates.optimiser == published.updates.optimiser


def test_every_preset_is_tested() -> None:
    ours = {name for name in presets() if name.startswith(("loom", "seamless"))}
    assert set(STATED) | set(SMALL) == set(presets()) - ours
    assert set(TINY) | {"ullmo2021-2d-encoder", "ullmo2021-3d-encoder"} == set(STATED)


@pytest.fixture
def continued(from_file: FromFile) -> Callable[[Game], Game]:
    """Makes a new game that takes over the state of another."""

    def again(game: Game) -> Game:
        other = make_game(game.recipe, game.compute)
        other.restore(from_file(game.state()))
        return other

    return again


def states_equal(one: Any, other: Any) -> bool:
    """Tell whether two states hold the same numbers."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(states_equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(states_equal, one, other))
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.parametrize("preset", TINY)
def test_a_preset_trains_goes_on_draws_and_exports(
    preset: str, tiny_boxes: Path, tmp_path: Path, continued: Callable[[Game], Game]
) -> None:
    recipe = tiny(preset, tiny_boxes)
    game = make_game(recipe, Compute())
    game.step(0)
    other = continued(game)
    losses = game.step(1)
    assert losses == other.step(1)
    assert all(np.isfinite(value) for value in losses.values())
    assert states_equal(game.state(), other.state())

    density = game.draw(3, redshift=recipe.data.redshifts[0], seed=5)
    n = recipe.data.n
    assert density.shape == ((3, n, n) if preset == "ullmo2021-2d" else (3, n, n, n))
    assert torch.isfinite(density).all()
    assert (density >= 0).all()
    assert torch.equal(density, other.draw(3, redshift=recipe.data.redshifts[0], seed=5))

    game.export(tmp_path / "model", name=preset, iteration=1)
    model = cosmoloom.load(tmp_path / "model")
    assert model.card.training["boxes"] == ["0001"]
    if recipe.game == "volumes":
        redshift = recipe.data.redshifts[0]
        loaded = model.density(model.draw_latent(5, 3), redshift, model.card.default_kappa)
        torch.testing.assert_close(loaded, density, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("preset", ["feder2020-redshift", "cavezza2022", "perraudin2019-m2"])
def test_a_round_of_copies_leaves_the_game_alone(
    preset: str, tiny_boxes: Path, continued: Callable[[Game], Game]
) -> None:
    game = make_game(tiny(preset, tiny_boxes), Compute())
    assert isinstance(game, Contest)
    game.step(0)
    other, untouched = continued(game), continued(game)
    assert isinstance(other, Contest)
    rounds = [
        game.play(other.crops, np.random.default_rng(3), generator=other.generator, critic=other.critic)
        for _ in range(2)
    ]
    assert torch.equal(rounds[0].real, rounds[1].real)
    assert rounds[0].real.shape == rounds[0].fake.shape
    assert rounds[0].score_real.shape == rounds[0].redshift.shape == (2,)
    rounds[0].critic_loss.backward()
    assert states_equal(game.state(), untouched.state())
    assert game.step(1) == untouched.step(1)


@pytest.mark.parametrize("preset", ["srivastava2018-m3", "cavezza2022", "ullmo2021-3d"])
def test_a_generator_can_begin_at_the_mean_of_its_data(preset: str, tiny_boxes: Path) -> None:
    game = make_game(tiny(preset, tiny_boxes, "networks.begin_at_mean=true", "updates.batch=8"), Compute())
    assert isinstance(game, VolumesGame)
    assert states_equal(game.generator.state_dict(), game.average.state_dict())
    batch = game.batch(game.crops, np.random.default_rng([game.recipe.seed, 2]))
    made, real = game.make(game.generator, batch), game.real(batch)
    assert made.mean().item() == pytest.approx(real.mean().item(), rel=1e-3)


def test_a_generator_whose_last_layer_has_no_bias_is_refused(tiny_boxes: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"networks\.begin_at_mean"):
        make_game(tiny("feder2020", tiny_boxes, "networks.begin_at_mean=true", "updates.batch=8"), Compute())


@pytest.mark.parametrize("preset", ["perraudin2019-m3", "srivastava2018-m3", "ullmo2021-2d"])
def test_a_critic_can_begin_with_thresholds_amid_its_data(preset: str, tiny_boxes: Path) -> None:
    answers: list[torch.Tensor] = []
    for centred in ("false", "true"):
        game = make_game(tiny(preset, tiny_boxes, f"networks.begin_centred={centred}", "updates.batch=8"), Compute())
        assert isinstance(game, VolumesGame)
        first = next(layer for layer in game.critic.modules() if isinstance(layer, nn.Conv2d | nn.Conv3d))
        first.register_forward_hook(lambda _layer, _given, answer: answers.append(answer.detach()))
        batch = game.batch(game.crops, np.random.default_rng([game.recipe.seed, 2]))
        game.score(game.critic.eval(), game.real(batch), batch)
    before, after = (answer.transpose(0, 1).flatten(1) for answer in answers)
    assert before.mean(1).abs().max() > 0.1 * before.std()
    assert after.mean(1).abs().max() < 0.02 * after.std()  # spectral norms are estimated once more
    torch.testing.assert_close(after.std(1), before.std(1), rtol=0.3, atol=1e-3)


def test_a_critic_without_a_layer_that_reads_the_field_alone_is_refused(
    tiny_boxes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        published, "PUBLISHED", {"twins": replace(published.PUBLISHED["feder2020-redshift"], critic=Twins)}
    )
    with pytest.raises(InvalidInputError, match=r"networks\.begin_centred"):
        make_game(
            tiny("feder2020-redshift", tiny_boxes, "networks.architecture=twins", "networks.begin_centred=true"),
            Compute(),
        )


class Twins(nn.Module):
    """Scores fields of one volume at two redshifts, of which it is told."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.score = nn.Linear(2 * config.n**3 + 2, 1)

    def forward(self, pair: torch.Tensor, redshift: torch.Tensor) -> torch.Tensor:
        return self.score(torch.cat([pair.flatten(1), redshift], dim=1)).flatten()


def test_networks_that_are_told_the_redshift_can_be_shown_a_volume_at_two(
    tiny_boxes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = replace(published.PUBLISHED["feder2020-redshift"], critic=Twins)
    monkeypatch.setattr(published, "PUBLISHED", {"twins": twins})
    settings = ("networks.architecture=twins", "data.together=2")
    game = make_game(tiny("feder2020-redshift", tiny_boxes, *settings), Compute())
    assert all(np.isfinite(value) for value in game.step(0).values())
    assert isinstance(game, Contest)
    round_ = game.play(game.crops, np.random.default_rng(0), generator=game.generator, critic=game.critic)
    assert round_.real.shape == round_.fake.shape == (2, 2, 16, 16, 16)
    assert set(map(tuple, round_.redshift.sort().values.tolist())) == {(0.0, 1.0)}


def test_updates_are_the_same_in_parts(tiny_boxes: Path) -> None:
    recipe = tiny("srivastava2018-m2", tiny_boxes, "updates.batch=4")  # neither its networks look at the batch
    whole, parted = make_game(recipe, Compute()), make_game(recipe, Compute(accumulate=2))
    for iteration in range(2):
        losses, others = whole.step(iteration), parted.step(iteration)
        assert losses == pytest.approx(others, rel=1e-3, abs=1e-4)  # but for the order of sums
    assert isinstance(whole, Contest)
    assert isinstance(parted, Contest)
    for one, other in zip(whole.generator.parameters(), parted.generator.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=2e-4)  # two steps of RMSprop are 1e-4 each


def test_the_critic_rests_while_it_is_sure(tiny_boxes: Path) -> None:
    recipe = tiny("feder2020", tiny_boxes, "objective.accuracy_below=1e-9")
    game = make_game(recipe, Compute())
    before = {name: weight.clone() for name, weight in game.critic.named_parameters()}
    losses = game.step(0)
    assert losses["accuracy"] > 0
    assert all(torch.equal(before[name], weight) for name, weight in game.critic.named_parameters())
    learning = make_game(tiny("feder2020", tiny_boxes, "objective.accuracy_below=1"), Compute())
    before = {name: weight.clone() for name, weight in learning.critic.named_parameters()}
    assert learning.step(0)["accuracy"] < 1
    assert any(not torch.equal(before[name], weight) for name, weight in learning.critic.named_parameters())


def test_the_summary_loss_is_left_out_in_the_end(tiny_boxes: Path) -> None:
    game = make_game(tiny("cavezza2022", tiny_boxes, "summary.until=1", "updates.critic_steps=1"), Compute())
    assert game.step(0)["summary"] > 0
    assert game.step(1)["summary"] == 0
