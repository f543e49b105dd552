"""Laws of patches that are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.nets.srivastava2018.patches import PatchConfig, PatchGenerator
from cosmoloom.pipeline.multiscale.field import ArrayField
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.patch_model import PatchModel
from cosmoloom.pipeline.multiscale.patchwise import weave_patches
from cosmoloom.pipeline.multiscale.reroll import Reroll, RerolledNoise, reroll_patch, reroll_seamless
from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear

GIVEN = Circumstances(seed=3, growth=0.8, box_size=32.0, periodic=True, tile=12)
LOW: NDArray[np.float32] = np.random.default_rng(1).gamma(2.0, 0.5, (19, 19, 19)).astype(np.float32)
N, M = 38, 8
FIRST = Reroll(patch=(0, 1, 2), seed=9)
PATCHES_LOW = LOW[:12, :12, :12]


def whole(refiner: SeamlessRefiner, rerolls: Sequence[Reroll], given: Circumstances) -> NDArray[np.float32]:
    """Return all of a seamless volume that has this noise from the beginning."""
    noise = RerolledNoise(N, given.seed, 1, given.tile, rerolls)
    return RefinedField(refiner, ArrayField(LOW), scale=1, circumstances=given, noise=noise).read((0, 0, 0), (N,) * 3)


def with_pieces(volume: NDArray[np.float32], pieces: Sequence[Landed]) -> NDArray[np.float32]:
    changed = volume.copy()
    for piece in pieces:
        changed[piece.where] = piece.density
    return changed


def rerolled(
    volume: NDArray[np.float32], refiner: SeamlessRefiner, rerolls: Sequence[Reroll], given: Circumstances = GIVEN
) -> NDArray[np.float32]:
    pieces = list(reroll_seamless(volume, LOW, refiner, rerolls, scale=1, circumstances=given))
    assert pieces[-1].share == 1.0
    return with_pieces(volume, pieces)


def distance(patch: tuple[int, int, int], *, periodic: bool) -> NDArray[np.int64]:
    """Return how many voxels each voxel is away from a tile, along the axis where that is most."""
    lines = []
    for index in patch:
        inside = np.arange(index * GIVEN.tile, min((index + 1) * GIVEN.tile, N))
        apart = np.abs(np.arange(N)[:, None] - inside)
        lines.append((np.minimum(apart, N - apart) if periodic else apart).min(axis=1))
    x, y, z = lines
    return np.maximum(np.maximum(x[:, None, None], y[:, None]), z)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("patch", [(0, 1, 2), (3, 3, 0)])
def test_other_noise_in_a_tile_changes_what_the_network_sees_of_it_and_nothing_else(
    refiner: SeamlessRefiner, patch: tuple[int, int, int], periodic: bool
) -> None:
    given = replace(GIVEN, periodic=periodic)
    volume, reroll = whole(refiner, [], given), Reroll(patch=patch, seed=9)
    changed = rerolled(volume, refiner, [reroll], given)
    away = distance(patch, periodic=periodic)
    np.testing.assert_array_equal(changed[away > 2 * refiner.halo], volume[away > 2 * refiner.halo])
    assert (changed[away == 0] != volume[away == 0]).mean() > 0.99
    assert (away > 2 * refiner.halo).any()
    np.testing.assert_array_equal(changed, whole(refiner, [reroll], given))  # no seam where old and new meet


def test_every_parent_keeps_its_mass(refiner: SeamlessRefiner) -> None:
    changed = rerolled(whole(refiner, [], GIVEN), refiner, [FIRST])
    np.testing.assert_allclose(block_mean(torch.from_numpy(changed), 2).numpy(), LOW, rtol=1e-6)


def test_a_seed_makes_one_tile_and_the_volumes_own_brings_the_former_back(refiner: SeamlessRefiner) -> None:
    volume = whole(refiner, [], GIVEN)
    one, again = (rerolled(volume, refiner, [FIRST]) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert (rerolled(volume, refiner, [replace(FIRST, seed=10)]) != one).any()
    np.testing.assert_array_equal(rerolled(one, refiner, [FIRST, replace(FIRST, seed=GIVEN.seed)]), volume)


def test_a_second_tile_leaves_the_first_as_it_is_drawn(refiner: SeamlessRefiner) -> None:
    beside = Reroll(patch=(0, 1, 1), seed=4)
    volume = whole(refiner, [], GIVEN)
    both = rerolled(rerolled(volume, refiner, [FIRST]), refiner, [FIRST, beside])
    np.testing.assert_array_equal(both, whole(refiner, [beside, FIRST], GIVEN))


def model() -> PatchModel:
    """A tiny network of srivastava2018; what it makes is not 0, and depends on every input."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        generator = PatchGenerator(PatchConfig(patch=M, width=4, factor=2, ablation="plain"))
    *_, last = generator.parameters()
    torch.nn.init.ones_(last)
    return PatchModel(generator=generator.eval(), scaling=OfCounts(scaling=ShiftedLogLinear(), mean_count=8.0))


