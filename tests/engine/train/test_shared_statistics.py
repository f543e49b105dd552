"""What generated and real volumes must share, and how it is learnt."""

from __future__ import annotations

import torch

from cosmoloom.train.shared_statistics import (
    HIGHEST,
    LOWEST,
    POWER,
    shared_pattern,
    shared_statistics,
    shared_weights,
    voxel_shares,
)

N, BOX_SIZE = 8, 16.0


def _statistics(density: torch.Tensor) -> torch.Tensor:
    return shared_statistics(density, density - 1.0, density - 1.0, box_size=BOX_SIZE)


def test_every_voxel_is_counted_once_however_dense() -> None:
    density = torch.logspace(-6, 6, N**3).view(1, N, N, N)
    torch.testing.assert_close(voxel_shares(density).sum(1), torch.ones(1))
    ends = voxel_shares(torch.tensor([LOWEST / 2, HIGHEST * 2]).view(2, 1, 1, 1))
    assert float(ends[0, 0]) == 1.0
    assert float(ends[1, -1]) > 0.99


def test_the_shares_of_voxels_have_the_gradient_of_their_differences() -> None:
    torch.manual_seed(0)
    density = torch.rand(1, 2, 2, 2, dtype=torch.float64).exp().requires_grad_()
    assert torch.autograd.gradcheck(voxel_shares, density)


def test_roots_tell_apart_ensembles_of_equal_power_and_unequal_scatter() -> None:
    torch.manual_seed(0)
    pattern = torch.randn(1, N, N, N)
    pattern = pattern - pattern.mean()
    alike = 1.0 + torch.cat([pattern, pattern])
    unlike = 1.0 + torch.cat([pattern * 1.9**0.5, pattern * 0.1**0.5])
    n_bins = N // 2
    power, roots = (slice(start, start + n_bins) for start in (POWER, POWER + 2 * n_bins))
    a, b = _statistics(alike).mean(0), _statistics(unlike).mean(0)
    torch.testing.assert_close(a[power], b[power])
    assert (b[roots] < 0.9 * a[roots]).all()


def test_power_beyond_the_largest_wavenumber_has_no_weight() -> None:
    density = torch.rand(2, N, N, N) + 0.5
    weights = shared_weights(N, BOX_SIZE, k_max=2.5 * 2 * torch.pi / BOX_SIZE)
    assert weights.shape == _statistics(density).shape[1:]
    assert weights[POWER : POWER + N // 2].count_nonzero() == 2


def test_a_pattern_that_all_volumes_repeat_is_found_and_independent_volumes_have_none() -> None:
    torch.manual_seed(0)
    independent = torch.randn(64, 2, N, N, N)
    repeated = independent + 2.0 * torch.randn(1, 2, N, N, N)
    assert abs(float(shared_pattern(independent, box_size=BOX_SIZE))) < 0.3
    assert float(shared_pattern(repeated, box_size=BOX_SIZE)) > 2.0
