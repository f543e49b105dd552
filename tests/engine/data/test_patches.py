"""Laws of patches, neighbours and scales."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.crops import Crops
from cosmoloom.data.patches import BORDERS, critic_view, draw_cubes, join, low_block, split
from cosmoloom.data.pyramid import block_mean, enlarge
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError

M = 4


def positions(n: int) -> torch.Tensor:
    """A field in which every voxel is unlike all others."""
    return 1.0 + torch.arange(n**3, dtype=torch.float32).view(n, n, n)


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Crops:
    """One box of 16^3 different voxels at two redshifts, the later twice the earlier."""
    store = SimulationStore.create(tmp_path_factory.mktemp("patches") / "boxes.zarr")
    group = store.append(
        name="0000", plan={"seed": 1}, cosmology=Cosmology(), box_size=32.0, redshifts=(1.0, 0.0), n=16, mean_count=8.0
    )
    for row in range(2):
        group["cic"][row] = (1 + row) * positions(16).numpy()
    group.attrs["complete"] = True
    return Crops(store, ["0000"], redshifts=(1.0, 0.0))


def test_borders_come_in_raster_order_and_the_patch_comes_last() -> None:
    assert [*BORDERS, (0, 0, 0)] == sorted([*BORDERS, (0, 0, 0)])
    octants = torch.arange(8.0).view(2, 2, 2)
    cube = enlarge(octants, M)[None]
    borders, patch = split(cube)
    assert borders[0, :, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert patch.unique().tolist() == [7]


def test_joined_parts_are_the_cube() -> None:
    cube = torch.rand(3, 2 * M, 2 * M, 2 * M, generator=torch.Generator().manual_seed(1))
    assert torch.equal(join(*split(cube)), cube)


def test_voxels_that_touch_in_space_stand_at_the_same_place_in_patch_and_border() -> None:
    cube = positions(2 * M)[None]
    borders, patch = split(cube)
    first, second, third = (borders[0, BORDERS.index(place)] for place in [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
    assert torch.equal(patch[0, 0] - first[0], torch.full((M, M), 4.0 * M**2))  # one step along x
    assert torch.equal(patch[0, :, 0] - second[:, 0], torch.full((M, M), 2.0 * M))
    assert torch.equal(patch[0, :, :, 0] - third[:, :, 0], torch.full((M, M), 1.0))
    corner = borders[0, BORDERS.index((-1, -1, -1))]
    assert patch[0, 0, 0, 0] - corner[0, 0, 0] == 4 * M**2 + 2 * M + 1


def test_a_drawn_cube_is_a_piece_of_the_box(crops: Crops) -> None:
    rng = np.random.default_rng(3)
    cubes = draw_cubes(crops, rng, np.zeros(20, dtype=np.int64), patch=M, face_share=0.0)
    for cube in cubes:
        place = np.stack(np.unravel_index((cube - 1).astype(int), (16, 16, 16)), axis=-1)
        for axis in range(3):
            step = np.diff(place, axis=axis) % 16
            assert np.isin(step, (0, 1, 15)).all()
            assert (np.count_nonzero(step, axis=-1) == 1).all()  # one neighbour further, along one axis


def test_the_redshift_asked_for_is_the_one_returned(crops: Crops) -> None:
    early, late = (
        draw_cubes(crops, np.random.default_rng(4), np.full(3, row), patch=M, face_share=0.5) for row in (0, 1)
    )
    np.testing.assert_array_equal(late, 2 * early)


def test_faces_are_as_frequent_as_in_a_volume_of_the_size_of_the_box(crops: Crops) -> None:
    cubes = draw_cubes(crops, np.random.default_rng(5), np.zeros(4000, dtype=np.int64), patch=M)
    empty = cubes == 0
    at_face = np.stack([empty[:, 0, -1, -1], empty[:, -1, 0, -1], empty[:, -1, -1, 0]])
    np.testing.assert_allclose(at_face.mean(axis=1), M / 16, atol=0.035)  # five sigma of 4000 draws
    np.testing.assert_allclose(np.cov(at_face)[np.triu_indices(3, 1)], 0.0, atol=0.015)


def test_nothing_lies_beyond_a_face_and_the_patch_stays(crops: Crops) -> None:
    rng = np.random.default_rng(6)
    cubes = torch.from_numpy(draw_cubes(crops, rng, np.zeros(4, dtype=np.int64), patch=M, face_share=1.0))
    borders, patch = split(cubes)
    assert not borders.any()
    assert (patch > 0).all()
    low = block_mean(cubes, 2)
    assert (low_block(low) > 0).all()
    assert torch.equal(low_block(low), block_mean(patch, 2))
    assert low.count_nonzero() == low_block(low).count_nonzero()


def test_boxes_too_small_for_a_patch_and_its_neighbours_are_refused(crops: Crops) -> None:
    with pytest.raises(InvalidInputError, match=r"need boxes of 32\^3 voxels, these have 16\^3"):
        draw_cubes(crops, np.random.default_rng(0), np.zeros(1, dtype=np.int64), patch=16)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_the_critic_sees_a_difference_without_means(factor: int) -> None:
    cube = torch.rand(2, 2 * M, 2 * M, 2 * M, generator=torch.Generator().manual_seed(2))
    low = block_mean(cube, factor)
    view = critic_view(cube, low)
    torch.testing.assert_close(view[:, 0], view[:, 1] + view[:, 2])
    torch.testing.assert_close(block_mean(view[:, 1], factor), low)
    torch.testing.assert_close(block_mean(view[:, 2], factor), torch.zeros_like(low), atol=1e-6, rtol=0)


def test_block_means_keep_the_mass_and_the_places() -> None:
    field = torch.rand(2, 8, 12, 4, generator=torch.Generator().manual_seed(1))
    low = block_mean(field, 4)
    assert low.shape == (2, 2, 3, 1)
    torch.testing.assert_close(low[1, 1, 2, 0], field[1, 4:8, 8:12, 0:4].mean())
    torch.testing.assert_close(low.mean(dim=(1, 2, 3)), field.mean(dim=(1, 2, 3)))


def test_blocks_that_do_not_tile_a_field_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="do not tile"):
        block_mean(torch.ones(6, 6, 6), 4)
