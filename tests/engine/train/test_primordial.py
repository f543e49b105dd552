"""The primordial game: initial conditions drawn again, two stages, and what they leave behind."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch

import cosmoloom as cl
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.primordial_card import LogCalibrationTable
from cosmoloom.models.primordials import save_primordial
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.primordial import PrimordialGame
from cosmoloom.train.log_calibration import calibrate_log
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.primordial_crops import PrimordialCrops
from cosmoloom.train.recipes.file import read_recipe, resolve
from cosmoloom.train.recipes.primordial import PrimordialRecipe

SETTINGS = (
    "data.boxes=0001", "data.validation=0002", "data.held_out=0003", "data.redshifts=3,1,0", "data.n=16",
    "noise.long_n=16", "noise.long_size=64", "noise.k_split=0.5", "noise.padding=8", "networks.widths=4,8",
    "networks.condition_width=8", "networks.critic_widths=4,8", "networks.critic_n=8", "networks.critic_windows=2",
    "updates.iterations=6", "updates.regression_iterations=2", "updates.warm_up=1",
    "updates.regression_warm_up=1", "monitor.every=0",
)  # fmt: skip


@pytest.fixture(scope="module")
def recipe(tiny_boxes: Path) -> PrimordialRecipe:
    recipe = resolve("loom64-primordial", store=tiny_boxes, settings=SETTINGS)
    assert isinstance(recipe, PrimordialRecipe)
    return recipe


@pytest.fixture(scope="module")
def crops(recipe: PrimordialRecipe) -> PrimordialCrops:
    crops = open_crops(recipe, recipe.data.boxes)
    assert isinstance(crops, PrimordialCrops)
    return crops


@pytest.fixture
def game(recipe: PrimordialRecipe, crops: PrimordialCrops):
    game = PrimordialGame(recipe, crops, Compute())
    yield game
    game.batches.close()


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def test_initial_conditions_are_those_that_the_simulation_grew_from(crops: PrimordialCrops) -> None:
    index = np.array([[0, 2]] * 4)
    density, displaced, linear, white = crops.draw_with_origins(np.random.default_rng(1), index, n=32)
    assert density.shape == displaced.shape == (4, 2, 32, 32, 32)
    assert correlation(density[:, 0], displaced[:, 0]) > 0.97  # z = 3, where little has collapsed
    assert correlation(density[:, 0], displaced[:, 0]) > correlation(density[:, 1], displaced[:, 1]) > 0.5
    assert correlation(density[:, 0], np.roll(displaced[:, 0], 3, axis=-1)) < 0.5
    assert linear.std() > 1
    assert white.std() == pytest.approx(1.0, abs=0.1)
    assert displaced.mean(axis=(2, 3, 4)) == pytest.approx(1.0, abs=1e-3)


def test_a_simulation_of_unknown_origin_is_refused(tmp_path: Path) -> None:
    store = SimulationStore.create(tmp_path / "boxes.zarr")
    group = store.append(
        name="0000", plan={"ingested": "cube.npy"}, cosmology=Cosmology(), box_size=16.0, redshifts=(0.0,), n=8,
        mean_count=1.0,
    )  # fmt: skip
    group["cic"][0] = np.ones((8, 8, 8))
    group.attrs["complete"] = True
    with pytest.raises(InvalidInputError, match="0000 was ingested without its initial conditions"):
        PrimordialCrops(store, ["0000"], redshifts=(0.0,), k_split=0.5)


def test_examples_teach_the_network_alone(game: PrimordialGame) -> None:
    critic = deepcopy(game.critic.state_dict())
    before = {name: weight.detach().clone() for name, weight in game.generator.named_parameters()}
    for iteration in range(2):
        losses = game.step(iteration)
        assert set(losses) == {"example"}
    assert all(torch.equal(value, critic[name]) for name, value in game.critic.state_dict().items())
    assert any(not torch.equal(value, before[name]) for name, value in game.generator.named_parameters())


def test_learning_by_example_brings_the_network_closer_to_the_simulation(
    recipe: PrimordialRecipe, crops: PrimordialCrops
) -> None:
    updates = recipe.updates.model_copy(update={"regression_iterations": 60, "regression_rate": 1e-2})
    game = PrimordialGame(recipe.model_copy(update={"updates": updates}), crops, Compute())
    errors = [game.step(iteration)["example"] for iteration in range(60)]
    game.batches.close()
    assert np.mean(errors[-15:]) < 0.85 * np.mean(errors[:15])


def test_the_critic_gets_a_head_start_and_then_both_play(game: PrimordialGame) -> None:
    before = deepcopy(game.generator.state_dict())
    first = game.step(2)
    assert all(torch.equal(value, before[name]) for name, value in game.generator.state_dict().items())
    assert first["match"] == first["generator"] == 0
    second = game.step(3)
    assert second["blocks"] > 0
    assert any(not torch.equal(value, before[name]) for name, value in game.generator.state_dict().items())


def test_rates_rise_and_fall_in_each_stage(recipe: PrimordialRecipe) -> None:
    updates = recipe.updates.model_copy(
        update={"iterations": 300, "regression_iterations": 100, "regression_warm_up": 10, "decay_from": 0.5}
    )
    assert [updates.pace(i) for i in (0, 9, 50, 100, 199)] == pytest.approx([0.1, 1.0, 1.0, 1.0, 1.0])
    assert updates.pace(99) == pytest.approx(0.1, abs=0.02)
    assert updates.pace(299) == pytest.approx(0.05, abs=0.02)


def test_an_interrupted_training_goes_on_bit_for_bit_across_the_stages(
    recipe: PrimordialRecipe, crops: PrimordialCrops, from_file
) -> None:
    whole, halves, again, last = (PrimordialGame(recipe, crops, Compute()) for _ in range(4))
    for iteration in range(6):
        whole.step(iteration)
    halves.step(0)
    again.restore(from_file(halves.state()))
    for iteration in range(1, 4):
        again.step(iteration)
    last.restore(from_file(again.state()))
    for iteration in range(4, 6):
        last.step(iteration)
    for key in ("generator", "average", "critic", "match"):
        for name, value in whole.state()[key].items():
            assert torch.equal(value, last.state()[key][name]), f"{key}.{name}"
    for each in (whole, halves, again, last):
        each.batches.close()


def test_the_critic_sees_windows_of_both_redshifts(game: PrimordialGame, crops: PrimordialCrops) -> None:
    batch = game.batch(crops, np.random.default_rng(3))
    windows = game.real(batch)
    assert windows.shape == (4, 2, 8, 8, 8)
    x, y, z = batch.corners[1, 1].tolist()
    whole = game._network_field(batch.density, batch)
    assert torch.equal(windows[3], whole[1, :, x : x + 8, y : y + 8, z : z + 8])
    played = game.play(crops, np.random.default_rng(3), generator=game.generator, critic=game.critic)
    assert played.score_real.shape == played.score_fake.shape == (2,)
    assert played.real.shape == played.fake.shape == (2, 2, 16, 16, 16)


def test_drawing_leaves_the_training_alone_and_is_what_the_exported_model_samples(
    game: PrimordialGame, tmp_path: Path
) -> None:
    game.step(0)
    state = deepcopy(game.state())
    drawn = game.draw(2, redshift=1.0, seed=5)
    card = game.export(tmp_path / "model", name="universe", iteration=1)
    assert game.batches.state() == state["batches"]
    assert all(torch.equal(value, state["generator"][name]) for name, value in game.state()["generator"].items())
    model = cl.load(tmp_path / "model")
    assert model.card == card
    assert (card.n, card.box_size, card.training["boxes"]) == (16, 32.0, ["0001"])
    for i in range(2):
        assert model.sample(seed=5 + i, redshift=1.0).density == pytest.approx(drawn[i].numpy(), rel=1e-3)


def test_the_recipe_survives_its_file(recipe: PrimordialRecipe, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(recipe.to_toml())
    assert read_recipe(tmp_path / "recipe.toml") == recipe


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("data.n=18", "n must be a multiple of 4"),
        ("networks.critic_n=10", "multiple of 4, got 10"),
        ("match.regression_block=3", "must divide data.n = 16, got 3"),
        ("updates.critic_steps=2", "one update of the critic"),
    ],
)
def test_what_does_not_fit_is_refused(tiny_boxes: Path, setting: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        resolve("loom64-primordial", store=tiny_boxes, settings=[*SETTINGS, setting])


def test_a_finished_training_has_the_mean_density_and_power_of_its_boxes(game, crops: PrimordialCrops) -> None:
    """On the initial conditions of the training boxes, where the calibration could be solved."""
    network = deepcopy(game.average)
    table, share = calibrate_log(network, crops, n=crops.n, kappa_range=(2.0, 20.0), volumes=1)
    assert share > 0.5
    growth, log_kappa = table.growth[-1], table.log_kappa[1]  # z = 0
    shift, stretch = table.at(growth, log_kappa)
    last = len(crops.redshifts) - 1
    fields = (crops.displaced_fields(last), crops.linear_fields(), crops.white_fields(), crops.fields(last))
    displaced, linear, white, real = (torch.from_numpy(boxes[0])[None] for boxes in fields)
    with torch.no_grad():
        log_density = network(displaced, linear, white, torch.tensor([growth]), torch.tensor([log_kappa]))
    box_size = crops.n * crops.voxel_size
    k = 2 * np.pi / box_size * np.arange(1, crops.n // 2 + 1)

    def errors(density: torch.Tensor) -> tuple[float, float]:
        ratio = spherical_power(density - 1, box_size=box_size) / spherical_power(real - 1, box_size=box_size)
        return abs(float(density.mean() - 1)), abs(float(ratio[0, k <= 1.0].log().mean()))

    assert max(errors(torch.exp(shift + stretch * log_density))) < 0.02
    assert max(errors(log_density.exp())) > 0.05  # an untrained network is not there by itself


def test_the_model_applies_its_calibration(game, tmp_path: Path) -> None:
    raw = game.export(tmp_path / "raw", name="raw", iteration=1)
    table = LogCalibrationTable(
        growth=(0.0, 1.0), log_kappa=(0.0, 4.0), shift=((0.1, 0.1),) * 2, stretch=((2.0, 2.0),) * 2
    )
    save_primordial(tmp_path / "set", network=game.average, card=raw.model_copy(update={"calibration": table}))
    plain, scaled = (cl.load(tmp_path / name).sample(seed=3, redshift=1.0).density for name in ("raw", "set"))
    np.testing.assert_allclose(np.log(scaled), 0.1 + 2.0 * np.log(plain), rtol=1e-4, atol=1e-4)
