import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import scenes

pytest.importorskip("pyvista")


@pytest.fixture(scope="module")
def ball() -> cl.Box:
    """ln rho falls linearly with the distance from (20, 12, 16) Mpc/h, rho = 10 at 6 Mpc/h."""
    centres = np.arange(0.5, 32)
    x, y, z = np.meshgrid(centres, centres, centres, indexing="ij")
    radius = np.sqrt((x - 20) ** 2 + (y - 12) ** 2 + (z - 16) ** 2)
    return cl.Box.from_array(10.0 * np.exp(0.3 * (6.0 - radius)), box_size=32.0)


def test_the_surface_of_a_ball_has_its_radius_and_its_place(ball):
    (part,) = scenes.surfaces(ball, levels=[10]).parts
    distance = np.linalg.norm(part.mesh(10.0).points - (20, 12, 16), axis=1)
    assert distance == pytest.approx(6.0, abs=0.03)


def test_a_denser_surface_lies_inside(ball):
    (part,) = scenes.surfaces(ball, levels=[5, 20]).parts
    assert part.mesh(20.0).volume < part.mesh(5.0).volume


def test_the_dense_voxel_is_a_point_where_it_is(spark):
    (part,) = scenes.points(spark).parts
    cloud = part.cloud()
    assert cloud.points == pytest.approx(np.array([[5.0, 9.0, 15.0]]))
    assert cloud["share"] == pytest.approx(5.0 / 20.0)


def test_points_grow_with_the_fifth_power_in_area():
    density = np.full((4, 4, 4), 1e-3)
    density[1, 1, 1], density[2, 2, 2] = 7.7, 1e6
    (part,) = scenes.points(cl.Box.from_array(density, box_size=4.0), kappa=7.7).parts
    small, large = part.cloud()["radius"]
    assert (small / large) ** 2 == pytest.approx(0.5**5, rel=1e-3)


def test_a_peak_weighs_what_the_voxels_around_it_hold(spark):
    (part,) = scenes.peaks(spark, lowest=100).parts
    mean = 2.775e11 * cl.Cosmology().Omega_m
    assert part.positions == pytest.approx(np.array([[5.0, 9.0, 15.0]]))
    assert part.masses == pytest.approx([1000.26 * 8 * mean], rel=1e-3)
    assert 4 / 3 * np.pi * part.radii**3 * 200 * mean == pytest.approx(part.masses, rel=1e-3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda box: scenes.surfaces(box, levels=[]), "levels are densities above 0"),
        (lambda box: scenes.surfaces(box, levels=[1e9]), "none of the levels 1e"),
        (lambda box: scenes.volume(box, low=3, high=2), "0 < low < high"),
        (lambda box: scenes.points(box, kappa=0), "kappa must be above 0"),
        (lambda box: scenes.slices(box, position=(1, 2, 99)), "from 0 to 32 Mpc/h"),
        (lambda box: scenes.peaks(box, lowest=1e9), "no peak of this box reaches"),
        (lambda box: scenes.surfaces(box).save("a.pdf"), "a picture is a .png"),
        (lambda box: scenes.surfaces(box).save("a.png", style="loud"), "one of dark, light, publication"),
        (lambda box: scenes.surfaces(box).save("a.png", size=(5, 5)), "64 to 8192 pixels"),
        (lambda box: scenes.surfaces(box).orbit("a.avi"), "a movie is a .mp4"),
        (lambda box: scenes.Camera(elevation=100), "elevation must lie in"),
    ],
)
def test_what_cannot_be_drawn_is_refused(web, make, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInputError, match=words):
        make(web)
    assert not list(tmp_path.iterdir())


def test_scenes_of_boxes_of_different_sides_do_not_mix(web, spark):
    with pytest.raises(InvalidInputError, match="20 and 32 Mpc/h"):
        scenes.slices(web) + scenes.slices(spark)
