"""Laws of the mass histogram and the mean density."""

import numpy as np
import pytest
import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import mass_histogram, mean_density, particle_histogram
from cosmoloom.statistics.binning import FEW, count_owned, count_rows
from cosmoloom.statistics.log_bins import CountBins, LogBins, ScaledBins
from cosmoloom.statistics.mass_histogram import MASS_BINS


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


def test_bins_hold_their_lower_edge_exactly():
    field = torch.ones(2, 2, 2)
    field.view(-1)[:5] = torch.tensor([0.1, 10.0, 100.0, 99.99999, 0.0])
    result = mass_histogram(field, bins=LogBins(-1.0, 2.0, 3)).numpy()
    # 0.1 in single precision lies above 0.1; 100 lies beyond the last bin, which still counts it.
    assert result.counts.tolist() == [2, 3, 3]
    assert (int(result.below), int(result.above)) == (1, 1)


@pytest.mark.parametrize(
    "bins",
    [MASS_BINS, LogBins(-1.0, 1.0, 1), LogBins(-3.0, 3.0, 5000), LogBins(0.0, 1e-6, 50), ScaledBins(4.0, 333)],
)
def test_every_bin_equals_a_search_in_double_precision(bins):
    field = lognormal(33, 33, 33, seed=3)  # enough to be counted by tables
    field[0, 0, :4] = torch.tensor([0.0, -0.0, 1e30, 1e-40])
    result = mass_histogram(field, bins=bins)
    slot = np.searchsorted(bins.densities().numpy(), field.numpy().ravel().astype(np.float64), side="right")
    expected = np.bincount(slot, minlength=bins.n_bins + 2)
    assert int(result.below) == expected[0]
    assert int(result.above) == expected[-1]
    expected[1] += expected[0]
    expected[-2] += expected[-1]
    np.testing.assert_array_equal(result.counts, expected[1:-1])
    assert torch.equal(mass_histogram(field.double(), bins=bins).counts, result.counts)


def test_the_pdf_integrates_to_the_share_inside_the_bins():
    field = lognormal(2, 12, 12, 12)
    result = mass_histogram(field, bins=LogBins(-0.5, 0.5, 10))
    inside = ((field >= 10**-0.5) & (field < 10**0.5)).double().mean((1, 2, 3))
    assert torch.allclose(result.pdf.sum(-1) * 0.1, inside)
    np.testing.assert_allclose(result.numpy().pdf, result.pdf)


def test_the_scaled_histogram_counts_the_scaled_density():
    field = lognormal(16, 16, 16)
    result = mass_histogram(field, bins=ScaledBins(kappa=4.0, n_bins=20)).numpy()
    expected, _ = np.histogram((2 * field / (field + 4.0) - 1).double().numpy(), bins=result.edges)
    np.testing.assert_array_equal(result.counts, expected)
    assert (result.edges[0], result.edges[-1]) == (-1.0, 1.0)


def test_particles_are_counted_in_whole_numbers():
    particles = torch.zeros(4, 4, 4)
    particles.view(-1)[:6] = torch.tensor([1.0, 2.0, 3.0, 6.0, 7.0, 2.0**20])
    result = particle_histogram(particles / 3.7, mean_count=3.7, bins=CountBins(8))
    assert result.edges.tolist() == [0, 1, 3, 7, 15, 31, 63, 127, 255]
    assert result.counts.tolist() == [58, 2, 2, 1, 0, 0, 0, 1]
    assert (int(result.below), int(result.above)) == (0, 1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: particle_histogram(torch.full((4, 4, 4), 0.6), mean_count=1.0), "NGP"),
        (lambda: particle_histogram(torch.ones(4, 4, 4), mean_count=0.0), "mean_count"),
        (lambda: ScaledBins(kappa=-1.0), "kappa"),
        (lambda: CountBins(0), "1 to 40"),
        (lambda: LogBins(float("-inf"), 1.0, 5), "lowest < highest"),
        (lambda: mass_histogram(torch.full((4, 4, 4), float("nan"))), "NaN"),
        (lambda: mass_histogram(torch.ones(4, 4)), "cubes"),
    ],
)
def test_what_cannot_be_counted_is_refused(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()


def test_densities_whose_sum_overflows_are_finite_all_the_same():
    assert int(mass_histogram(torch.full((4, 4, 4), 3e38)).above) == 64


def test_counting_one_by_one_equals_counting_rows():
    values = lognormal(3, FEW, seed=4)
    edges = LogBins(-1.0, 1.0, 40).densities()
    values[:, :41] = edges.float()  # the nearest numbers to the edges lie on either side of them
    owner = torch.arange(3).repeat_interleave(FEW)
    rows, owned = count_rows(values, edges), count_owned(values.reshape(-1), edges, owner, 3)
    assert torch.equal(rows.inside, owned.inside)
    assert torch.equal(rows.below, owned.below)
    assert torch.equal(rows.above, owned.above)
