import numpy as np
import pytest

from cosmoloom_explorer.box_frame import labels, nice_ticks, tick_edges

VIEWS = np.random.default_rng(1).normal(size=(50, 3))
UP = np.array([0.0, 1.0, 0.0])


def on_screen(points: np.ndarray, view: np.ndarray) -> np.ndarray:
    """Project points of shape (m, 3) to right and up, for a camera that is held upright."""
    view = view / np.linalg.norm(view)
    up = UP - (UP @ view) * view
    up /= np.linalg.norm(up)
    return points @ np.stack([np.cross(view, up), up]).T


def in_hull(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    from scipy.spatial import Delaunay

    return Delaunay(corners).find_simplex(points) >= 0


@pytest.mark.parametrize("view", VIEWS)
def test_labels_stand_outside_of_the_box_on_screen(view):
    up = UP - (UP @ view) * view / (view @ view)
    corners = on_screen(np.array([[x, y, z] for x in (0, 64) for y in (0, 64) for z in (0, 64)], float), view)
    for edge in tick_edges(view, up):
        positions, _ = labels(edge, 64.0)
        assert not in_hull(on_screen(positions, view), corners).any()


def test_seen_from_the_front_x_is_below_and_y_on_the_left():
    x, y, _ = tick_edges((-0.1, -0.2, -1.0), UP)
    assert x.start[1] == 0.0
    assert y.start[0] == 0.0


@pytest.mark.parametrize("box_size", [1.0, 16.0, 64.0, 128.0, 350.0, 512.0])
def test_ticks_are_few_and_round_and_within_the_box(box_size):
    ticks = nice_ticks(box_size)
    assert 3 <= len(ticks) <= 6
    assert ticks[0] == 0.0
    assert ticks[-1] <= box_size
    step = ticks[1] / 10 ** np.floor(np.log10(ticks[1]))
    assert min(abs(step - nice) for nice in (1, 2, 5)) < 1e-9


def test_a_label_stands_at_its_value():
    edge = tick_edges((-0.1, -0.2, -1.0), UP)[0]
    positions, texts = labels(edge, 64.0)
    assert texts == ["0", "20", "40", "60", "x"]
    np.testing.assert_allclose(positions[:-1, 0], [0, 20, 40, 60])
