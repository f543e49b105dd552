"""Laws of the mass histogram and the mean density."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import mass_histogram, mean_density
from cosmoloom.statistics.log_bins import LogBins


def lognormal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).exp()


def test_every_voxel_is_counted_also_beyond_the_bins():
    field = lognormal(8, 8, 8)
    field[0, 0, 0], field[0, 0, 1], field[0, 0, 2] = 0.0, 1e9, 1e-9
    result = mass_histogram(field, bins=LogBins(-0.5, 0.5, 7))
    assert int(result.counts.sum()) == 512
    assert int(result.counts[0]) == int((field < 10**-0.5).sum()) + int(
        ((field >= 10**-0.5) & (field.log10() < -0.5 + 1 / 7)).sum()
    )


def test_counts_equal_numpy_inside_the_range():
    field = lognormal(16, 16, 16).double()
    bins = LogBins(-4.0, 4.0, 33)
    result = mass_histogram(field, bins=bins).numpy()
    expected, _ = np.histogram(np.log10(field.numpy()), bins=result.edges)
    assert result.edges.shape == (34,)
    assert (result.counts == expected).all()


def test_histogram_of_a_batch_equals_a_loop():
    fields = lognormal(2, 3, 8, 8, 8)
    together = mass_histogram(fields).counts
    assert together.shape == (2, 3, 60)
    for i in range(2):
        for j in range(3):
            assert torch.equal(together[i, j], mass_histogram(fields[i, j]).counts)


def test_measuring_does_not_change_the_field():
    field = lognormal(8, 8, 8)
    before = field.clone()
    mass_histogram(field)
    mean_density(field)
    assert torch.equal(field, before)


def test_mean_density_and_scatter_are_the_first_two_moments():
    fields = lognormal(2, 8, 8, 8).double()
    result = mean_density(fields)
    assert torch.allclose(result.mean, fields.mean((1, 2, 3)))
    assert torch.allclose(result.scatter, fields.flatten(1).std(1, correction=0))


def test_empty_bins_are_refused():
    with pytest.raises(InvalidInputError, match="lowest < highest"):
        LogBins(1.0, 1.0, 5)
