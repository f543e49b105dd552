"""Objectives, penalties, the summary loss: what they pull towards, and where they vanish."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from cosmoloom.train.objectives.hinge import Hinge
from cosmoloom.train.objectives.log_loss import LogLoss
from cosmoloom.train.objectives.objective import DICE, Objective
from cosmoloom.train.objectives.relativistic import Relativistic
from cosmoloom.train.objectives.slopes import squared_slope
from cosmoloom.train.objectives.summary import SummarySection, summaries, weighted_distance
from cosmoloom.train.objectives.wasserstein import Wasserstein

OBJECTIVES: list[Objective] = [Hinge(), LogLoss(), Relativistic(), Wasserstein()]
DICE_OF_NONE = torch.full((4, DICE), 0.99)


def by_name(objective: Objective) -> str:
    return objective.loss


def linear(slope: float, size: int = 4) -> nn.Sequential:
    """Return a critic of constant slope."""
    critic = nn.Sequential(nn.Flatten(), nn.Linear(size, 1), nn.Flatten(0))
    nn.init.constant_(critic[1].weight, slope / math.sqrt(size))
    return critic


@pytest.mark.parametrize("objective", OBJECTIVES, ids=by_name)
def test_critics_raise_real_scores_and_generators_their_own(objective: Objective) -> None:
    real, fake = torch.zeros(4, requires_grad=True), torch.zeros(4, requires_grad=True)
    objective.critic(real, fake, DICE_OF_NONE).backward()
    assert real.grad is not None
    assert fake.grad is not None
    assert (real.grad < 0).all()
    assert (fake.grad > 0).all()
    fake.grad = None
    objective.generator(fake, real.detach()).backward()
    assert (fake.grad < 0).all()


@pytest.mark.parametrize("objective", OBJECTIVES, ids=by_name)
def test_the_critic_raises_the_value_and_the_generator_lowers_it(objective: Objective) -> None:
    real, fake = torch.zeros(4, requires_grad=True), torch.zeros(4, requires_grad=True)
    objective.value(real, fake).backward()
    assert real.grad is not None
    assert fake.grad is not None
    assert (real.grad > 0).all()
    assert (fake.grad < 0).all()


def test_a_critic_that_cannot_tell_loses_ln_2() -> None:
    assert float(LogLoss().critic(torch.zeros(4), torch.zeros(4), DICE_OF_NONE)) == pytest.approx(math.log(2))
    assert float(LogLoss().value(torch.zeros(4), torch.zeros(4))) == pytest.approx(-2 * math.log(2))


def test_wrong_labels_are_as_many_as_asked_for() -> None:
    torch.manual_seed(0)
    sure, share, count = 30.0, 0.2, 20_000
    real = torch.full((count,), sure)
    loss = LogLoss(wrong_labels=share).critic(real, -real, torch.rand(count, DICE))
    # A sure and right critic loses its whole score at a wrong label, and nothing elsewhere.
    assert float(loss) == pytest.approx(share * sure, rel=0.05)


def test_smooth_labels_are_best_met_by_a_doubtful_critic() -> None:
    objective, real = LogLoss(smooth_labels=0.1), torch.full((4,), math.log(0.9 / 0.1), requires_grad=True)
    objective.critic(real, torch.full((4,), -20.0), DICE_OF_NONE).backward()
    assert real.grad is not None
    assert float(real.grad.abs().max()) < 1e-6


def test_a_relativistic_loss_knows_differences_alone() -> None:
    torch.manual_seed(0)
    real, fake, objective = torch.randn(4), torch.randn(4), Relativistic()
    torch.testing.assert_close(
        objective.critic(real + 3, fake + 3, DICE_OF_NONE), objective.critic(real, fake, DICE_OF_NONE)
    )
    torch.testing.assert_close(objective.generator(fake, real), objective.critic(fake, real, DICE_OF_NONE))


def test_saturation_costs_only_where_both_scores_have_one_sign() -> None:
    apart, together = torch.tensor([2.0, 1.0]), torch.tensor([2.0, 3.0])
    plain, kept = Wasserstein(), Wasserstein(saturation=1.0)
    assert kept.critic(apart, -apart, DICE_OF_NONE) == plain.critic(apart, -apart, DICE_OF_NONE)
    extra = kept.critic(apart, together, DICE_OF_NONE) - plain.critic(apart, together, DICE_OF_NONE)
    assert float(extra) == pytest.approx((2 * 2 + 1 * 3) / 2)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0, 3.0])
def test_the_gradient_penalty_is_that_of_the_distance_of_the_slope_from_one(slope: float) -> None:
    real, fake = torch.randn(3, 2, 2), torch.randn(3, 2, 2)
    penalty = Wasserstein(gradient_penalty=10.0).penalty(linear(slope), real, fake, torch.rand(3, DICE))
    assert float(penalty.detach()) == pytest.approx(10 * (slope - 1) ** 2, abs=1e-3)


def test_the_gradient_penalty_is_measured_between_real_and_generated_volumes() -> None:
    places: list[Tensor] = []

    def score(fields: Tensor) -> Tensor:
        places.append(fields)
        return fields.square().flatten(1).sum(1)

    real, fake = torch.zeros(50, 3), torch.ones(50, 3)
    Wasserstein().penalty(score, real, fake, torch.rand(50, DICE))
    shares = places[0].detach()
    assert float(shares.std(dim=1).max()) < 1e-6, "one share per volume"
    assert 0 <= float(shares.min()) < 0.2
    assert 0.8 < float(shares.max()) <= 1


def test_r1_and_r2_are_half_the_squared_slope_at_real_and_at_generated_volumes() -> None:
    def score(fields: Tensor) -> Tensor:
        return fields.square().sum(1)  # of slope 2 |x|

    real, fake = torch.full((3, 4), 1.0), torch.full((3, 4), 2.0)
    dice = torch.rand(3, DICE)
    at_real, at_fake = 0.5 * 4 * 4, 0.5 * 4 * 16

    def penalty(objective: Objective) -> float:
        return objective.penalty(score, real, fake, dice).item()

    assert penalty(Hinge(r1=10)) == pytest.approx(10 * at_real)
    assert penalty(Relativistic(r2=2)) == pytest.approx(2 * at_fake)
    assert penalty(Relativistic(r1=1, r2=1)) == pytest.approx(at_real + at_fake)


def test_penalties_can_be_differentiated_in_the_weights_of_the_critic() -> None:
    critic = linear(2.0)
    squared_slope(critic, torch.randn(3, 4)).mean().backward()
    torch.testing.assert_close(critic[1].weight.grad, 2 * critic[1].weight.detach())


def test_the_summary_distance_is_nothing_between_equals_and_grows_with_the_way_of_the_mass() -> None:
    bins = torch.eye(10)

    def distance(a: int, b: int) -> float:
        return float(weighted_distance(bins[a].repeat(4, 1), bins[b].repeat(4, 1)))

    assert distance(3, 3) == 0.0
    # Without scatter the weight is 1 / 0.05 everywhere, and the mass crosses one bin's edge of ten.
    assert distance(3, 4) == pytest.approx(20 / 10, rel=1e-3)
    assert distance(3, 7) == pytest.approx(4 * distance(3, 4), rel=1e-3)


def test_bins_that_scatter_count_less_in_the_summary_distance() -> None:
    real = torch.ones(4, 6)
    quiet, loud = real.clone(), real.clone()
    quiet[:, 2] += 0.5
    loud[:, 2] += torch.tensor([0.0, 0.0, 1.0, 1.0])
    assert weighted_distance(real, loud) < weighted_distance(real, quiet)


def test_the_summary_distance_has_a_slope_towards_the_real_statistics() -> None:
    torch.manual_seed(0)
    real = torch.rand(4, 8, 8, 8) + 0.5
    strength = torch.tensor(2.0, requires_grad=True)
    fake = (1.0 + strength * (real - real.mean())).clamp(min=0.05)
    section = SummarySection(until=1)
    loss = section.distance(summaries(real, box_size=16.0), summaries(fake, box_size=16.0))
    loss.backward()
    assert strength.grad is not None
    assert float(strength.grad) > 0, "less contrast would be better"
    alone = SummarySection(until=1, power=0, mass=0, peaks=0).distance(
        summaries(real, box_size=16.0), summaries(fake, box_size=16.0)
    )
    assert alone.item() == 0.0
