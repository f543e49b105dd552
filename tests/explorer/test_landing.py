"""Volumes while they land: every voxel as finely as it is known."""

import numpy as np
import pytest

from cosmoloom_explorer.landing import EMPTY, KEPT, Landing, Level

KAPPA = 2.0


def colours(density):
    return 2 * density / (density + KAPPA) - 1


def landing(*known: np.ndarray) -> Landing:
    found = Landing((4, 8, 16), 16.0)
    found.kappa = KAPPA
    for scale, array in enumerate(known):
        found.provide(scale, array)
    return found


@pytest.fixture
def start() -> np.ndarray:
    return np.random.default_rng(0).random((4, 4, 4), dtype=np.float32)


@pytest.fixture
def middle() -> np.ndarray:
    """A scale of which one eighth has landed."""
    array = np.full((8, 8, 8), np.nan, dtype=np.float32)
    array[:4, 4:, :4] = np.random.default_rng(1).random((4, 4, 4))
    return array


def test_coarse_voxels_stand_where_fine_ones_are_missing_and_no_half_voxel_aside(start, middle):
    shown = np.asarray(Level(landing(start, middle), 2))
    x, y, z = np.indices((16, 16, 16))
    fine = middle[x // 2, y // 2, z // 2]
    expected = np.where(np.isnan(fine), start[x // 4, y // 4, z // 4], fine)
    np.testing.assert_allclose(shown, colours(expected).transpose(2, 1, 0), rtol=1e-5)


def test_a_slice_is_that_of_the_volume_along_every_axis(start, middle):
    level = Level(landing(start, middle), 2)
    volume = np.asarray(level)
    np.testing.assert_array_equal(level[5], volume[5])
    np.testing.assert_array_equal(level[:, 9, 2:7], volume[:, 9, 2:7])
    np.testing.assert_array_equal(level[3:5, :, -1], volume[3:5, :, -1])


def test_what_lands_comes_into_planes_that_were_read_before(start, middle):
    found = landing(start, np.full_like(middle, np.nan))
    level = Level(found, 2)
    before = [level[z].copy() for z in range(16)]
    found.take()
    found.stage(1)[...] = middle
    np.testing.assert_array_equal(level[5], before[5])  # the viewer has not been told
    found.land(1, (0, 4, 0), (4, 4, 4))
    assert found.take()
    for z in range(16):
        np.testing.assert_array_equal(level[z], np.asarray(Level(landing(start, middle), 2))[z])
    np.testing.assert_array_equal(level[9], before[9])
    assert not found.take()


def test_a_level_shows_nothing_finer_than_itself(start, middle):
    found = landing(start, middle)
    np.testing.assert_allclose(np.asarray(Level(found, 0)), colours(start).T, rtol=1e-5)


def test_nothing_known_is_shown_as_empty():
    assert (Level(landing(), 2)[0] == EMPTY).all()


def test_a_part_cut_out_by_slices_is_read_only_when_it_is_wanted(start, middle):
    found = landing(start, middle)
    part = Level(found, 2)[:, 3:11, 2:14]
    assert (part.shape, part.size, len(found._kept)) == ((16, 8, 12), 16 * 8 * 12, 0)
    volume = np.asarray(Level(landing(start, middle), 2))
    np.testing.assert_array_equal(part[5], volume[5, 3:11, 2:14])
    np.testing.assert_array_equal(np.asarray(part[5:6]), volume[5:6, 3:11, 2:14])
    assert list(found._kept) == [(2, 2, 5)]
    np.testing.assert_array_equal(part[:, 2:4, 1], volume[:, 5:7, 3])
    np.testing.assert_array_equal(np.asarray(part), volume[:, 3:11, 2:14])


def test_few_planes_are_kept(start):
    level = Level(found := landing(start), 2)
    for axis in range(3):
        for at in range(16):
            level[tuple(at if axis == each else slice(None) for each in range(3))]
    assert len(found._kept) == KEPT


def test_what_was_read_while_an_array_moved_is_read_anew(start, middle):
    volume = landing(start, middle)
    volume.take()
    before = volume.read((1, 2, 1)).copy()
    whole = np.random.default_rng(2).random((8, 8, 8), dtype=np.float32)
    volume.exchange(1, whole)
    assert volume.take()
    assert not volume.take()
    assert not np.array_equal(volume.read((1, 2, 1)), before)
    np.testing.assert_array_equal(volume.read((1, 2, 1)), whole[:, :, 1:2])
