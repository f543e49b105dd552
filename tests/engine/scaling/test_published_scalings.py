"""Every published scaling is a rising, invertible map, in NumPy and in torch, over all counts that occur."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.cavezza2022 import UnitLogLinear
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear
from cosmoloom.scaling.published import DENSEST, PUBLISHED
from cosmoloom.scaling.rational import Rational
from cosmoloom.scaling.srivastava2018 import LogLinear
from cosmoloom.scaling.ullmo2021 import CUBES, MAPS, StretchedLog

COUNTS = np.geomspace(1e-2, DENSEST, 1_000_000)
RATIONAL = [name for name in PUBLISHED if name.startswith("feder2020")]
LOGARITHMIC = [name for name in PUBLISHED if name not in RATIONAL]


def round_trip_error(name: str, counts: np.ndarray) -> np.ndarray:
    scaling = PUBLISHED[name]
    single = counts.astype(np.float32)
    x = scaling.scale(single)
    assert x.dtype == np.float32
    return np.abs(scaling.unscale(x).astype(np.float64) / single - 1.0)


@pytest.mark.parametrize("name", LOGARITHMIC)
def test_a_million_counts_survive_a_round_trip_in_single_precision(name):
    assert round_trip_error(name, COUNTS).max() < 1e-5


@pytest.mark.parametrize("name", RATIONAL)
def test_the_rational_scaling_loses_what_single_precision_cannot_hold_near_its_two_ends(name):
    """The spacing of floats below 1 is 2^-24, so rho is known to d rho = (rho + kappa)^2 / (2 kappa) 2^-24."""
    kappa = PUBLISHED[name].kappa
    lost = (COUNTS + kappa) ** 2 / (2 * kappa * COUNTS) * 2.0**-24
    error = round_trip_error(name, COUNTS)
    assert (error < 4 * lost + 1e-6).all()
    assert error[lost < 2e-6].max() < 1e-5


@pytest.mark.parametrize("name", PUBLISHED)
def test_double_precision_loses_nothing(name):
    scaling = PUBLISHED[name]
    np.testing.assert_allclose(scaling.unscale(scaling.scale(COUNTS)), COUNTS, rtol=1e-9)


@pytest.mark.parametrize("name", PUBLISHED)
def test_denser_is_never_less(name):
    scaling = PUBLISHED[name]
    assert (np.diff(scaling.scale(COUNTS)) > 0).all()
    single = scaling.scale(COUNTS.astype(np.float32))
    assert np.diff(single).min() >= -4 * np.spacing(np.float32(np.abs(single).max()))  # rounding alone


@pytest.mark.parametrize("name", PUBLISHED)
def test_torch_and_numpy_agree(name):
    scaling, thinned = PUBLISHED[name], COUNTS[::1000]
    tensor = torch.from_numpy(thinned)
    x = scaling.scale(tensor)
    assert isinstance(x, torch.Tensor)
    assert x.numpy() == pytest.approx(scaling.scale(thinned), rel=1e-12)
    for method in (scaling.unscale, scaling.error_amplification):
        assert method(x).numpy() == pytest.approx(method(x.numpy()), rel=1e-12)
    assert scaling.scale(tensor.float()).dtype == torch.float32


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_amplification_is_the_derivative_of_the_way_back(name):
    scaling = PUBLISHED[name]
    x = scaling.scale(torch.logspace(-2, math.log10(DENSEST), 300, dtype=torch.float64)).requires_grad_()
    scaling.unscale(x).sum().backward()
    torch.testing.assert_close(x.grad, scaling.error_amplification(x.detach()), rtol=1e-9, atol=0)


@pytest.mark.parametrize(
    ("name", "empty"),
    [("perraudin2019", 0), ("srivastava2018", 0), ("cavezza2022", 0), ("feder2020", -1), ("ullmo2021-cubes", -1)],
)
def test_emptiness_maps_where_the_paper_puts_it_and_back(name, empty):
    scaling = PUBLISHED[name]
    x = scaling.scale(np.zeros(2, dtype=np.float32))
    assert x.tolist() == pytest.approx([empty, empty], abs=1e-6)
    assert scaling.unscale(x) == pytest.approx([0, 0], abs=1e-5)


@pytest.mark.parametrize("counts", [0.5, 19_990.0, 19_997.0, 19_998.0, 185_874.0])
def test_perraudin2019_follows_its_formula(counts):
    def f(r: float) -> float:
        return 3 * math.log(r + 1) if r <= 20_000 else 3 * (math.log(20_001) + r / 20_000 - 1)

    assert ShiftedLogLinear().scale(np.array([counts]))[0] == pytest.approx(f(counts + 3) - f(3), rel=1e-12)


@pytest.mark.parametrize("counts", [0.5, 7_999.0, 8_000.0, 8_001.0, 185_874.0])
def test_srivastava2018_follows_its_formula(counts):
    def g(r: float) -> float:
        return math.log((r + 1) / 8001) if r <= 8000 else (r + 1) / 8001 - 1

    assert LogLinear().scale(np.array([counts]))[0] == pytest.approx((g(counts) - g(0)) / 6, rel=1e-12)


def test_ullmo2021_maps_its_range_to_minus_one_and_one():
    assert MAPS.scale(np.array([0.01, 600.0])) == pytest.approx([-1, 1])
    assert CUBES.scale(np.array([0.0, 2632.0])) == pytest.approx([-1, 1], abs=1e-6)


def test_an_empty_pixel_of_a_map_is_as_dark_as_the_lowest_of_the_paper():
    x = MAPS.scale(np.array([0.0, 0.005, 0.01, 0.02], dtype=np.float32))
    assert x[:3] == pytest.approx([-1, -1, -1])
    assert x[3] > -1
    assert MAPS.unscale(x[:1])[0] == pytest.approx(0.01)


def test_cavezza2022_maps_its_densest_voxel_to_one():
    scaling = UnitLogLinear(highest=500.0)
    assert scaling.scale(np.array([0.0, 500.0])) == pytest.approx([0, 1])
    expected = 3 * (math.log(12) + 50.002 / 11 - 1) - 3 * math.log(1.002)
    assert scaling.inner.scale(np.array([50.0]))[0] == pytest.approx(expected)


def test_impossible_constants_are_refused():
    for make in (
        lambda: Rational(kappa=0.0),
        lambda: UnitLogLinear(highest=0.0),
        lambda: StretchedLog(shift=0.1, lowest=2.0, highest=1.0),
    ):
        with pytest.raises(InvalidInputError):
            make()
