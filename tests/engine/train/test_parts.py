"""Parts of which trainings are made: averages, accumulated gradients, widths of the prior."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cosmoloom.train.average import averaged_copy, blend
from cosmoloom.train.generated import Generated
from cosmoloom.train.latent_width import calibrated_width
from cosmoloom.train.optimisers import optimiser, set_pace
from cosmoloom.train.recipes.sections import UpdatesSection


def test_a_running_average_without_memory_is_the_network_itself() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = averaged_copy(network)
    network(torch.randn(8, 2))
    with torch.no_grad():
        network[0].weight.add_(1.0)
    blend(average, network, decay=0.0, iteration=100)
    for one, other in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    assert not average.training


def test_a_running_average_forgets_its_start() -> None:
    network, average = nn.Linear(1, 1), nn.Linear(1, 1)
    nn.init.constant_(network.weight, 1.0)
    nn.init.constant_(average.weight, 0.0)
    for iteration in range(40):
        blend(average, network, decay=0.9, iteration=iteration)
    assert float(average.weight.detach()) == pytest.approx(1.0, abs=0.01)


def test_accumulated_gradients_are_those_of_the_whole_batch() -> None:
    torch.manual_seed(0)
    network, latent = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 5)), torch.randn(6, 3)

    def gradients(*bounds: int) -> list[Tensor]:
        network.zero_grad()
        parts = [slice(a, b) for a, b in zip((0, *bounds), (*bounds, 6), strict=True)]
        made = Generated(lambda part: network(latent[part]), parts)
        made.fields.mean(0).square().sum().backward()  # of the whole batch: no sum over its parts
        (made.fields[:3].sum() * 0.1).backward()
        made.backward()
        return [weight.grad.clone() for weight in network.parameters() if weight.grad is not None]

    for one, other in zip(gradients(), gradients(1, 4), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)  # but for the order of sums


def test_fields_that_nothing_learns_from_carry_no_gradient() -> None:
    network = nn.Linear(3, 3)
    made = Generated(lambda part: network(torch.ones(4, 3)[part]), [slice(0, 4)], learns=False)
    assert not made.fields.requires_grad


def test_the_width_is_found_at_which_samples_have_the_power_of_real_fields() -> None:
    torch.manual_seed(0)
    real, noise = 1.0 + 0.3 * torch.randn(32, 8, 8, 8), torch.randn(32, 8, 8, 8)
    width = calibrated_width(lambda w: 1.0 + 0.25 * w * noise, real, box_size=8.0)
    assert width == pytest.approx(1.2, rel=0.1)
    maps = calibrated_width(lambda w: 1.0 + 0.3 * w * noise[:, 0], real[:, 0], box_size=8.0)
    assert maps == pytest.approx(1.0, rel=0.2)


def test_a_width_far_off_is_not_followed() -> None:
    real, noise = 1.0 + torch.randn(8, 8, 8, 8), torch.randn(8, 8, 8, 8)
    assert calibrated_width(lambda w: 1.0 + 1e-3 * w * noise, real, box_size=8.0) == pytest.approx(1.5)


def test_optimisers_have_the_decays_and_the_pace_of_the_recipe() -> None:
    weights = [nn.Parameter(torch.zeros(1))]
    updates = UpdatesSection(iterations=10, batch=2, optimiser="rmsprop", betas=(0.0, 0.9), halve_every=5)
    rmsprop = optimiser(updates, weights, rate=0.1)
    assert rmsprop.defaults["alpha"] == 0.9
    assert set_pace(updates, 6, [(rmsprop, 0.1)]) == 0.5
    assert rmsprop.param_groups[0]["lr"] == pytest.approx(0.05)
    adam = optimiser(updates.model_copy(update={"optimiser": "adam"}), weights, rate=0.1)
    assert adam.defaults["betas"] == (0.0, 0.9)
