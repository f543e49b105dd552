"""The refiner game: what it draws, what it learns from, what it leaves behind."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.crops import Crops
from cosmoloom.data.pyramid import block_mean, enlarge
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.refiners import load_refiner
from cosmoloom.nets.seamless import EMPTY
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.refiner import RefinerGame
from cosmoloom.train.games.refiner_batch import RefinerBatch, refiner_drawer
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.recipes.file import presets, read_recipe, resolve
from cosmoloom.train.recipes.refiner import RefinerRecipe

SETTINGS = (
    "data.redshifts=[1.0, 0.0]", "data.n=12", "networks.width=4", "networks.depth=2", "networks.condition_width=4",
    "networks.critic_widths=[4, 8]", "updates.batch=2", "updates.iterations=8", "data.boxes=0000",
    "data.validation=", "data.held_out=0001", "data.generated=0",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SimulationStore:
    """Two boxes of 40^3 lognormal voxels, which are four times as uneven at z = 0 as at z = 1."""
    store = SimulationStore.create(tmp_path_factory.mktemp("refiner") / "boxes.zarr")
    for seed in range(2):
        group = store.append(
            name=f"{seed:04d}", plan={"seed": seed}, cosmology=Cosmology(), box_size=40.0, redshifts=(1.0, 0.0), n=40,
            mean_count=1.0,
        )  # fmt: skip
        field = np.random.default_rng(seed).standard_normal((40, 40, 40))
        for row, amplitude in enumerate((0.2, 0.8)):
            density = np.exp(amplitude * field)
            group["cic"][row] = density / density.mean()
        group.attrs["complete"] = True
    return store


@pytest.fixture(scope="module")
def recipe(store: SimulationStore) -> RefinerRecipe:
    recipe = resolve("seamless-64-128", store=store.path, settings=SETTINGS)
    assert isinstance(recipe, RefinerRecipe)
    return recipe


@pytest.fixture(scope="module")
def crops(recipe: RefinerRecipe) -> Crops:
    return open_crops(recipe, recipe.data.boxes)


@pytest.fixture
def game(recipe: RefinerRecipe, crops: Crops):
    game = RefinerGame(recipe, crops, Compute())
    yield game
    game.batches.close()


def test_the_coarse_field_is_that_of_the_fine_one_and_goes_on_around_it(recipe: RefinerRecipe, crops: Crops) -> None:
    draw = refiner_drawer(recipe, crops, count=3)
    seen = set()
    for seed in range(6):
        batch = RefinerBatch.named(tuple(map(torch.from_numpy, draw(np.random.default_rng(seed)))))
        assert batch.fine.shape == (3, 12, 12, 12)
        assert batch.coarse.shape == (3, 10, 10, 10)  # 6, and a margin of 2 on each side
        assert batch.noise.shape == (3, 20, 20, 20)
        torch.testing.assert_close(batch.coarse[:, 2:8, 2:8, 2:8], block_mean(batch.fine, 2))
        seen |= set(batch.voxel_size.tolist())
    assert seen == {2.0, 4.0}  # of the coarse voxels, at both scales


def test_details_and_densities_enter_the_critic_in_units_of_their_scatter(game: RefinerGame, crops: Crops) -> None:
    draw = refiner_drawer(game.recipe, crops, count=64, redshift=1.0)
    batch = RefinerBatch.named(tuple(map(torch.from_numpy, draw(np.random.default_rng(1)))))
    fields = game.real(batch)
    assert fields.shape == (64, 17, 6, 6, 6)
    _, parent, detail = fields.split([8, 1, 8], dim=1)
    assert abs(float(parent.mean())) < 0.15
    assert float(parent.std()) == pytest.approx(1.0, abs=0.1)
    assert float(detail.square().mean().sqrt()) == pytest.approx(1.0, abs=0.1)
    expected = torch.log(batch.fine + EMPTY) - torch.log(enlarge(block_mean(batch.fine, 2), 2) + EMPTY)
    scatter = float(game.critic.contrast(*batch.conditions)[2][0])
    assert float(detail.std() / expected.std()) == pytest.approx(1 / scatter, rel=1e-3)


def test_what_is_made_holds_the_mass_of_what_it_was_made_from(game: RefinerGame, crops: Crops) -> None:
    batch = game.batch(crops, np.random.default_rng(1))
    torch.testing.assert_close(
        block_mean(game.make(game.average, batch), 2), block_mean(batch.fine, 2), rtol=1e-5, atol=0
    )


def test_a_coarse_field_of_its_own_holds_the_mass_of_the_one_above(recipe: RefinerRecipe, crops: Crops) -> None:
    data = recipe.data.model_copy(update={"generated": 1.0})
    game = RefinerGame(recipe.model_copy(update={"data": data}), crops, Compute())
    batches = [game.batch(crops, np.random.default_rng(seed)) for seed in range(6)]
    widths = {float(batch.voxel_size[0]): batch.above.shape[1:] for batch in batches}
    assert widths == {2.0: (9, 9, 9), 4.0: (0,)}  # 40^3 voxels know no scale above the coarsest
    batch = next(batch for batch in batches if batch.above.shape[-1])
    torch.testing.assert_close(block_mean(batch.coarse, 2), batch.above[:, 2:7, 2:7, 2:7])
    made = game.make(game.average, batch)
    assert made.shape == batch.fine.shape
    reached = block_mean(made, 4)
    torch.testing.assert_close(reached, block_mean(batch.fine, 4), rtol=1e-5, atol=0)
    assert not torch.allclose(block_mean(made, 2), block_mean(batch.fine, 2), rtol=0.01)
    assert np.isfinite(list(game.step(0).values())).all()
    game.batches.close()


def test_an_interrupted_training_goes_on_bit_for_bit(recipe: RefinerRecipe, crops: Crops) -> None:
    whole, halves = (RefinerGame(recipe, crops, Compute()) for _ in range(2))
    for iteration in range(4):
        whole.step(iteration)
    for iteration in range(2):
        halves.step(iteration)
    again = RefinerGame(recipe, crops, Compute())
    again.restore(deepcopy(halves.state()))
    losses = [again.step(iteration) for iteration in (2, 3)]
    assert all(np.isfinite(list(step.values())).all() for step in losses)
    for key in ("generator", "average", "critic"):
        for name, value in whole.state()[key].items():
            assert torch.equal(value, again.state()[key][name]), name
    for each in (whole, halves, again):
        each.batches.close()


def test_both_networks_learn(game: RefinerGame) -> None:
    before = deepcopy([game.generator.state_dict(), game.critic.state_dict()])
    for iteration in range(2):  # what reads the conditions begins at zero, so its inputs learn second
        game.step(iteration)
    for old, network in zip(before, (game.generator, game.critic), strict=True):
        changed = {name for name, value in network.state_dict().items() if not torch.equal(value, old[name])}
        assert changed == {name for name, _ in network.named_parameters()} - {"score.bias"}  # scores are compared


def test_drawing_and_playing_leave_the_training_alone(game: RefinerGame, crops: Crops) -> None:
    state = deepcopy(game.state())
    drawn = game.draw(3, redshift=0.0, seed=1)
    assert torch.equal(drawn, game.draw(3, redshift=0.0, seed=1))
    assert drawn.std() > 2 * game.draw(3, redshift=1.0, seed=1).std()
    found = game.play(crops, np.random.default_rng(2), generator=game.generator, critic=game.critic)
    assert found.real.shape == found.fake.shape == (2, 12, 12, 12)
    assert found.score_fake.shape == found.redshift.shape == (2,)
    for name, value in game.state()["generator"].items():
        assert torch.equal(value, state["generator"][name])
    assert game.batches.state() == state["batches"]


def test_the_exported_refiner_is_the_running_average(game: RefinerGame, crops: Crops, tmp_path: Path) -> None:
    game.step(0)
    card = game.export(tmp_path / "refiner", name="a refiner", iteration=1)
    network, read = load_refiner(tmp_path / "refiner")
    assert read == card
    assert (card.voxel_sizes, card.redshift_range) == ((1.0, 2.0), (0.0, 1.0))
    batch = game.batch(crops, np.random.default_rng(1))
    assert torch.equal(game.make(network, batch), game.make(game.average, batch))


def test_the_preset_survives_its_file(recipe: RefinerRecipe, tmp_path: Path) -> None:
    assert "seamless-64-128" in presets()
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.to_toml())
    assert read_recipe(path) == recipe


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("data.n=7", "data.n must be even, and at least 12 for a critic of 2 widths"),
        ("data.scales=[2,1]", "scales ascend from 1 or above"),
        ("data.generated=0.5 data.n=14", "n is a multiple of 4"),
        ("networks.depth=1", "2 or more convolutions"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(store: SimulationStore, setting: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        resolve("seamless-64-128", store=store.path, settings=[*SETTINGS, *setting.split()])


def test_boxes_too_small_for_a_scale_are_refused(recipe: RefinerRecipe, crops: Crops) -> None:
    wide = recipe.model_copy(update={"data": recipe.data.model_copy(update={"scales": (1, 4)})})
    with pytest.raises(InvalidInputError, match="need boxes of 80 voxels per side, got 40"):
        refiner_drawer(wide, crops, count=1)
