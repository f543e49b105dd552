"""Pixels on the wire: right place, right colour, few bytes."""

import json

import numpy as np
import pytest

from cosmoloom_explorer.slices import PLANES
from ipycosmoloom import Explorer, messages, projection

SLICE_LIMIT, VOLUME_LIMIT = 70_000, 270_000
"""Most bytes of one frame."""


@pytest.fixture
def uneven() -> np.ndarray:
    """A box in which every corner and axis differs, x in [-1, 1]."""
    x, y, z = np.meshgrid(*(np.linspace(0, 1, 8),) * 3, indexing="ij")
    return (0.5 * x + 0.3 * y + 0.15 * z - 0.6).astype(np.float32)


def test_levels_span_the_contrast_and_saturate_beyond_it():
    x = np.array([-2.0, -1.0, 0.0, 1.0, 2.0], dtype=np.float32)
    assert messages.levels(x).tolist() == [0, 0, 128, 255, 255]


@pytest.mark.parametrize("plane", PLANES)
def test_a_slice_has_its_axes_to_the_right_and_upwards(uneven, plane):
    image = messages.slice_levels(uneven, plane, 3)
    place = [3, 3, 3]
    place[plane.across], place[plane.up] = 6, 1
    assert image[8 - 1 - 1, 6] == messages.levels(uneven[tuple(place)])


def test_a_volume_varies_fastest_along_x(uneven):
    levels = messages.volume_levels(uneven).ravel()
    expected = messages.levels(uneven)
    assert levels[:8].tolist() == expected[:, 0, 0].tolist()
    assert levels[::64].tolist() == expected[0, 0, :].tolist()


@pytest.mark.parametrize(
    ("yaw", "pitch", "axis", "flips"),
    [(0, 0, 2, "no"), (90, 0, 0, "mirrored"), (0, 90, 1, "mirrored")],
    ids=["along z", "along x", "along y"],
)
def test_a_picture_along_an_axis_is_the_maximum_along_it(uneven, yaw, pitch, axis, flips):
    image = projection.project(uneven, yaw, pitch)
    inside = image[3:11, 3:11]
    # From +z one sees x to the right and y up; from +x, -z to the right; from +y, x to the right and -z up.
    expected = {
        2: uneven.max(axis=2).T[::-1], 0: uneven.max(axis=0)[::-1, ::-1], 1: uneven.max(axis=1).T,
    }[axis]  # fmt: skip
    np.testing.assert_allclose(inside, expected, atol=1e-5)
    assert np.isnan(image[0, 0])


def test_a_frame_of_64_cubed_keeps_to_its_bytes(page):
    explorer = Explorer(seed=2)
    shown = page(explorer)
    shown.settle()
    sizes = {content["kind"]: _size(content, buffers) for content, buffers in shown.of("frame", "statistics")}
    assert sizes["frame"] < 12_000
    assert sizes["statistics"] < SLICE_LIMIT
    assert len(shown.of("frame")[0][1]) == 2, "both fields"
    explorer.redshift = 0.01
    shown.settle()
    (content, buffers) = shown.of("frame")[-1]
    assert content["arrays"] == ["slice.generated"], "the simulation is the same, and was sent again"
    explorer.ndisplay = 3
    assert explorer.live.loop.run_until(lambda: shown.of("frame")[-1][0]["arrays"] == ["volume.reference"], 60)
    assert max(_size(content, buffers) for content, buffers in shown.of("frame")) < VOLUME_LIMIT
    shown.acknowledge()
    shown.received.clear()
    explorer.redshift = 0.02
    shown.settle()
    (content, buffers) = shown.of("frame")[-1]
    assert content["arrays"] == ["volume.generated"]
    assert 64**3 < _size(content, buffers) < VOLUME_LIMIT
    explorer.close()


def test_a_slice_of_256_squared_keeps_to_its_bytes():
    image = messages.slice_levels(np.zeros((256, 256, 4), dtype=np.float32), PLANES[0], 1)
    assert image.nbytes + 2_000 < SLICE_LIMIT


def test_a_page_without_webgl_gets_pictures_and_turns_them(explorer, page):
    explorer.ndisplay = 3
    shown = page(explorer, webgl=False)
    shown.settle()
    (content, buffers) = shown.of("frame")[-1]
    assert content["arrays"][0] == "picture.generated"
    assert buffers[0].startswith(b"\x89PNG")
    count = len(shown.of("frame"))
    shown.say(kind="set", values={"camera": [80.0, -10.0, 1.0]}, number=1)
    assert explorer.live.loop.run_until(lambda: len(shown.of("frame")) > count, 60)
    assert shown.of("frame")[-1][1][0] != buffers[0]


def test_moving_the_slice_computes_nothing(explorer, page):
    shown = page(explorer)
    shown.settle()
    before = explorer.live.serial
    explorer.slices = (3, 4, 5)
    explorer.live.loop.run_until(lambda: shown.of("frame")[-1][0]["position"] == 5, 30)
    assert explorer.live.serial == before


def _size(content: dict, buffers: list[bytes]) -> int:
    return len(json.dumps(content)) + sum(map(len, buffers))
