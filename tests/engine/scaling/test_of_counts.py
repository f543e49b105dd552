"""A scaling of counts, applied to densities over the mean."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.published import PUBLISHED

LOGARITHMIC = [name for name in PUBLISHED if not name.startswith("feder2020")]


@pytest.mark.parametrize("name", LOGARITHMIC)
def test_densities_are_scaled_as_the_counts_that_they_stand_for(name):
    counts = np.geomspace(1e-2, 1e5, 100_000)
    scaling = OfCounts(scaling=PUBLISHED[name], mean_count=64.0)
    np.testing.assert_allclose(scaling.scale(counts / 64), PUBLISHED[name].scale(counts), rtol=1e-9, atol=1e-12)
    single = (counts / 64).astype(np.float32)
    back = scaling.unscale(scaling.scale(single))
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, single, rtol=1e-5)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_amplification_is_the_derivative_of_the_way_back(name):
    scaling = OfCounts(scaling=PUBLISHED[name], mean_count=8.0)
    x = scaling.scale(torch.logspace(-2, 3, 50, dtype=torch.float64)).requires_grad_()
    scaling.unscale(x).sum().backward()
    torch.testing.assert_close(x.grad, scaling.error_amplification(x.detach()), rtol=1e-9, atol=0)


def test_no_particles_have_no_density():
    with pytest.raises(InvalidInputError, match="mean_count"):
        OfCounts(scaling=PUBLISHED["perraudin2019"], mean_count=0.0)
