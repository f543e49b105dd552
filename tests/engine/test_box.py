import numpy as np
import pytest

from cosmoloom import Box
from cosmoloom.errors import CosmoloomError, InvalidInputError


@pytest.fixture
def ramp() -> Box:
    """A box whose every voxel tells its own place: x + 10 y + 100 z."""
    x, y, z = np.meshgrid(*[np.arange(6.0)] * 3, indexing="ij")
    return Box.from_array(x + 10 * y + 100 * z, box_size=12.0, redshift=0.5, periodic=True)


def test_axes_are_x_y_z_in_c_order(ramp):
    assert ramp.density[1, 2, 3] == 321
    assert ramp.density.flags.c_contiguous
    assert ramp.density.dtype == np.float32


def test_voxel_size_is_side_over_voxels(ramp):
    assert (ramp.n, ramp.voxel_size) == (6, 2.0)


def test_counts_become_density_when_divided_by_their_mean():
    counts = np.full((4, 4, 4), 16, dtype=np.int32)
    assert (Box.from_array(counts, box_size=4, mean_count=8).density == 2.0).all()


def test_a_crop_of_a_periodic_box_wraps_around_and_is_periodic_no_more(ramp):
    part = ramp.crop((5, 0, 4), 3)
    assert part.density[1, 0, 2] == ramp.density[0, 0, 0]
    assert part.box_size == 6.0
    assert not part.periodic
    assert part.redshift == ramp.redshift


def test_the_whole_as_a_crop_stays_periodic(ramp):
    assert ramp.crop((0, 0, 0), 6).periodic


def test_a_crop_of_an_open_box_must_lie_inside():
    box = Box.from_array(np.ones((4, 4, 4)), box_size=4)
    with pytest.raises(InvalidInputError, match="leaves this box"):
        box.crop((2, 0, 0), 3)
    with pytest.raises(InvalidInputError, match="2 to 4 voxels"):
        box.crop((0, 0, 0), 5)


def test_tensor_shares_the_numbers(ramp):
    assert ramp.tensor().shape == (6, 6, 6)
    assert float(ramp.tensor()[1, 2, 3]) == 321


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((4, 4)), "cube"),
        (np.ones((4, 4, 5)), "cube"),
        (np.ones((1, 1, 1)), "cube"),
        (np.full((2, 2, 2), np.nan), "8 voxels that are NaN"),
        (np.full((2, 2, 2), np.inf), "NaN or infinite"),
        (np.full((2, 2, 2), -0.5), "negative"),
        (np.full((2, 2, 2), "a"), "numeric"),
        (np.full((2, 2, 2), 1j), "numeric"),
    ],
)
def test_what_is_no_density_is_refused(array, message):
    with pytest.raises(InvalidInputError, match=message):
        Box.from_array(array, box_size=1.0)


@pytest.mark.parametrize("facts", [{"box_size": 0}, {"box_size": -1}, {"box_size": np.nan}])
def test_a_size_is_positive(facts):
    with pytest.raises(InvalidInputError, match="box_size"):
        Box.from_array(np.ones((2, 2, 2)), **facts)


@pytest.mark.parametrize("redshift", [-0.1, np.nan, np.inf])
def test_a_redshift_is_zero_or_above(redshift):
    with pytest.raises(InvalidInputError, match="redshift"):
        Box.from_array(np.ones((2, 2, 2)), box_size=1.0, redshift=redshift)


def test_refusals_are_value_errors_too():
    assert issubclass(InvalidInputError, ValueError)
    assert issubclass(InvalidInputError, CosmoloomError)
