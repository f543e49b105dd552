"""Laws of the peak counts, checked against a brute-force maximum filter."""

import numpy as np
import pytest
import torch
from scipy.ndimage import maximum_filter

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import peak_counts
from cosmoloom.statistics.peak_counts import is_peak


def brute_force(density, reach, mode):
    """Strictly above every other voxel of the cube around, by a filter that leaves out its centre."""
    footprint = np.ones((2 * reach + 1,) * 3, dtype=bool)
    footprint[reach, reach, reach] = False
    return density > maximum_filter(density, footprint=footprint, mode=mode)


def field(n, seed, levels=None):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, levels, (n, n, n)) if levels else rng.lognormal(size=(n, n, n))
    return values.astype(np.float32)


@pytest.mark.parametrize("reach", [1, 2, 3, 5])
@pytest.mark.parametrize("levels", [None, 3, 40])
def test_peaks_equal_brute_force_also_with_ties(reach, levels):
    density = field(16, seed=reach, levels=levels)
    expected = brute_force(density, reach, "nearest")[(slice(reach, -reach),) * 3]
    assert (is_peak(torch.from_numpy(density), reach).numpy() == expected).all()


@pytest.mark.parametrize("levels", [None, 40])
def test_peaks_of_a_periodic_box_equal_brute_force_with_wrapping(levels):
    density = field(12, seed=7, levels=levels)
    box = Box.from_array(density, box_size=12.0, periodic=True)
    result = peak_counts(box)
    assert result.n_searched == 12**3
    assert int(result.counts.sum()) == brute_force(density, 2, "wrap").sum() > 0


def test_hand_made_peaks_are_found_and_ties_and_borders_are_not():
    density = torch.ones(12, 12, 12)
    density[5, 5, 5] = 100.0  # a peak
    density[5, 5, 8] = 50.0  # 3 voxels away: another
    density[8, 8, 2] = 7.0  # as close to the face as a peak may be
    density[9, 2, 5] = density[9, 2, 7] = 30.0  # a tie within reach: none
    density[1, 9, 9] = 500.0  # too close to a face: its neighbourhood is unknown
    result = peak_counts(density).numpy()
    assert result.n_searched == 8**3
    heights = result.edges[:-1][result.counts > 0]
    assert result.counts.sum() == 3
    assert np.allclose(heights, np.floor(np.log10([7.0, 50.0, 100.0]) / 0.2 + 1e-9) * 0.2)


def test_a_flat_field_has_no_peak():
    assert int(peak_counts(torch.zeros(2, 8, 8, 8)).counts.sum()) == 0


def test_peaks_do_not_depend_on_orientation():
    density = torch.from_numpy(field(12, seed=3))
    expected = peak_counts(density).counts
    for turned in (density.permute(2, 0, 1), density.permute(1, 0, 2), density.flip(0, 2)):
        assert torch.equal(peak_counts(turned).counts, expected)


def test_batch_equals_a_loop():
    stack = torch.from_numpy(np.stack([field(10, seed=s) for s in range(4)])).reshape(2, 2, 10, 10, 10)
    together = peak_counts(stack).counts
    assert together.shape == (2, 2, 22)
    for i in range(2):
        for j in range(2):
            assert torch.equal(together[i, j], peak_counts(stack[i, j]).counts)


@pytest.mark.parametrize("reach", [0, 4])
def test_impossible_neighbourhoods_are_refused(reach):
    with pytest.raises(InvalidInputError, match="neighbourhood"):
        peak_counts(torch.ones(8, 8, 8), neighbourhood=reach)
