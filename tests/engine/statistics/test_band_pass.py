from itertools import pairwise

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.band_pass import band_pass

N, SIZE = 16, 32.0
FUNDAMENTAL = 2 * np.pi / SIZE


@pytest.fixture
def density() -> torch.Tensor:
    return torch.exp(torch.randn(N, N, N, generator=torch.Generator().manual_seed(1)))


def test_disjoint_bands_add_up_to_the_overdensity(density):
    edges = (0.0, 0.5, 1.0, 1.7, 100.0)
    parts = [band_pass(density, k_low=a, k_high=b, box_size=SIZE) for a, b in pairwise(edges)]
    torch.testing.assert_close(sum(parts), density - 1, atol=1e-5, rtol=1e-5)


def test_the_mean_squares_of_disjoint_bands_add_up(density):
    low = band_pass(density, k_low=0.0, k_high=1.0, box_size=SIZE).square().mean()
    high = band_pass(density, k_low=1.0, k_high=100.0, box_size=SIZE).square().mean()
    torch.testing.assert_close(low + high, (density - 1).square().mean())


@pytest.mark.parametrize(("multiple", "kept"), [(3, 1.0), (5, 0.0)])
def test_a_plane_wave_passes_its_own_band_only(multiple, kept):
    x = torch.arange(N) * (SIZE / N)
    wave = 0.3 * torch.cos(multiple * FUNDAMENTAL * x)[:, None, None].expand(N, N, N)
    passed = band_pass(1 + wave, k_low=2.5 * FUNDAMENTAL, k_high=3.5 * FUNDAMENTAL, box_size=SIZE)
    torch.testing.assert_close(passed, kept * wave, atol=1e-6, rtol=1e-5)


def test_a_band_between_two_waves_of_the_grid_is_empty(density):
    assert not band_pass(density, k_low=0.1 * FUNDAMENTAL, k_high=0.9 * FUNDAMENTAL, box_size=SIZE).abs().max() > 1e-6


def test_axes_keep_their_places():
    x = torch.arange(N) * (SIZE / N)
    along_z = 1 + 0.3 * torch.cos(2 * FUNDAMENTAL * x).expand(N, N, N)
    passed = band_pass(along_z, k_low=FUNDAMENTAL, k_high=3 * FUNDAMENTAL, box_size=SIZE)
    torch.testing.assert_close(passed, along_z - 1, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("band", [(1.0, 1.0), (2.0, 1.0), (-1.0, 1.0)])
def test_a_band_without_width_is_refused(density, band):
    with pytest.raises(InvalidInputError, match="k_low"):
        band_pass(density, k_low=band[0], k_high=band[1], box_size=SIZE)
