"""Laws of random crops: true parts of whole boxes or slabs, in every place and under every symmetry."""

import numpy as np
import pytest

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.crops import Crops
from cosmoloom.data.projections import all_slabs
from cosmoloom.data.smoothing import Smoothing
from cosmoloom.data.store import SimulationStore
from cosmoloom.data.symmetries import SYMMETRIES
from cosmoloom.errors import InvalidInputError

N, REDSHIFTS = 6, (1.0, 0.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> SimulationStore:
    """Two boxes in which no two voxels are equal; the second snapshot is the first plus 1."""
    made = SimulationStore.create(tmp_path_factory.mktemp("crops") / "boxes.zarr")
    for index, name in enumerate(("a", "b")):
        group = made.append(
            name=name, plan={"seed": index}, cosmology=Cosmology(), box_size=2.0 * N, redshifts=REDSHIFTS, n=N,
            mean_count=1.0,
        )
        field = np.random.default_rng(index).random((N, N, N))
        group["cic"][:] = np.stack([field, field + 1])
        group["ngp"][:] = 0
        group.attrs["complete"] = True
    return made


def draw(crops: Crops, count: int, *, n: int):
    return crops.draw(np.random.default_rng(0), np.tile((0, 1), (count, 1)), n=n)


def turn(field, symmetry):
    """The cube or square of the last axes with its axes in another order, then flipped."""
    order, signs = symmetry
    lead = field.ndim - len(order)
    axes = (*range(lead), *(lead + axis for axis in order))
    return field.transpose(axes)[(..., *(slice(None, None, sign) for sign in signs))]


def corner_patches(whole, n):
    """Every periodic crop of a whole field, by its corner, (m^d, n, ..)."""
    wrapped = np.pad(whole, [(0, n - 1)] * whole.ndim, mode="wrap")
    return np.lib.stride_tricks.sliding_window_view(wrapped, (n,) * whole.ndim).reshape(-1, *(n,) * whole.ndim)


@pytest.mark.parametrize("thickness", [None, 4.0])
def test_crops_come_from_all_places_under_all_symmetries(store, thickness):
    crops = Crops(store, ["a", "b"], redshifts=REDSHIFTS, thickness=thickness)
    wholes, n = crops.fields(0), 2
    dimensions = 3 if thickness is None else 2
    assert crops.dimensions == dimensions
    assert len(wholes) == (2 if dimensions == 3 else 2 * 3 * N // 2)
    patches = np.stack([corner_patches(whole, n) for whole in wholes])  # (whole, corner, n, ..)
    turned = np.stack([turn(patches, symmetry) for symmetry in SYMMETRIES[dimensions]], axis=2)
    place = {field.tobytes(): index for index, field in enumerate(turned.reshape(-1, n**dimensions))}
    assert len(place) * n**dimensions == turned.size  # no two are equal
    drawn = draw(crops, 2000, n=n)[:, 0]
    found = np.array([place[crop.tobytes()] for crop in drawn])  # a KeyError were a crop of nowhere
    whole, corner, symmetry = np.unravel_index(found, turned.shape[:3])
    for index, size in ((whole, len(wholes)), (corner, N**dimensions), (symmetry, turned.shape[2])):
        counts = np.bincount(index, minlength=size)
        assert counts.min() > 0 if size <= 64 else counts.max() < 12 * 2000 / size
        assert ((counts - 2000 / size) ** 2).sum() / (2000 / size) < size + 5 * np.sqrt(2 * size)  # chi squared


def test_a_square_has_8_symmetries_and_a_cube_48_all_different():
    for dimensions, count in ((2, 8), (3, 48)):
        field = np.arange(3.0**dimensions).reshape((3,) * dimensions)
        turned = {turn(field, symmetry).tobytes() for symmetry in SYMMETRIES[dimensions]}
        assert len(SYMMETRIES[dimensions]) == len(turned) == count


def test_crops_do_not_depend_on_how_many_are_cut_at_a_time(store, monkeypatch):
    crops = Crops(store, ["a", "b"], redshifts=REDSHIFTS)
    alone = draw(crops, 30, n=4)
    monkeypatch.setattr("cosmoloom.data.crop_compiled.THREADS", 5)
    np.testing.assert_array_equal(draw(crops, 30, n=4), alone)


@pytest.mark.parametrize("thickness", [None, 4.0])
def test_redshifts_of_a_crop_show_the_same_place(store, thickness):
    fields = draw(Crops(store, ["a", "b"], redshifts=REDSHIFTS, thickness=thickness), 20, n=3)
    np.testing.assert_allclose(fields[:, 0] + 1, fields[:, 1], rtol=1e-6)


def test_maps_are_the_slabs_of_the_boxes(store):
    crops = Crops(store, ["b"], redshifts=REDSHIFTS, thickness=6.0)
    expected = all_slabs(store["b"].density(0.0)[None], 3)[:, 0]
    np.testing.assert_array_equal(np.stack(crops.fields(1)), expected)
    assert draw(crops, 5, n=4).shape == (5, 2, 4, 4)


def test_coarse_maps_hold_the_mass_of_the_box(store):
    crops = Crops(store, ["a"], redshifts=REDSHIFTS, coarsen=2, thickness=4.0)
    assert (crops.n, crops.voxel_size) == (3, 4.0)
    assert np.mean(crops.fields(0)) == pytest.approx(store["a"].density(1.0).mean(), rel=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"coarsen": 4}, "tile 6 x 6 x 6"), ({"thickness": 8.0}, "do not fill"), ({"thickness": 3.0}, "multiple")],
)
def test_what_does_not_divide_is_refused(store, options, words):
    with pytest.raises(InvalidInputError, match=words):
        Crops(store, ["a"], redshifts=REDSHIFTS, **options)


def test_crops_larger_than_the_boxes_are_refused(store):
    with pytest.raises(InvalidInputError, match="do not fit into boxes of 6"):
        draw(Crops(store, ["a"], redshifts=REDSHIFTS), 1, n=7)


def test_smoothed_boxes_have_larger_voxels(store):
    crops = Crops(store, ["a"], redshifts=REDSHIFTS, smoothing=Smoothing(sigma=1.0, stride=3))
    assert (crops.n, crops.voxel_size) == (2, 6.0)
    np.testing.assert_array_equal(crops.fields(0)[0], Smoothing(sigma=1.0, stride=3)(store["a"].density(1.0)))
