import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.map import Map


def test_a_map_knows_its_geometry():
    flat = Map.from_array(np.ones((4, 4)), box_size=8.0, thickness=2.0, redshift=1.0, periodic=True, label="a")
    assert (flat.n, flat.voxel_size, flat.density.dtype) == (4, 2.0, np.float32)
    assert flat.tensor().shape == (4, 4)


@pytest.mark.parametrize(
    ("array", "facts", "words"),
    [
        (np.ones((4, 4, 4)), {}, "square"),
        (np.ones((4, 5)), {}, r"\(4, 5\)"),
        (np.full((4, 4), np.nan), {}, "finite"),
        (np.full((4, 4), np.inf), {}, "finite"),
        (np.full((4, 4), -1.0), {}, "not negative"),
        (np.full((4, 4), "a"), {}, "numeric"),
        (np.ones((4, 4)), {"box_size": 0.0}, "box_size"),
        (np.ones((4, 4)), {"thickness": -1.0}, "thickness"),
        (np.ones((4, 4)), {"redshift": -1.0}, "redshift"),
    ],
)
def test_what_is_no_map_is_refused(array, facts, words):
    with pytest.raises(InvalidInputError, match=words):
        Map.from_array(array, **{"box_size": 8.0, **facts})


def test_double_precision_is_not_taken_silently():
    with pytest.raises(InvalidInputError, match="from_array"):
        Map(density=np.ones((4, 4)), box_size=8.0)
