"""Laws of the Minkowski functionals and of their Gaussian prediction."""

import json
import runpy
from math import pi
from pathlib import Path

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import minkowski_functionals, minkowski_gaussian

SCRIPT = Path(__file__).parent / "oracles" / "minkowski_table.py"


def distance(n, centre):
    axes = [torch.arange(n, dtype=torch.float64) - c for c in centre]
    return axes[0][:, None, None], axes[1][:, None], axes[2]


def ball(n, radius, centre):
    """Height that is positive inside a ball."""
    x, y, z = distance(n, centre)
    return radius - (x**2 + y**2 + z**2).sqrt()


def torus(n, large, small, centre):
    x, y, z = distance(n, centre)
    return small - (((x**2 + y**2).sqrt() - large) ** 2 + z**2).sqrt()


def totals(height, *, voxel=1.0, periodic=True):
    """Return V0 ... V3 of one shape: densities times the volume they are averaged over."""
    n = height.shape[-1]
    result = minkowski_functionals(height, thresholds=[0.0], box_size=n * voxel, periodic=periodic)
    volume = (n if periodic else n - 1) ** 3 * voxel**3
    share = result.v0 * (n * voxel) ** 3
    return float(share), *(float(v) * volume for v in (result.v1, result.v2, result.v3))


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("voxel", [1.0, 0.5])
def test_a_ball_has_its_volume_surface_curvature_and_one_piece(voxel, periodic):
    radius = 14.3 * voxel
    v0, v1, v2, v3 = totals(ball(40, 14.3, (19.6, 20.2, 18.9)), voxel=voxel, periodic=periodic)
    assert v0 == pytest.approx(4 / 3 * pi * radius**3, rel=0.01)
    assert v1 == pytest.approx(4 * pi * radius**2 / 6, rel=0.01)
    assert v2 == pytest.approx(4 / 3 * radius, rel=0.05)
    assert v3 == pytest.approx(1.0)


def test_a_ball_across_the_border_is_one_piece_if_the_border_is_periodic():
    shape = ball(40, 9.4, (20, 20, 20)).roll((20, 20, 20), (0, 1, 2))
    assert totals(shape)[1:] == pytest.approx(totals(ball(40, 9.4, (20, 20, 20)))[1:])
    # Open borders cut the ball into eight corners: the cuts are no surface, and each corner is an eighth of a piece.
    assert totals(shape, periodic=False)[1] == pytest.approx(4 * pi * 9.4**2 / 6, rel=0.15)
    assert totals(shape, periodic=False)[3] == pytest.approx(1.0)


def test_topology_counts_pieces_tunnels_and_cavities():
    ring = torus(40, 11.2, 4.6, (20, 20, 20))
    shell = torch.minimum(ball(40, 14.0, (20, 20, 20)), -ball(40, 7.0, (20, 20, 20)))
    balls = torch.maximum(ball(40, 5.2, (8, 8, 8)), ball(40, 6.3, (28, 27, 26)))
    assert totals(ring)[3] == pytest.approx(0.0, abs=1e-9)
    assert totals(ring)[0] == pytest.approx(2 * pi**2 * 11.2 * 4.6**2, rel=0.02)
    assert totals(shell)[3] == pytest.approx(2.0)
    assert totals(balls)[3] == pytest.approx(2.0)
    assert totals(torch.maximum(ring, balls - 100))[3] == pytest.approx(0.0, abs=1e-9)


def test_nothing_and_everything_have_no_surface():
    height = torch.rand(8, 8, 8, generator=torch.Generator().manual_seed(0))
    for periodic in (True, False):
        result = minkowski_functionals(height, thresholds=[-1.0, 2.0], box_size=8.0, periodic=periodic)
        assert result.v0.tolist() == [1.0, 0.0]
        for v in (result.v1, result.v2, result.v3):
            assert v.abs().max() < 1e-14


