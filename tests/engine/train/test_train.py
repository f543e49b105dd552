"""Training: pairs, checkpoints, growth of the networks, and what the losses pull towards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from cosmoloom.data.crops import Crops
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError
from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig, interleave
from cosmoloom.nets.critic import PairCritic
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.particle_mesh import SimulationPlan
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.train.checkpoint import STATE, grow_networks
from cosmoloom.train.game import PairGame
from cosmoloom.train.grow import as_transposed, grow_critic, grow_generator
from cosmoloom.train.loop import train
from cosmoloom.train.losses import EnsembleMatch, gradient_penalty
from cosmoloom.train.plan import TrainingPlan

REDSHIFTS = (3.0, 1.0, 0.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SimulationStore:
    """Two tiny simulations of 32^3 cells."""
    store = SimulationStore.create(tmp_path_factory.mktemp("simulations") / "boxes.zarr")
    for seed in (1, 2):
        plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=REDSHIFTS, n_steps=4, seed=seed)
        simulate_into(store, plan, name=f"{seed:04d}", grid=32)
    return store


@pytest.fixture
def plan(store: SimulationStore) -> TrainingPlan:
    """A plan whose networks are real and tiny."""
    return TrainingPlan(
        store=store.path, boxes=("0001",), held_out=("0002",), redshifts=REDSHIFTS, n=16,
        coarse_size=8, detail_levels=1, widths=(8, 8), critic_widths=(8, 8), batch=2, iterations=4, decay_from=0.9,
    )


def test_a_simulation_cannot_be_trained_on_and_held_out(store: SimulationStore) -> None:
    with pytest.raises(ValueError, match="both trained on and held out"):
        TrainingPlan(store=store.path, boxes=("0001",), held_out=("0001",))


def test_an_interrupted_training_goes_on_bit_for_bit(plan: TrainingPlan, tmp_path: Path) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    train(plan, whole, name="whole")
    train(plan.model_copy(update={"iterations": 2}), halves, name="halves")
    # Learning rates follow the share of iterations done, so both runs use the constant part of the schedule.
    train(plan, halves, name="halves")
    states = [torch.load(folder / STATE, weights_only=True) for folder in (whole, halves)]
    for network in ("generator", "average", "critic"):
        for key, value in states[0][network].items():
            assert torch.equal(value, states[1][network][key]), f"{network}.{key}"


def test_training_moves_the_running_average(plan: TrainingPlan, store: SimulationStore) -> None:
    game = PairGame(plan, Crops(store, plan.boxes, redshifts=plan.redshifts))
    before = game.average.first.weight.clone()
    losses = game.step(0)
    assert all(np.isfinite(value) for value in losses.values())
    assert not torch.equal(before, game.average.first.weight)


def test_a_folder_of_another_plan_is_refused(plan: TrainingPlan, tmp_path: Path) -> None:
    train(plan.model_copy(update={"iterations": 1}), tmp_path / "run", name="first")
    with pytest.raises(InvalidInputError, match="latent_nu"):
        train(plan.model_copy(update={"latent_nu": 5.0}), tmp_path / "run", name="second")


def test_a_damaged_checkpoint_is_refused_in_words(plan: TrainingPlan, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(plan.model_copy(update={"iterations": 1}), run, name="first")
    (run / STATE).write_bytes((run / STATE).read_bytes()[:1000])
    with pytest.raises(BrokenFileError, match="move it away"):
        train(plan, run, name="first")


def test_a_warm_start_goes_on_without_optimisers(plan: TrainingPlan, tmp_path: Path) -> None:
    train(plan.model_copy(update={"iterations": 2}), tmp_path / "here", name="first")
    there = tmp_path / "there"
    there.mkdir()
    (there / STATE).write_bytes((tmp_path / "here" / "warm_start" / STATE).read_bytes())
    card = train(plan.model_copy(update={"iterations": 3}), there, name="first")
    assert card.training["iterations_done"] == 3


def test_growth_can_keep_the_large_scales_as_they_were(plan: TrainingPlan, tmp_path: Path) -> None:
    coarse, fine = tmp_path / "coarse", tmp_path / "fine"
    train(plan.model_copy(update={"iterations": 1, "coarsen": 2}), coarse, name="coarse")
    grown = {"n": 32, "widths": (8, 8, 8), "critic_widths": (8, 8, 8), "grow_from": coarse, "only_newest": True}
    train(plan.model_copy(update={**grown, "iterations": 3, "warm_up": 1}), fine, name="fine")
    before = torch.load(coarse / STATE, weights_only=True)["average"]
    after = torch.load(fine / STATE, weights_only=True)["generator"]
    kept = [key for key in before if not key.startswith("last.")]
    for key in kept:  # but for rounding, where phases are levelled again
        torch.testing.assert_close(after[key], before[key], rtol=0, atol=1e-6)
    assert float(after["refines.1.weight"].abs().max()) > 0


def test_a_critic_of_sub_volumes_is_taken_over_whole(
    plan: TrainingPlan, store: SimulationStore, tmp_path: Path
) -> None:
    coarse = tmp_path / "coarse"
    train(plan.model_copy(update={"iterations": 1, "coarsen": 2}), coarse, name="coarse")
    fine = plan.model_copy(update={"n": 32, "widths": (8, 8, 8), "critic_n": 16})
    game = PairGame(fine, Crops(store, plan.boxes, redshifts=plan.redshifts))
    grow_networks(coarse, game)
    before = torch.load(coarse / STATE, weights_only=True)["critic"]
    assert all(torch.equal(value, game.critic.state_dict()[key]) for key, value in before.items())
    assert np.isfinite(game.step(0)["margin"])


def test_growing_needs_a_coarser_training(plan: TrainingPlan, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="coarser grid first"):
        train(plan.model_copy(update={"grow_from": tmp_path}), tmp_path / "run", name="grown")


def test_a_grown_generator_draws_the_same_universe() -> None:
    torch.manual_seed(0)
    small = ConditionalGenerator(GeneratorConfig(n=16, coarse_size=8, detail_levels=1, widths=(16, 8)))
    large = ConditionalGenerator(GeneratorConfig(n=32, coarse_size=8, detail_levels=2, widths=(16, 8, 8)))
    latent, growth, log_kappa = torch.randn(32, large.config.latent_size), torch.rand(32), torch.rand(32)
    shared = latent[:, : small.config.latent_size]
    small.calibrate(shared, growth, log_kappa)
    grow_generator(large, small.state_dict())
    with torch.no_grad():
        coarse, fine = small(shared, growth, log_kappa), large(latent, growth, log_kappa)
    expected = functional.interpolate(coarse[:, None], scale_factor=2, mode="trilinear")[:, 0]
    inner = (slice(None), *3 * (slice(4, -4),))
    correlation = torch.corrcoef(torch.stack([fine[inner].flatten(), expected[inner].flatten()]))[0, 1]
    assert correlation > 0.95
    power, before = spherical_power(fine, box_size=32.0).mean(0), spherical_power(coarse, box_size=32.0).mean(0)
    assert (power[:4] / before[:4] - 1).abs().max() < 0.1, "up to half the Nyquist wavenumber of the coarse grid"


def test_a_grown_critic_keeps_its_coarse_layers() -> None:
    small, large = PairCritic(n=16, widths=(8, 16)), PairCritic(n=32, widths=(8, 8, 16))
    grow_critic(large, small.state_dict())
    name = "parametrizations.weight.original"
    assert torch.equal(large.dense.get_parameter(name), small.dense.get_parameter(name))
    assert torch.equal(large.downs[1].get_parameter(name), small.downs[0].get_parameter(name))


def test_sub_pixel_convolution_equals_a_transposed_one() -> None:
    torch.manual_seed(0)
    features, kernel = torch.randn(1, 3, 4, 4, 4), torch.randn(8, 3, 2, 2, 2)
    phases = functional.conv3d(features, kernel, padding=1)
    fine = interleave(phases)[:, 1:-1, 1:-1, 1:-1]
    expected = functional.conv_transpose3d(features, as_transposed(kernel), stride=2, padding=1)[:, 0]
    torch.testing.assert_close(fine, expected, atol=1e-5, rtol=1e-5)


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


def test_the_gradient_penalty_of_a_linear_critic_is_half_its_squared_slope() -> None:
    critic = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(8, 1))
    expected = 0.5 * critic[1].weight.square().sum()
    torch.testing.assert_close(gradient_penalty(critic, torch.randn(3, 2, 2, 2)), expected)


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
