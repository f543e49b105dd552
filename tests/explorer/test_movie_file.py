import numpy as np
import pytest
from PIL import Image

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.movie_file import write_movie

imageio = pytest.importorskip("imageio.v3")
GREYS = [0, 60, 120, 180, 240]


@pytest.fixture
def frames() -> list[np.ndarray]:
    """Frames of 40 by 60 pixels that grow brighter."""
    return [np.full((40, 60, 3), grey, dtype=np.uint8) for grey in GREYS]


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_a_movie_has_its_frames_in_their_order(frames, tmp_path, name):
    if name.endswith("mp4"):
        pytest.importorskip("imageio_ffmpeg")
    write_movie(tmp_path / name, iter(frames), rate=10)
    read = imageio.imread(tmp_path / name, index=None)
    assert read.shape == (5, 40, 60, 3)
    assert read.mean(axis=(1, 2, 3)) == pytest.approx(GREYS, abs=4)


def test_a_name_without_ending_is_a_folder_of_pictures(frames, tmp_path):
    write_movie(tmp_path / "a", frames, rate=10)
    pictures = sorted((tmp_path / "a").iterdir())
    assert [path.name for path in pictures] == [f"{i:04d}.png" for i in range(5)]
    with Image.open(pictures[3]) as image:
        assert np.asarray(image).mean() == GREYS[3]


def test_an_odd_row_is_left_out_of_an_mp4(tmp_path):
    pytest.importorskip("imageio_ffmpeg")
    write_movie(tmp_path / "a.mp4", [np.zeros((41, 61, 3), dtype=np.uint8)] * 2, rate=5)
    assert imageio.imread(tmp_path / "a.mp4", index=None).shape == (2, 40, 60, 3)


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a"])
def test_a_movie_that_was_given_up_leaves_nothing(frames, tmp_path, name):
    def given_up():
        yield from frames[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_movie(tmp_path / name, given_up(), rate=10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "rate", "count", "words"),
    [("a.avi", 10, 1, "a .mp4, a .gif"), ("a.gif", 0, 1, "rate must be above 0"), ("a.gif", 10, 0, "at least one")],
)
def test_what_is_no_movie_is_refused(frames, tmp_path, name, rate, count, words):
    with pytest.raises(InvalidInputError, match=words):
        write_movie(tmp_path / name, frames[:count], rate=rate)