def gaussian_fields(count, n, *, length, seed=0):
    k = torch.fft.fftfreq(n, dtype=torch.float64) * 2 * pi
    squared = k[:, None, None] ** 2 + k[:, None] ** 2 + k[: n // 2 + 1] ** 2
    noise = torch.randn(count, n, n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    modes = torch.fft.rfftn(noise, dim=(-3, -2, -1)) * (-squared * length**2 / 2).exp()
    fields = torch.fft.irfftn(modes, s=(n, n, n), dim=(-3, -2, -1))
    return fields / fields.std()


@pytest.mark.parametrize("periodic", [True, False])
def test_gaussian_fields_agree_with_their_prediction(periodic):
    fields = gaussian_fields(24, 48, length=2.5)
    part = fields if periodic else fields[:, :36, :36, :36]
    options = {
        "thresholds": [-2.0, -1.0, 0.0, 1.0, 2.0],
        "unit": "sigma",
        "box_size": 2.0 * part.shape[-1],
        "periodic": periodic,
    }
    measured, predicted = minkowski_functionals(part, **options), minkowski_gaussian(part, **options)
    for name, resolution in {"v0": 0.004, "v1": 0.01, "v2": 0.05, "v3": 0.08}.items():
        difference = getattr(measured, name) - getattr(predicted, name)
        error = difference.std(0) / len(part) ** 0.5
        height = getattr(predicted, name).mean(0).abs().max()
        assert (difference.mean(0).abs() < 4 * error + resolution * height).all(), name
        assert error.max() < 0.05 * height, name


def test_prediction_knows_the_correlation_of_its_field():
    length, voxel = 2.5, 2.0
    fields = gaussian_fields(8, 48, length=length)
    result = minkowski_gaussian(fields, thresholds=[0.0], box_size=48 * voxel, periodic=True)
    sigma_1 = (3 / 2) ** 0.5 / (length * voxel)  # of exp(-r^2 / (4 length^2)), which falls by r^2 sigma_1^2 / 6
    scale = sigma_1 / (6 * pi) ** 0.5
    assert result.v1.mean() == pytest.approx(2 / 3 * scale / (2 * pi) ** 0.5, rel=0.03)
    assert result.v3.mean() == pytest.approx(-(scale**3) / (2 * pi) ** 0.5, rel=0.08)


def test_the_cosmic_web_is_not_gaussian():
    web = (gaussian_fields(8, 48, length=2.5) - 0.5).exp()
    options = {"unit": "sigma", "box_size": 48.0, "periodic": True}
    measured, predicted = minkowski_functionals(web, **options), minkowski_gaussian(web, **options)
    assert (measured.v3 - predicted.v3).abs().max() > 0.5 * predicted.v3.abs().max()


def test_units_differ_only_in_how_thresholds_are_told():
    density = 1 + 0.2 * gaussian_fields(3, 16, length=1.5)
    sigma = [(one.mean(), one.std(correction=0)) for one in density]
    in_sigma = minkowski_functionals(density, thresholds=[-1.0, 0.5], unit="sigma", box_size=16.0)
    expected = minkowski_gaussian(density, thresholds=[-1.0, 0.5], unit="sigma", box_size=16.0)
    for i, (mean, scatter) in enumerate(sigma):
        levels = [float(mean + nu * scatter) for nu in (-1.0, 0.5)]
        in_mean = minkowski_functionals(density[i], thresholds=levels, box_size=16.0)
        assert torch.allclose(in_mean.v3, in_sigma.v3[i])
        told = minkowski_gaussian(density[i], thresholds=levels, unit="mean", box_size=16.0)
        assert torch.allclose(told.v2, expected.v2[i])


def test_batch_equals_a_loop_and_many_thresholds_equal_few():
    fields = gaussian_fields(6, 12, length=1.0).reshape(2, 3, 12, 12, 12)
    many = torch.linspace(-2, 2, 301, dtype=torch.float64)  # too many for ranks of one byte
    result = minkowski_functionals(fields, thresholds=many, box_size=12.0)
    few = minkowski_functionals(fields[1, 2], thresholds=many[::10], box_size=12.0)
    for name in ("v0", "v1", "v2", "v3"):
        assert getattr(result, name).shape == (2, 3, 301)
        assert torch.equal(getattr(result, name)[1, 2, ::10], getattr(few, name))


def test_a_box_knows_whether_it_is_periodic():
    density = (1.5 + gaussian_fields(1, 12, length=1.0)[0]).clamp(min=0).float().numpy()
    for periodic in (True, False):
        box = Box.from_array(density, box_size=12.0, periodic=periodic)
        bare = minkowski_functionals(density, box_size=12.0, periodic=periodic)
        assert torch.equal(minkowski_functionals(box).v3, bare.v3)


def test_scikit_image_counts_the_same_topology_and_its_meshes_have_our_surface_and_curvature():
    oracle, rows = runpy.run_path(str(SCRIPT)), json.loads(SCRIPT.with_suffix(".json").read_text())
    seeds, thresholds, n = oracle["SEEDS"], oracle["THRESHOLDS"], oracle["N"]
    fields = torch.from_numpy(np.stack([oracle["field"](seed) for seed in seeds]))
    result = minkowski_functionals(fields, thresholds=thresholds, box_size=float(n))
    volume = (n - 1) ** 3
    shape = (len(seeds), len(thresholds))
    euler, area, curvature = (
        torch.tensor([row[name] for row in rows], dtype=torch.float64).reshape(shape)
        for name in ("euler", "area", "mean_curvature")
    )
    assert torch.allclose(result.v3 * volume, euler, rtol=0, atol=1e-6)
    assert torch.allclose(6 * result.v1 * volume, area, rtol=0.06)
    assert (6 * result.v1 * volume).sum() == pytest.approx(float(area.sum()), rel=0.02)
    assert torch.allclose(3 * pi * result.v2 * volume, curvature, rtol=0.1)
    assert (3 * pi * result.v2 * volume).sum() == pytest.approx(float(curvature.sum()), rel=0.03)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": [1.0, 0.5]}, "ascend"),
        ({"thresholds": []}, "ascend"),
        ({"thresholds": [float("nan")]}, "ascend"),
        ({"unit": "median"}, "unit='median'"),
        ({"unit": "sigma"}, "does not vary"),
        ({"box_size": None}, "box_size="),
    ],
)
def test_unfit_questions_are_refused(options, message):
    with pytest.raises(InvalidInputError, match=message):
        minkowski_functionals(torch.ones(4, 4, 4), **({"box_size": 4.0} | options))
