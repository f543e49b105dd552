"""The pairs game: our own conditional generator, its growth, and what its losses pull towards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cosmoloom.errors import MissingFileError
from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig, interleave
from cosmoloom.train.checkpoint import read_state
from cosmoloom.train.compute import Compute
from cosmoloom.train.ensemble_match import EnsembleMatch
from cosmoloom.train.games import make_game
from cosmoloom.train.games.pairs import PairGame
from cosmoloom.train.loop import train
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe

CPU = torch.device("cpu")


def changed(recipe: PairsRecipe, tmp_path: Path, *settings: str) -> PairsRecipe:
    """Return a recipe with some settings replaced."""
    path = tmp_path / "changed.toml"
    path.write_text(recipe.to_toml())
    other = resolve(str(path), settings=settings)
    assert isinstance(other, PairsRecipe)
    return other


def game_of(recipe: PairsRecipe, **computing: Any) -> PairGame:
    """Set up the game of a recipe."""
    game = make_game(recipe, Compute(**computing))
    assert isinstance(game, PairGame)
    return game


@pytest.fixture
def coarse(tiny_pairs: PairsRecipe, tmp_path: Path) -> Path:
    """Folder of a training of one step on half the grid."""
    recipe = changed(tiny_pairs, tmp_path, "data.coarsen=2", "updates.iterations=1")
    train(recipe, tmp_path / "coarse", name="coarse", compute=Compute())
    return tmp_path / "coarse"


@pytest.mark.parametrize("loss", ["hinge", "relativistic"])
def test_a_step_moves_the_running_average_and_returns_finite_losses(
    loss: str, tiny_pairs: PairsRecipe, tmp_path: Path
) -> None:
    game = game_of(changed(tiny_pairs, tmp_path, f"objective.loss={loss}", "objective.r2=1"))
    before = game.average.first.weight.clone()
    losses = game.step(0)
    assert all(np.isfinite(value) for value in losses.values())
    assert {"power_error_z3", "mean_error_z0", "match", "pattern", "margin"} <= set(losses)
    assert not torch.equal(before, game.average.first.weight)


def test_statistics_of_the_whole_batch_do_not_depend_on_its_parts(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    recipe = changed(tiny_pairs, tmp_path, "updates.batch=4", "objective.critic_weight=0")
    whole, parted = game_of(recipe), game_of(recipe, accumulate=2)
    for iteration in range(2):
        losses, others = whole.step(iteration), parted.step(iteration)
        assert losses["match"] == pytest.approx(others["match"], rel=1e-4)
        assert losses["pattern"] == pytest.approx(others["pattern"], abs=1e-4)
    for one, other in zip(whole.generator.parameters(), parted.generator.parameters(), strict=True):
        # Two updates of Adam at a rate of 1e-4 may differ where a gradient is nothing but rounding.
        torch.testing.assert_close(one, other, rtol=1e-4, atol=4e-4)


def test_without_the_critic_only_the_statistics_teach(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    game = game_of(changed(tiny_pairs, tmp_path, "objective.critic_weight=0"))
    before = [weight.clone() for weight in game.critic.parameters()]
    losses = game.step(0)
    assert losses["critic"] == losses["generator"] == 0.0
    assert losses["match"] != 0.0
    assert all(torch.equal(*pair) for pair in zip(before, game.critic.parameters(), strict=True))


def test_only_the_critic_learns_in_the_warm_up(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    game = game_of(changed(tiny_pairs, tmp_path, "updates.warm_up=1"))
    before = [weight.clone() for weight in game.generator.parameters()]
    assert game.step(0)["critic"] > 0
    assert all(torch.equal(*pair) for pair in zip(before, game.generator.parameters(), strict=True))
    game.step(1)
    assert not all(torch.equal(*pair) for pair in zip(before, game.generator.parameters(), strict=True))


def test_a_warm_start_goes_on_without_optimisers(
    tiny_pairs: PairsRecipe, from_file: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    game, other = game_of(tiny_pairs), game_of(tiny_pairs)
    game.step(0)
    state = from_file(game.state())
    other.restore({key: value for key, value in state.items() if key in ("generator", "critic", "match")})
    assert torch.equal(other.average.first.weight, game.generator.first.weight)
    assert np.isfinite(other.step(1)["critic"])


def test_growth_can_keep_the_large_scales_as_they_were(
    tiny_pairs: PairsRecipe, coarse: Path, tmp_path: Path
) -> None:
    fine = changed(
        tiny_pairs, tmp_path, "data.n=32", "networks.widths=8,8,8", "networks.critic_widths=8,8,8",
        f"networks.grow_from={coarse}", "updates.only_newest=true", "updates.warm_up=1",
    )  # fmt: skip
    game = game_of(fine)
    for iteration in range(3):
        game.step(iteration)
    before, after = read_state(coarse, CPU)["average"], game.generator.state_dict()
    kept = [key for key in before if not key.startswith("last.")]
    for key in kept:  # but for rounding, where phases are levelled again
        torch.testing.assert_close(after[key], before[key], rtol=0, atol=1e-6)
    assert float(after["refines.1.weight"].abs().max()) > 0


def test_a_critic_of_sub_volumes_is_taken_over_whole(tiny_pairs: PairsRecipe, coarse: Path, tmp_path: Path) -> None:
    fine = changed(
        tiny_pairs, tmp_path, "data.n=32", "networks.widths=8,8,8", "networks.critic_n=16",
        f"networks.grow_from={coarse}",
    )  # fmt: skip
    game = game_of(fine)
    before = read_state(coarse, CPU)["critic"]
    assert all(torch.equal(value, game.critic.state_dict()[key]) for key, value in before.items())
    assert np.isfinite(game.step(0)["margin"])


def test_growing_needs_a_coarser_training(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="coarser grid first"):
        make_game(changed(tiny_pairs, tmp_path, f"networks.grow_from={tmp_path}"), Compute())


def test_the_last_export_is_calibrated_and_leaves_the_game_alone(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    game, other = game_of(tiny_pairs), game_of(tiny_pairs)
    raw = game.export(tmp_path / "early", name="early", iteration=3)
    last = game.export(tmp_path / "last", name="last", iteration=4)
    assert raw.training["calibrated"] == 0.0
    assert last.standardisation != raw.standardisation
    assert game.step(0) == other.step(0)


def test_the_match_pulls_generated_statistics_towards_real_ones() -> None:
    match = EnsembleMatch(2, torch.ones(3))
    real = torch.tensor([[1.0, 2.0, 3.0]]).repeat(4, 1)
    fake = (real * torch.tensor([2.0, 1.0, 0.5])).requires_grad_()
    match.loss(real, fake, torch.tensor([0, 0, 1, 1])).backward()
    assert fake.grad is not None
    assert (fake.grad[:, 0] > 0).all()  # too much: descent lowers it
    torch.testing.assert_close(fake.grad[:, 1], torch.zeros(4))
    assert (fake.grad[:, 2] < 0).all()  # too little: descent raises it
    torch.testing.assert_close(match.error(), torch.log(torch.tensor([[2.0, 1.0, 0.5]])).repeat(2, 1))


def test_every_cell_of_the_finer_grids_answers_to_its_own_component_of_the_latent() -> None:
    torch.manual_seed(0)
    generator = ConditionalGenerator(GeneratorConfig(n=16, coarse_size=8, detail_levels=1, widths=(8, 8)))
    latent, condition = torch.randn(1, generator.config.latent_size), torch.ones(1)
    moved = latent.clone()
    moved[0, 8 + 8 * (8 * 1 + 2) + 5] += 3.0  # cell (1, 2, 5) of the 8^3 grid
    with torch.no_grad():
        change = (generator(moved, condition, condition) - generator(latent, condition, condition))[0].abs()
    peak = torch.nonzero(change > 0.5 * change.max()).float().mean(0) / 2
    assert (peak - torch.tensor([1.5, 2.5, 5.5])).abs().max() < 1.0
    assert float(change[8:].max()) == 0.0


def test_levelled_phases_draw_no_lattice_on_constant_features() -> None:
    torch.manual_seed(0)
    generator = ConditionalGenerator(GeneratorConfig(n=16, coarse_size=8, detail_levels=1, widths=(8, 8)))
    features = torch.ones(1, 8, 8, 8, 8)

    def lattices() -> list[float]:
        with torch.no_grad():
            doubled, written = generator.ups[0](features), interleave(generator.last(features))[:, None]
        return [float(field[..., 3:-3, 3:-3, 3:-3].std(dim=(2, 3, 4)).max()) for field in (doubled, written)]

    assert max(lattices()) < 1e-5
    for layer in (generator.ups[0], generator.last):
        torch.nn.init.normal_(layer.weight)
    assert min(lattices()) > 0.05
    generator.level_phases()
    assert max(lattices()) < 1e-5
