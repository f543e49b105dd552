"""Laws of noise that is known by its place."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.multiscale.noise import patch_latents, voxel_noise


@pytest.mark.parametrize(
    ("corner", "shape"), [((0, 0, 0), (5, 6, 7)), ((13, 16, 3), (20, 16, 30)), ((31, 0, 39), (9, 1, 1))]
)
def test_noise_of_a_region_is_that_part_of_the_whole(corner: tuple[int, ...], shape: tuple[int, ...]) -> None:
    whole = voxel_noise(3, 1, (0, 0, 0), (40, 40, 40))
    part = tuple(slice(start, start + side) for start, side in zip(corner, shape, strict=True))
    np.testing.assert_array_equal(voxel_noise(3, 1, corner, shape), whole[part])


def test_voxel_noise_is_white_and_gaussian() -> None:
    noise = voxel_noise(1, 2, (0, 0, 0), (64, 64, 64)).astype(np.float64)
    error = noise.size**-0.5
    assert abs(noise.mean()) < 5 * error
    assert abs(noise.var() - 1) < 5 * 2**0.5 * error
    assert abs((noise**4).mean() - 3) < 5 * 96**0.5 * error
    for axis in range(3):
        for lag in (1, 16):
            assert abs((noise * np.roll(noise, lag, axis)).mean()) < 5 * error


def test_seeds_scales_and_places_have_noise_of_their_own() -> None:
    blocks = [voxel_noise(*key, (0, 0, 0), (16, 16, 16)) for key in [(0, 1), (1, 1), (0, 2)]]
    blocks += [voxel_noise(0, 1, corner, (16, 16, 16)) for corner in [(16, 0, 0), (0, 16, 0), (0, 0, 16)]]
    blocks.append(patch_latents(0, 1, [(0, 0, 0)], size=4096).numpy().reshape(16, 16, 16))
    correlation = np.corrcoef([block.ravel() for block in blocks])
    np.testing.assert_allclose(correlation, np.eye(len(blocks)), atol=5 / 64)


@pytest.mark.parametrize("nu", [None, 5.0])
def test_latents_of_a_patch_do_not_depend_on_their_batch(nu: float | None) -> None:
    places = [(0, 1, 2), (3, 0, 0), (2, 1, 0)]
    together = patch_latents(8, 1, places, size=6, nu=nu)
    alone = torch.cat([patch_latents(8, 1, [place], size=6, nu=nu) for place in places])
    assert torch.equal(together, alone)
    assert together.unique().numel() == together.numel()


def test_a_prior_with_heavy_tails_has_its_variance() -> None:
    latents = patch_latents(1, 1, [(i, 0, 0) for i in range(64)], size=2000, nu=10.0, width=2.0)
    torch.testing.assert_close(latents.var(), torch.tensor(4.0 * 10 / 8), rtol=0.03, atol=0)  # about five sigma


def test_seeds_below_zero_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="a seed is a whole number from 0"):
        voxel_noise(-1, 1, (0, 0, 0), (2, 2, 2))
