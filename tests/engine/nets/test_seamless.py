"""Laws of the seamless refiner."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import Contrast, RefinerConfig, SeamlessRefiner, gather, trim


@pytest.fixture
def network() -> SeamlessRefiner:
    torch.manual_seed(2)
    return SeamlessRefiner(RefinerConfig(width=6, depth=3, condition_width=4)).requires_grad_(False)


def conditions(*growth: float) -> tuple[Tensor, Tensor]:
    return torch.tensor(growth), torch.full((len(growth),), 2.0)


def field(side: int, seed: int = 1) -> Tensor:
    return torch.exp(torch.randn(1, side, side, side, generator=torch.Generator().manual_seed(seed)))


def white(side: int, seed: int = 3) -> Tensor:
    return torch.randn(1, side, side, side, generator=torch.Generator().manual_seed(seed))


def test_children_share_the_mass_of_their_parent(network: SeamlessRefiner) -> None:
    coarse = field(10) * 100.0
    fine = network(coarse, white(20), *conditions(0.7))
    assert fine.shape == (1, 8, 8, 8)
    torch.testing.assert_close(block_mean(fine, 2), trim(coarse, 3), rtol=1e-6, atol=0)
    assert (fine >= 0).all()
    assert (fine.std() > trim(coarse, 3).std()).all()


def test_a_result_depends_on_its_surroundings_and_on_nothing_else(network: SeamlessRefiner) -> None:
    coarse, noise = field(13), white(26)
    whole = network(coarse, noise, *conditions(0.7))
    part = network(coarse[:, 2:11, 1:10, 3:12], noise[:, 4:22, 2:20, 6:24], *conditions(0.7))
    torch.testing.assert_close(part, whole[:, 4:10, 2:8, 6:12], rtol=1e-5, atol=1e-6)
    changed = coarse.clone()
    changed[0, 0, 6, 6] *= 2
    reach = (network(changed, noise, *conditions(0.7)) != whole).nonzero()[:, 1]
    assert reach.max() == 1  # the children of the first parent only: the halo is as wide as it must be
    assert len(reach) > 0


def test_noise_growth_and_voxel_size_all_matter(network: SeamlessRefiner) -> None:
    torch.nn.init.normal_(network.modulations[0].weight)
    coarse = field(8)
    one = network(coarse, white(16), *conditions(0.7))
    for other in (
        network(coarse, white(16, seed=4), *conditions(0.7)),
        network(coarse, white(16), *conditions(0.4)),
        network(coarse, white(16), torch.tensor([0.7]), torch.tensor([1.0])),
    ):
        assert ((other - one).abs() > 1e-4 * one).float().mean() > 0.9


def test_without_details_it_interpolates(network: SeamlessRefiner) -> None:
    for weight in (network.last.weight, network.last.bias, network.grain.weight):
        torch.nn.init.zeros_(weight)
    slope = torch.exp(0.1 * torch.arange(10.0))[None, :, None, None].expand(1, 10, 10, 10)
    fine = network(slope - 0.02, white(20), *conditions(0.7))
    steps = (fine + 0.02).log().diff(dim=1)
    torch.testing.assert_close(steps, torch.full_like(steps, 0.05), atol=2e-3, rtol=0)


def test_gathered_children_stand_behind_their_parent() -> None:
    fine = torch.arange(4.0 * 6 * 8).view(1, 4, 6, 8)
    assert gather(fine).shape == (1, 8, 2, 3, 4)
    torch.testing.assert_close(gather(fine).mean(1), block_mean(fine, 2))
    assert gather(fine)[0, :, 1, 2, 3].tolist() == fine[0, 2:4, 4:6, 6:8].flatten().tolist()


def test_contrast_follows_growth_and_voxel_size() -> None:
    rng = np.random.default_rng(0)
    growth, voxel_size = rng.uniform(0.3, 1.0, 6), rng.uniform(1.0, 4.0, 6)
    measured = np.column_stack(
        [-0.3 + 0.1 * np.log(growth), growth / voxel_size**0.5, 0.5 * growth**0.8 * voxel_size**-0.2]
    )
    contrast = Contrast.fit(growth, voxel_size, measured)
    found = contrast(torch.tensor([0.5]), torch.tensor([2.0]))
    expected = (-0.3 + 0.1 * np.log(0.5), 0.5 / 2**0.5, 0.5 * 0.5**0.8 * 2**-0.2)
    assert [value.item() for value in found] == pytest.approx(expected, rel=1e-5)


def test_one_measurement_is_reproduced() -> None:
    contrast = Contrast.fit(np.array([0.5]), np.array([2.0]), np.array([[-0.4, 0.9, 0.3]]))
    found = contrast(torch.tensor([0.5]), torch.tensor([2.0]))
    assert [value.item() for value in found] == pytest.approx((-0.4, 0.9, 0.3), rel=1e-5)


def test_a_refiner_of_one_layer_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="2 or more convolutions"):
        RefinerConfig(depth=1)
