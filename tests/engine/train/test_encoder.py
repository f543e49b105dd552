"""The encoder: it is trained through the frozen critic, stops early, and lies beside the generator in the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import cosmoloom
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.folder import ENCODER
from cosmoloom.train.compute import Compute
from cosmoloom.train.games import make_game
from cosmoloom.train.games.encoder import EncoderGame
from cosmoloom.train.loop import train
from cosmoloom.train.recipes.encoder import EncoderRecipe
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.recipe import FILE

FromFile = Callable[[dict[str, Any]], dict[str, Any]]

APART = ("data.boxes=0001", "data.validation=0002", "data.held_out=0003", "monitor.every=0", "updates.batch=4")
NETWORKS = ("data.n=16", "networks.sizes.widths=2,4", "networks.sizes.latent_size=8")


@pytest.fixture(scope="module")
def run(tiny_boxes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished training of cubes."""
    folder = tmp_path_factory.mktemp("runs") / "cubes"
    recipe = resolve("ullmo2021-3d", store=tiny_boxes, settings=[*APART, *NETWORKS, "updates.iterations=2"])
    train(recipe, folder, name="cubes", compute=Compute())
    return folder


def game_for(run: Path, *settings: str) -> EncoderGame:
    """Return a new game that inverts the training."""
    chosen = ("monitor.every=0", "updates.batch=4", f"source.run={run}", "updates.generator_rate=0.01", *settings)
    recipe = resolve("ullmo2021-3d-encoder", settings=chosen)
    assert isinstance(recipe, EncoderRecipe)
    game = make_game(recipe, Compute())
    assert isinstance(game, EncoderGame)
    return game


def test_the_data_are_those_of_the_training_that_is_inverted(run: Path) -> None:
    data = game_for(run).recipe.data
    assert (data.boxes, data.validation, data.held_out, data.n) == (("0001",), ("0002",), ("0003",), 16)


def test_latents_come_to_make_what_the_critic_finds_alike(run: Path) -> None:
    game = game_for(run, "stopping.every=5", "stopping.samples=8")
    frozen = [weight.clone() for weight in game.generator.parameters()]
    first = game.step(0)["validation"]
    last = [game.step(iteration)["validation"] for iteration in range(1, 31)][-1]
    assert last < 0.97 * first
    assert all(torch.equal(*pair) for pair in zip(frozen, game.generator.parameters(), strict=True))


def test_an_interrupted_encoder_goes_on_with_the_same_numbers(run: Path, from_file: FromFile) -> None:
    game = game_for(run, "stopping.every=2", "stopping.samples=4")
    for iteration in range(3):
        game.step(iteration)
    other = game_for(run, "stopping.every=2", "stopping.samples=4")
    other.restore(from_file(game.state()))
    assert [game.step(i) for i in (3, 4)] == [other.step(i) for i in (3, 4)]
    assert all(torch.equal(game.best[name], value) for name, value in other.best.items())


def test_training_ends_when_the_validation_loss_falls_no_more(run: Path, tmp_path: Path) -> None:
    game = game_for(
        run, "stopping.every=1", "stopping.patience=2", "stopping.samples=4", "updates.iterations=200",
        "updates.generator_rate=1e-9",
    )  # fmt: skip
    outcome = train(game.recipe, tmp_path / "encoder", name="idle", compute=Compute())
    assert outcome.iteration < 100


def test_the_model_encodes_boxes_afterwards(run: Path, tmp_path: Path) -> None:
    recipe = resolve(
        "ullmo2021-3d-encoder",
        settings=[
            "monitor.every=0", "updates.batch=4", f"source.run={run}", "updates.iterations=2", "stopping.samples=4",
        ],
    )
    train(recipe, tmp_path / "encoder", name="cubes with encoder", compute=Compute())
    assert (tmp_path / "encoder" / "model" / ENCODER).is_file()
    model = cosmoloom.load(tmp_path / "encoder" / "model")
    box = model.sample(seed=3)
    latent = model.encode(box)  # type: ignore[attr-defined]  # published models have it
    assert latent.shape == (8,)
    again = model.sample(latent=latent.detach())
    assert np.isfinite(again.density).all()


def test_only_trainings_of_volumes_whose_networks_have_an_encoder_are_inverted(
    tiny_boxes: Path, tiny_pairs: PairsRecipe, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text(tiny_pairs.to_toml())
    with pytest.raises(InvalidInputError, match=r"source.run: .* is a training of pairs"):
        game_for(tmp_path)
    without = resolve("cavezza2022", store=tiny_boxes, settings=[*APART, "data.coarsen=1"])
    (tmp_path / FILE).write_text(without.to_toml())
    with pytest.raises(InvalidInputError, match=r"source.run: .* have no encoder"):
        game_for(tmp_path)
