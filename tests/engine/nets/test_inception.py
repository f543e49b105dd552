"""An inception block that runs as one convolution is the block."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from cosmoloom.nets.inception import Inception, MergedInception
from cosmoloom.nets.power_estimate import PowerEstimate


def branch_by_branch(block: MergedInception, x: torch.Tensor) -> torch.Tensor:
    """Run the branches one after the other, each padded as it would be on its own, and merge them."""
    outputs = []
    for size, branch in zip(block.kernels, block.branches, strict=True):
        missing = size - block.stride if size > block.stride else 0
        if size % 2:
            before, after = size // 2, max(missing, size // 2 * 2) - size // 2
        else:
            before, after = missing // 2, missing - missing // 2
        outputs.append(
            functional.conv3d(
                functional.pad(x, (before, after) * 3), branch.weight, branch.bias, stride=block.stride
            )
        )
    return functional.conv3d(torch.cat(outputs, dim=1), block.merge.weight, block.merge.bias)


@pytest.mark.parametrize("kernels", [(1, 2, 4), (1, 3, 5)])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_merged_block_is_its_branches(kernels, stride):
    torch.manual_seed(1)
    block = MergedInception(3, 5, kernels=kernels, stride=stride, wrap=spectral_norm).eval()
    for layer in (*block.branches, block.merge):
        torch.nn.init.normal_(layer.bias)
    x = torch.randn(2, 3, 8, 8, 8)
    y = block(x)
    assert y.shape == (2, 5, *(8 // stride,) * 3)
    torch.testing.assert_close(y, branch_by_branch(block, x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("stride", "transposed", "side"), [(1, False, 8), (2, False, 4), (2, True, 16)])
def test_concatenated_blocks_keep_halve_or_double_the_grid(stride, transposed, side):
    block = Inception(3, 2, stride=stride, transposed=transposed)
    assert block(torch.zeros(1, 3, 8, 8, 8)).shape == (1, 6, side, side, side)


def test_a_volume_of_64_voxels_has_as_many_powers_as_the_paper_counts():
    assert PowerEstimate(64).shells == 1914


def test_power_is_the_mean_over_all_modes_of_equal_length():
    n = 8
    field = torch.randn(2, n, n, n, generator=torch.Generator().manual_seed(1))
    modes = torch.fft.fftn(field, dim=(1, 2, 3)).abs().square() / n**3
    k = torch.fft.fftfreq(n, 1 / n).round().long()
    lengths = (k[:, None, None] ** 2 + k[None, :, None] ** 2 + k**2).flatten()
    expected = torch.stack([modes.flatten(1)[:, lengths == length].mean(1) for length in lengths.unique()], dim=1)
    torch.testing.assert_close(PowerEstimate(n)(field), expected.log1p(), rtol=1e-4, atol=1e-5)
