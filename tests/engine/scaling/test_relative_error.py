"""What an error of the network means for the density."""

import numpy as np
import pytest
import torch

from cosmoloom.scaling.published import PUBLISHED
from cosmoloom.scaling.rational import Rational
from cosmoloom.scaling.relative_error import COLOURED, as_colours, relative_error


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_it_is_the_change_of_the_density_when_the_network_errs(name):
    scaling, error = PUBLISHED[name], 1e-9
    density = np.geomspace(1.0, 1e3, 40)
    x = scaling.scale(density)
    changed = scaling.unscale(x + error) / scaling.unscale(x) - 1.0
    np.testing.assert_allclose(relative_error(density, scaling, error), changed, rtol=1e-4)


def test_the_rational_scaling_is_most_faithful_where_the_density_is_kappa():
    density = np.geomspace(1e-3, 1e4, 2001)
    best = density[relative_error(density, Rational(kappa=11.5)).argmin()]
    assert best == pytest.approx(11.5, rel=0.01)


def test_an_empty_voxel_has_no_relative_error_and_takes_the_end_of_the_colours():
    empty = torch.zeros(3)
    shown = as_colours(relative_error(empty, Rational(kappa=11.5)))
    assert torch.equal(shown, torch.ones(3))


def test_colours_are_logarithmic_between_their_ends():
    low, high = COLOURED
    relative = np.array([low / 7, low, (low * high) ** 0.5, high, high * 7])
    np.testing.assert_allclose(as_colours(relative), [-1, -1, 0, 1, 1], atol=1e-12)
