"""Laws of projected slabs and thin slices."""

import numpy as np
import pytest

from cosmoloom.box import Box
from cosmoloom.data.projections import all_slabs, project
from cosmoloom.errors import InvalidInputError


def box(n=8, *, periodic=True):
    density = np.random.default_rng(n).lognormal(size=(n, n, n)).astype(np.float32)
    return Box(density=density, box_size=2.0 * n, redshift=0.5, periodic=periodic, label="test")


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slabs_hold_the_mass_of_the_box(axis):
    volume = box()
    maps = [project(volume, axis=axis, start=start, thickness=4.0) for start in (0.0, 4.0, 8.0, 12.0)]
    mass = sum(flat.density.sum(dtype=np.float64) * flat.thickness for flat in maps)
    assert mass == pytest.approx(volume.density.sum(dtype=np.float64) * volume.voxel_size, rel=1e-6)
    assert {(flat.box_size, flat.redshift, flat.periodic, flat.label) for flat in maps} == {(16.0, 0.5, True, "test")}


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_slab_of_one_voxel_is_a_slice(axis):
    volume = box()
    flat = project(volume, axis=axis, start=6.0, thickness=volume.voxel_size)
    np.testing.assert_array_equal(flat.density, np.take(volume.density, 3, axis=axis))


def test_the_whole_depth_is_the_mean_along_the_axis():
    volume = box()
    flat = project(volume, axis=1)
    np.testing.assert_allclose(flat.density, volume.density.mean(axis=1), rtol=1e-6)
    assert flat.thickness == volume.box_size
    assert flat.voxel_size == volume.voxel_size


def test_a_slab_wraps_around_a_periodic_box_only():
    volume = box()
    turned = Box(density=np.roll(volume.density, 2, axis=2), box_size=16.0, periodic=True)
    wrapped, plain = project(volume, start=12.0, thickness=6.0), project(turned, start=0.0, thickness=6.0)
    np.testing.assert_array_equal(wrapped.density, plain.density)
    with pytest.raises(InvalidInputError, match="leaves this box"):
        project(box(periodic=False), start=12.0, thickness=6.0)


def test_all_slabs_are_those_projected_one_by_one():
    volume = box()
    slabs = all_slabs(volume.density[None], 2)
    assert slabs.shape == (12, 1, 8, 8)
    single = [project(volume, axis=a, start=s, thickness=4.0) for a in (0, 1, 2) for s in (0.0, 4.0, 8.0, 12.0)]
    np.testing.assert_array_equal(slabs[:, 0], np.stack([flat.density for flat in single]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: project(box(), axis=3), "axis"),
        (lambda: project(box(), thickness=3.0), "multiple of the voxel size of 2 Mpc/h"),
        (lambda: project(box(), thickness=0.0), "2 to 16 Mpc/h"),
        (lambda: project(box(), thickness=18.0), "2 to 16 Mpc/h"),
        (lambda: project(box(), start=0.5, thickness=2.0), "start"),
        (lambda: project(box(), thickness=float("nan")), "thickness"),
        (lambda: all_slabs(box().density[None], 3), "do not fill"),
    ],
)
def test_what_cannot_be_projected_is_refused(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()
