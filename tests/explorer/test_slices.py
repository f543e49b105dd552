import numpy as np
import pytest

from cosmoloom_explorer import colours
from cosmoloom_explorer.slices import PLANES, slice_image


@pytest.fixture
def marked() -> np.ndarray:
    """A box whose only bright voxel lies at x = 1, y = 4, z = 6."""
    box = np.zeros((8, 8, 8), dtype=np.float32)
    box[1, 4, 6] = 1.0
    return box


@pytest.mark.parametrize(("plane", "position", "column", "height"), [(0, 6, 1, 4), (1, 4, 1, 6), (2, 1, 4, 6)])
def test_an_asymmetric_box_shows_x_y_and_z_the_right_way_round(marked, plane, position, column, height):
    image = slice_image(marked, PLANES[plane], position)
    rows, columns = np.nonzero(image)
    assert columns.tolist() == [column]
    assert rows.tolist() == [7 - height]


def test_the_planes_are_named_by_their_axes():
    assert [plane.title for plane in PLANES] == ["x\N{EN DASH}y", "x\N{EN DASH}z", "y\N{EN DASH}z"]


def test_a_thick_slice_is_the_mean_along_its_normal(marked):
    assert slice_image(marked, PLANES[0], 6, thickness=2).max() == pytest.approx(0.5)


def test_colours_run_from_black_to_bright_and_saturate_beyond_the_contrast():
    pixels = colours.paint(np.array([[-5.0, -1.0, 1.0, 5.0]], dtype=np.float32))
    assert pixels[0, 0] == pixels[0, 1] == colours.table("density")[0]
    assert pixels[0, 2] == pixels[0, 3] == colours.table("density")[255]
