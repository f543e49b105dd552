"""Duality gap and rejection: what is known of simple games, and that games stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cosmoloom.data.crops import Crops
from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.train.game import Round
from cosmoloom.train.monitor.duality_gap import duality_gap
from cosmoloom.train.monitor.rejection import acceptance, rejection


class Shift(nn.Module):
    """Draws real volumes and adds a number."""

    def __init__(self, shift: float) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(shift))

    def forward(self, volumes: Tensor) -> Tensor:
        return volumes + self.shift


class Mean(nn.Module):
    """Judges a volume by its mean, with a slope that stays within [-1, 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(0.0))

    def forward(self, volumes: Tensor) -> Tensor:
        return torch.tanh(self.slope) * volumes.mean((1, 2, 3))


class Game:
    """A game whose best critic gains |shift| and whose best generator none."""

    def __init__(self, shift: float) -> None:
        self.generator, self.critic = Shift(shift), Mean()

    def play(self, crops: Crops, rng: np.random.Generator, *, generator: nn.Module, critic: nn.Module) -> Round:
        index = np.zeros((64, 1), dtype=np.int64)
        real, others = (torch.from_numpy(crops.draw(rng, index, n=8)[:, 0]) for _ in range(2))
        fake = generator(others)
        scores = critic(real), critic(fake)
        value = scores[0].mean() - scores[1].mean()
        return Round(
            value=value, critic_loss=-value, generator_loss=-scores[1].mean(), real=real, fake=fake.detach(),
            redshift=torch.zeros(64), score_real=scores[0].detach(), score_fake=scores[1].detach(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Crops:
    store = SimulationStore.create(tmp_path_factory.mktemp("simulations") / "boxes.zarr")
    plan = SimulationPlan(box_size=32.0, n_particles=16, redshifts=(1.0,), n_steps=3, seed=1)
    simulate_into(store, plan, name="0000", grid=16)
    return Crops(store, ["0000"], redshifts=(1.0,))


def test_the_gap_is_what_the_critic_can_find(crops: Crops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosmoloom.train.monitor.duality_gap.RATE", 0.1)
    far = Game(2.0)
    assert duality_gap(far, crops, steps=60) == pytest.approx(2.0, abs=0.15)
    assert (far.generator.shift.item(), far.critic.slope.item()) == (2.0, 0.0)


def test_a_game_in_equilibrium_has_a_small_gap(crops: Crops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosmoloom.train.monitor.duality_gap.RATE", 0.1)
    fields = torch.from_numpy(crops.draw(np.random.default_rng(0), np.zeros((256, 1), int), n=8))
    scatter = float(fields.mean((2, 3, 4)).std())
    assert abs(duality_gap(Game(0.0), crops, steps=60)) < 3 * scatter * (2 / (64 * 8)) ** 0.5


def test_random_numbers_of_the_training_are_left_alone(crops: Crops) -> None:
    before = torch.get_rng_state()
    duality_gap(Game(0.0), crops, steps=1)
    rejection(Game(0.0), crops, batches=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_accepted_samples_are_distributed_as_real_ones() -> None:
    drawn = np.random.default_rng(0).normal(size=200_000)
    share = acceptance(0.5 * drawn - 0.125)  # ln of the ratio of normal densities around 0.5 and 0
    assert np.average(drawn, weights=share) == pytest.approx(0.5, abs=0.02)
    assert np.average((drawn - 0.5) ** 2, weights=share) == pytest.approx(1.0, abs=0.03)
    assert 0 < share.min() <= share.max() <= 1


def test_a_critic_that_sees_the_mean_moves_it_towards_the_truth(crops: Crops) -> None:
    game = Game(0.05)
    with torch.no_grad():
        game.critic.slope.fill_(-3.0)  # real volumes are less dense: they score higher
    found = rejection(game, crops, batches=6)
    assert found.mean_before == pytest.approx(np.log(1.05), abs=0.02)
    assert abs(found.mean_after) < found.mean_before
    assert found.accepted < 1


def test_a_critic_that_sees_nothing_changes_nothing(crops: Crops) -> None:
    found = rejection(Game(0.05), crops, batches=2)
    assert found.mean_after == pytest.approx(found.mean_before, abs=1e-6)
    assert found.power_after == pytest.approx(found.power_before, abs=1e-6)
