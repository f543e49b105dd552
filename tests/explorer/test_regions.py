import numpy as np
import pytest

from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import mass_histogram, peak_counts
from cosmoloom_explorer.regions import box_mask, ellipsoid_mask, measure_region

N, SIZE = 16, 32.0


@pytest.fixture(scope="module")
def density() -> np.ndarray:
    return np.exp(np.random.default_rng(2).normal(size=(N, N, N))).astype(np.float32)


def test_a_region_of_the_whole_box_has_the_statistics_of_the_field(density):
    found = measure_region(density, np.ones_like(density, dtype=bool), box_size=SIZE, universe=Cosmology())
    mass, peaks = mass_histogram(density).numpy(), peak_counts(density).numpy()
    assert found.volume == pytest.approx(SIZE**3)
    assert found.mean == pytest.approx(density.mean(), rel=1e-5)
    np.testing.assert_allclose(found.mass_share, mass.counts / (N**3 * np.diff(mass.edges)), rtol=1e-5)
    np.testing.assert_allclose(found.peaks, peaks.counts)
    assert found.n_peaks == peaks.counts.sum()


def test_disjoint_regions_share_mass_and_peaks(density):
    one = box_mask(N, np.zeros(3), np.array([6.0, N, N]))
    parts = [measure_region(density, mask, box_size=SIZE, universe=Cosmology()) for mask in (one, ~one)]
    whole = measure_region(density, one | ~one, box_size=SIZE, universe=Cosmology())
    assert sum(part.mass for part in parts) == pytest.approx(whole.mass)
    assert sum(part.n_peaks for part in parts) == whole.n_peaks
    assert sum(part.volume for part in parts) == pytest.approx(whole.volume)


def test_a_box_holds_the_voxels_whose_centres_it_holds_along_its_own_axes():
    mask = box_mask(N, np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0, 9.0]))
    assert np.argwhere(mask).min(axis=0).tolist() == [1, 2, 3]
    assert np.argwhere(mask).max(axis=0).tolist() == [1, 4, 8]


def test_an_ellipsoid_fills_pi_over_six_of_its_box():
    low, high = np.array([1.0, 2.0, 3.0]), np.array([61.0, 50.0, 40.0])
    share = ellipsoid_mask(64, low, high).sum() / np.prod(high - low)
    assert share == pytest.approx(np.pi / 6, rel=0.01)


def test_empty_regions_and_those_of_another_grid_are_refused(density):
    with pytest.raises(InvalidInputError, match="no voxel"):
        measure_region(density, np.zeros_like(density, dtype=bool), box_size=SIZE, universe=Cosmology())
    with pytest.raises(InvalidInputError, match="draw it on this field"):
        measure_region(density, np.ones((8, 8, 8), dtype=bool), box_size=SIZE, universe=Cosmology())
