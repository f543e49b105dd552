"""Pictures and movies, drawn without any X server."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import cosmoloom as cl
from cosmoloom_explorer import scenes
from cosmoloom_explorer.scenes.camera import Camera

pytest.importorskip("pyvista")
SMALL = (160, 120)
KINDS = ["surfaces", "volume", "points", "slices", "peaks"]


@pytest.fixture(autouse=True)
def no_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)


def of_field(scene, **how):
    """The pixels that the field changes: those unlike the same picture with the field left out."""
    with_field = scene.picture(size=(320, 240), **how).astype(int)
    empty = scenes.Scene(tuple(Empty(part) for part in scene.parts)).picture(size=(320, 240), **how)
    return np.abs(with_field - empty).max(axis=-1) > 24


class Empty:
    """A part that draws nothing."""

    def __init__(self, part):
        self.box, self.scale = part.box, part.scale

    def draw(self, plotter, style):
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_the_field_is_drawn_and_follows_the_density(web, kind):
    seen = of_field(getattr(scenes, kind)(web))
    assert 0.003 < seen.mean() < 0.6


@pytest.mark.parametrize("kind", ["points", "volume"])
@pytest.mark.parametrize(
    ("camera", "across", "up"),
    [
        (Camera(azimuth=-90, elevation=90), 0, 1),
        (Camera(azimuth=-90, elevation=0), 0, 2),
        (Camera(azimuth=0, elevation=0), 1, 2),
    ],
)
def test_a_dense_voxel_appears_at_its_place_in_the_box(spark, kind, camera, across, up):
    place = np.array([5.0, 9.0, 15.0]) / 20.0 - 0.5
    rows, columns = np.nonzero(of_field(getattr(scenes, kind)(spark), camera=camera))
    middle = of_field(scenes.slices(spark, position=(10, 10, 10), low=1e-4), camera=camera)
    whole_rows, whole_columns = np.nonzero(middle)
    side = float(np.ptp(whole_columns))
    found = (columns.mean() - whole_columns.mean()) / side, (whole_rows.mean() - rows.mean()) / side
    # Perspective moves what is nearer or farther than the middle by some percent.
    assert found == pytest.approx((place[across], place[up]), abs=0.06)


@pytest.mark.parametrize(
    ("camera", "position", "across", "up"),
    [
        (Camera(azimuth=-90, elevation=90), (0.0, 20.0, 15.0), 0, 1),
        (Camera(azimuth=-90, elevation=0), (0.0, 9.0, 0.0), 0, 2),
        (Camera(azimuth=0, elevation=0), (5.0, 0.0, 0.0), 1, 2),
    ],
)
def test_slices_have_their_voxels_where_they_are(spark, camera, position, across, up):
    def scene(density):
        box = cl.Box.from_array(density, box_size=spark.box_size)
        return scenes.slices(box, position=position, low=0.02, high=1000.0)

    def bright(density):
        shown = scene(density).picture(size=(320, 240), camera=camera).astype(int)
        return np.nonzero(np.abs(shown - dark).max(axis=-1) > 60)

    empty, layer = np.full((10, 10, 10), 0.01), np.full((10, 10, 10), 0.01)
    normal = 3 - across - up
    np.moveaxis(layer, normal, 0)[int(position[normal] / 2)] = 1000.0
    dark = scene(empty).picture(size=(320, 240), camera=camera).astype(int)
    rows, columns = bright(spark.density)
    whole_rows, whole_columns = bright(layer)
    side = float(np.ptp(whole_columns)) + 1
    assert len(rows) == pytest.approx((side / 10) ** 2, rel=0.3)
    place = np.array([5.0, 9.0, 15.0]) / 20.0 - 0.5
    found = (columns.mean() - whole_columns.mean()) / side, (whole_rows.mean() - rows.mean()) / side
    assert found == pytest.approx((place[across], place[up]), abs=0.02)


def test_other_styles_and_cameras_are_other_pictures(web):
    scene = scenes.surfaces(web)
    pictures = [scene.picture(size=SMALL, style=style) for style in ("dark", "light", "publication")]
    pictures.append(scene.picture(size=SMALL, camera=Camera(azimuth=40)))
    assert all(np.abs(a.astype(int) - b).mean() > 1 for i, a in enumerate(pictures) for b in pictures[:i])
    assert pictures[2][0, 0].tolist() == [255, 255, 255]


def test_two_scenes_in_one_box_have_both_colour_bars(web):
    both = scenes.volume(web) + scenes.peaks(web)
    assert [scale.quantity for scale in both.scales] == ["density", "mass"]
    assert both.picture(size=SMALL).std() > 5


def test_a_saved_picture_has_the_size_asked_for(web, tmp_path):
    scenes.slices(web).save(tmp_path / "a.png", size=(200, 150))
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (200, 150)


def test_an_orbit_has_its_frames_and_turns(web, tmp_path):
    imageio = pytest.importorskip("imageio.v3")
    pytest.importorskip("imageio_ffmpeg")
    scene = scenes.slices(web)
    for name in ("a.mp4", "a.gif"):
        scene.orbit(tmp_path / name, frames=5, rate=10, size=SMALL)
        frames = imageio.imread(tmp_path / name, index=None)
        assert frames.shape == (5, 120, 160, 3)
        assert all(np.abs(a.astype(int) - b).mean() > 1 for a, b in zip(frames[1:], frames[:-1], strict=True))
    scene.orbit(tmp_path / "frames", frames=3, size=SMALL)
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == ["0000.png", "0001.png", "0002.png"]


def test_a_quarter_turn_of_the_camera_moves_the_ticks(web):
    plotter = scenes.slices(web).plotter(size=SMALL)
    try:
        def texts():
            return [
                prop.GetPositionCoordinate().GetValue()
                for prop in plotter.renderer.GetViewProps()
                if prop.IsA("vtkTextActor")
            ]

        before = texts()
        plotter.camera.azimuth += 90
        assert texts() != before
    finally:
        plotter.close()


def test_a_script_draws_without_a_display(web, tmp_path):
    np.save(tmp_path / "web.npy", web.density)
    script = (
        "import numpy as np, cosmoloom as cl; from cosmoloom_explorer import scenes; "
        "scenes.surfaces(cl.Box.from_array(np.load('web.npy'), box_size=32)).save('a.png', size=(160, 120))"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(tmp_path / "a.png") as image:
        assert np.asarray(image).std() > 5
