"""The origins game: by example, then through model and critic, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.folder import ENCODER
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.train.compute import Compute
from cosmoloom.train.games import make_game
from cosmoloom.train.games.origins import OriginsGame
from cosmoloom.train.loop import train
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.recipe import FILE

FromFile = Callable[[dict[str, Any]], dict[str, Any]]

APART = (
    "data.boxes=0001", "data.validation=0002", "data.held_out=0003", "data.redshifts=3,1,0", "data.n=16",
    "monitor.every=0", "networks.condition_width=8",
)  # fmt: skip
SOURCE = (
    *APART, "noise.long_n=16", "noise.long_size=64", "noise.k_split=0.5", "noise.padding=8", "networks.widths=4,8",
    "networks.critic_widths=4,8", "networks.critic_n=8", "networks.critic_windows=2", "updates.iterations=2",
    "updates.regression_iterations=1", "updates.warm_up=1", "updates.regression_warm_up=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tiny_boxes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished training of a primordial model."""
    folder = tmp_path_factory.mktemp("runs") / "primordial"
    train(resolve("loom64-primordial", store=tiny_boxes, settings=SOURCE), folder, name="tiny", compute=Compute())
    return folder


@pytest.fixture
def game_for(run: Path, tiny_boxes: Path):
    games = []

    def make(*settings: str) -> OriginsGame:
        chosen = (*APART, "networks.widths=8,8", f"source.run={run}", "stopping.samples=2", *settings)
        game = make_game(resolve("loom64-encoder", store=tiny_boxes, settings=chosen), Compute())
        assert isinstance(game, OriginsGame)
        games.append(game)
        return game

    yield make
    for game in games:
        game.batches.close()


def test_by_example_it_learns_where_samples_come_from(game_for) -> None:
    game = game_for("updates.iterations=61", "updates.example_iterations=60", "updates.example_rate=0.01")
    losses = [game.step(iteration)["example"] for iteration in range(60)]
    assert np.mean(losses[-10:]) < 0.93 * np.mean(losses[:10])


def test_on_real_boxes_it_learns_through_the_frozen_model_and_critic(game_for) -> None:
    game = game_for("updates.iterations=40", "updates.example_iterations=0", "updates.generator_rate=0.01",
                    "stopping.every=8")  # fmt: skip
    frozen = [weight.clone() for net in (game.model.network, game.critic) for weight in net.parameters()]
    first = game.step(0)["validation"]
    last = [game.step(iteration)["validation"] for iteration in range(1, 33)][-1]
    assert last < 0.95 * first
    weights = [weight for net in (game.model.network, game.critic) for weight in net.parameters()]
    assert all(torch.equal(*pair) for pair in zip(frozen, weights, strict=True))


def test_an_interrupted_one_goes_on_with_the_same_numbers(game_for, from_file: FromFile) -> None:
    settings = ("updates.iterations=6", "updates.example_iterations=2", "stopping.every=2")
    game, other = game_for(*settings), game_for(*settings)
    for iteration in range(3):
        game.step(iteration)
    other.restore(from_file(game.state()))
    assert [game.step(i) for i in (3, 4)] == [other.step(i) for i in (3, 4)]
    assert all(torch.equal(game.best[name], value) for name, value in other.best.items())


def test_the_model_encodes_boxes_afterwards(run: Path, tiny_boxes: Path, tmp_path: Path) -> None:
    settings = (*APART, "networks.widths=8,8", f"source.run={run}", "stopping.samples=2", "updates.iterations=2",
                "updates.example_iterations=1")  # fmt: skip
    recipe = resolve("loom64-encoder", store=tiny_boxes, settings=settings)
    train(recipe, tmp_path / "encoder", name="with encoder", compute=Compute())
    folder = tmp_path / "encoder" / "model"
    model, source = cl.load(folder), cl.load(run / "model")
    assert isinstance(model, PrimordialModel)
    assert (folder / ENCODER).stat().st_size < (folder / "model.safetensors").stat().st_size * 4
    assert model.card.training["encoder"]["boxes"] == ["0001"]
    box = model.sample(seed=3)
    assert isinstance(box, cl.Box)
    np.testing.assert_array_equal(box.density, source.sample(seed=3).density)  # the generator is left alone
    latent = model.encode(box)
    assert latent.shape == (model.card.latent_size,)
    assert torch.equal(latent, cl.load(folder).encode(box))  # type: ignore[attr-defined]


def test_only_trainings_of_primordial_models_are_inverted(
    game_for, tiny_pairs: PairsRecipe, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(tiny_pairs.to_toml())
    with pytest.raises(InvalidInputError, match=r"source.run: .* is a training of pairs"):
        game_for(f"source.run={tmp_path}")
    with pytest.raises(InvalidInputError, match=r"data.n: .* makes 16 voxels per side, got 32"):
        game_for("data.n=32")