@pytest.fixture(scope="module")
def published() -> NDArray[np.float32]:
    """A volume of 3^3 patches."""
    return with_pieces(np.zeros((24,) * 3, np.float32), list(weave_patches(PATCHES_LOW, [model()], seed=5))[1:])


def anew(
    volume: NDArray[np.float32], place: tuple[int, int, int], seed: int, *, wrapped: bool = False
) -> NDArray[np.float32]:
    reroll = Reroll(patch=place, seed=seed)
    piece = reroll_patch(volume, PATCHES_LOW, model(), reroll, scale=1, wrapped=wrapped)
    assert piece.density.shape == (M, M, M)
    assert piece.corner == tuple(M * index for index in place)
    return piece.density


def test_the_former_seed_brings_a_published_patch_back_and_another_does_not(published: NDArray[np.float32]) -> None:
    for place in product(range(3), repeat=3):
        i, j, k = (M * index for index in place)
        former = published[i : i + M, j : j + M, k : k + M]
        np.testing.assert_allclose(anew(published, place, 5), former, rtol=2e-4, atol=1e-5)
        other = anew(published, place, 6)
        assert (np.abs(other - former) > 1e-3 * former).mean() > 0.9
        np.testing.assert_array_equal(anew(published, place, 6), other)


def test_a_published_patch_sees_its_seven_neighbours_as_they_are_and_no_others(
    published: NDArray[np.float32],
) -> None:
    for place, wrapped in [((1, 1, 1), False), ((1, 1, 1), True), ((0, 1, 2), False), ((0, 1, 2), True)]:
        patch = anew(published, place, 6, wrapped=wrapped)
        for other in product(range(3), repeat=3):
            volume = published.copy()
            i, j, k = (M * index for index in other)
            volume[i : i + M, j : j + M, k : k + M] *= 2
            steps = [b - a for a, b in zip(other, place, strict=True)]
            before = other != place and all((step % 3 if wrapped else step) in (0, 1) for step in steps)
            assert (anew(volume, place, 6, wrapped=wrapped) != patch).any() == before, (place, other)


def test_patches_outside_and_volumes_of_another_size_are_refused(
    refiner: SeamlessRefiner, published: NDArray[np.float32]
) -> None:
    for place in [(3, 0, 0), (0, -1, 0)]:
        with pytest.raises(InvalidInputError, match=r"no patch .*: the volume has patches 0 to 2 along"):
            anew(published, place, 6)
    with pytest.raises(InvalidInputError, match=r"no patch 4,0,0: the volume has patches 0 to 3 along"):
        rerolled(np.zeros((N,) * 3, np.float32), refiner, [Reroll(patch=(4, 0, 0), seed=1)])
    with pytest.raises(InvalidInputError, match=r"makes 38\^3 voxels .* has the shape \(24, 24, 24\)"):
        rerolled(published, refiner, [FIRST])
    with pytest.raises(InvalidInputError, match=r"makes 24\^3 voxels .* has the shape \(16, 16, 16\)"):
        anew(published[:16, :16, :16], (0, 0, 0), 6)
