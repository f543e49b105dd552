"""Laws of the smoothing with a stride."""

import numpy as np
import pytest

from cosmoloom.data.smoothing import Smoothing
from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.ullmo2021 import CUBES

SCALING = OfCounts(scaling=CUBES, mean_count=0.3)


def field(n=36):
    return np.random.default_rng(0).lognormal(sigma=2.0, size=(n, n, n)).astype(np.float32)


def test_smoothing_the_density_conserves_mass():
    """What a stride skips is smooth: modes that it could alias are damped by exp(-sigma^2 k^2 / 2), k = 2 pi / 3."""
    smooth = Smoothing()(field())
    assert smooth.shape == (12, 12, 12)
    assert smooth.mean(dtype=np.float64) == pytest.approx(field().mean(dtype=np.float64), rel=1e-6)


@pytest.mark.parametrize("scaling", [None, SCALING])
@pytest.mark.parametrize("value", [0.0, 1.0, 300.0])
def test_a_constant_field_stays_as_it_is(scaling, value):
    smooth = Smoothing(scaling=scaling)(np.full((12, 12, 12), value, np.float32))
    np.testing.assert_allclose(smooth, value, rtol=2e-6, atol=1e-8)


def test_in_network_space_the_scaled_result_is_the_smoothed_scaled_field():
    smooth = Smoothing(scaling=SCALING)(field())
    expected = Smoothing()(SCALING.scale(field()))
    np.testing.assert_allclose(SCALING.scale(smooth), expected, atol=2e-6)
    assert smooth.mean() < 0.5 * field().mean()  # a mean of logarithms lies below the logarithm of the mean


def test_a_plane_wave_is_damped_by_the_gaussian_and_stays_in_place():
    n, sigma, stride = 60, 3.0, 3
    wave = 1 + 0.5 * np.cos(2 * np.pi * 2 * np.arange(n) / n + 0.4)
    smooth = Smoothing(sigma=sigma, stride=stride)(np.broadcast_to(wave, (n, n, n)).astype(np.float32))
    damping = np.exp(-0.5 * (sigma * 2 * np.pi * 2 / n) ** 2)
    np.testing.assert_allclose(smooth[0, 0], 1 + damping * (wave[1::stride] - 1), atol=1e-4)


def test_opposite_faces_are_neighbours():
    turned = np.roll(field(), 9, axis=(0, 1, 2))
    np.testing.assert_allclose(np.roll(Smoothing()(field()), 3, axis=(0, 1, 2)), Smoothing()(turned), rtol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"sigma": 0.0}, "sigma"), ({"stride": 0}, "stride"), ({"stride": 5}, "does not divide a field of 36")],
)
def test_what_cannot_be_smoothed_is_refused(options, words):
    with pytest.raises(InvalidInputError, match=words):
        Smoothing(**options)(field())
