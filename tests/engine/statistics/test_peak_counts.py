"""Laws of the peak counts, checked against a brute-force maximum filter."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.ndimage import maximum_filter

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import peak_counts, peak_positions
from cosmoloom.statistics.local_maxima import by_tensor_operations, is_peak, local_maxima


def brute_force(density, reach, mode):
    """Strictly above every other voxel of the cube around, by a filter that leaves out its centre."""
    footprint = np.ones((2 * reach + 1,) * density.ndim, dtype=bool)
    footprint[(reach,) * density.ndim] = False
    return density > maximum_filter(density, footprint=footprint, mode=mode)


def field(n, seed, levels=None, dimensions=3):
    rng = np.random.default_rng(seed)
    shape = (n,) * dimensions
    values = rng.integers(0, levels, shape) if levels else rng.lognormal(size=shape)
    return values.astype(np.float32)


@pytest.mark.parametrize("reach", [1, 2, 3, 5])
@pytest.mark.parametrize("levels", [None, 3, 40])
def test_peaks_equal_brute_force_also_with_ties(reach, levels):
    density = field(16, seed=reach, levels=levels)
    expected = brute_force(density, reach, "nearest")[(slice(reach, -reach),) * 3]
    assert (is_peak(torch.from_numpy(density), reach).numpy() == expected).all()


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize(("n", "reach"), [(3, 1), (8, 3), (17, 1), (17, 2), (17, 3), (17, 4), (17, 5), (70, 2)])
@pytest.mark.parametrize("levels", [None, 5, 200])
def test_the_compiled_search_equals_brute_force_at_every_voxel(n, reach, levels, dimensions, periodic):
    density = field(n, seed=n + reach, levels=levels, dimensions=dimensions)
    expected = brute_force(density, reach, "wrap" if periodic else "nearest")
    if not periodic:
        inside = np.zeros_like(expected)
        inside[(slice(reach, -reach),) * dimensions] = True
        expected &= inside
    found = local_maxima(torch.from_numpy(density)[None], reach, periodic=periodic)
    np.testing.assert_array_equal(found, np.flatnonzero(expected))


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("shape", [(3, 9, 9), (3, 9, 9, 9)])
def test_tensor_operations_find_what_the_compiled_search_finds(shape, periodic):
    stack = torch.randint(0, 300, shape, generator=torch.Generator().manual_seed(1)).float()
    compiled = local_maxima(stack, 2, periodic=periodic)
    assert torch.equal(by_tensor_operations(stack, 2, periodic), compiled)
    assert len(compiled) > 0
    assert torch.equal(local_maxima(stack.double(), 2, periodic=periodic), compiled)


def test_maps_are_searched_on_their_own():
    maps = torch.from_numpy(np.stack([field(12, seed=s, dimensions=2) for s in range(4)])).reshape(2, 2, 12, 12)
    together = peak_counts(maps, neighbourhood=1, dimensions=2)
    assert together.n_searched == 10**2
    for i in range(2):
        for j in range(2):
            expected = brute_force(maps[i, j].numpy(), 1, "nearest")[1:-1, 1:-1].sum()
            assert int(together.counts[i, j].sum()) == expected > 0


def test_the_mass_function_integrates_to_peaks_per_volume():
    density = torch.from_numpy(field(16, seed=2))
    result = peak_counts(density)
    widths = result.edges[1:] - result.edges[:-1]
    total = float((result.mass_function(voxel_size=2.0) * widths).sum())
    assert total == pytest.approx(int(result.counts.sum()) / (12 * 2.0) ** 3)
    with pytest.raises(InvalidInputError, match="voxel_size"):
        result.mass_function(0.0)


def test_peaks_beyond_the_bins_are_counted_and_told():
    density = torch.ones(9, 9, 9)
    density[4, 4, 4] = 1e6
    result = peak_counts(density)
    assert (int(result.counts[-1]), int(result.above), int(result.below)) == (1, 1, 0)


def test_positions_are_those_of_the_peaks_the_highest_first():
    density = torch.ones(10, 10, 10)
    density[2, 3, 7], density[7, 5, 4] = 5.0, 9.0
    found = peak_positions(Box.from_array(density.numpy(), box_size=20.0)).numpy()
    np.testing.assert_array_equal(found.voxels, [[7, 5, 4], [2, 3, 7]])
    np.testing.assert_array_equal(found.positions, [[15.0, 11.0, 9.0], [5.0, 7.0, 15.0]])
    np.testing.assert_array_equal(found.heights, [9.0, 5.0])
    assert len(peak_positions(density, box_size=20.0, lowest=6.0).heights) == 1
    many = torch.from_numpy(field(16, seed=5))
    assert len(peak_positions(many, box_size=1.0).heights) == int(peak_counts(many).counts.sum())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: peak_positions(torch.ones(2, 8, 8, 8), box_size=1.0), "one field"),
        (lambda: peak_positions(torch.ones(8, 8, 8)), "box_size"),
        (lambda: peak_counts(torch.ones(8, 8, 9)), "cubes"),
        (lambda: peak_counts(torch.ones(8, 9), dimensions=2), "square maps"),
        (lambda: peak_counts(torch.ones(0, 8, 8, 8)), "cubes"),
        (lambda: peak_counts(torch.full((8, 8, 8), float("inf"))), "infinite"),
        (lambda: peak_counts(torch.ones(8, 8, 8), dimensions=1), "2 or 3 dimensions"),
        (lambda: peak_counts(Box.from_array(np.ones((8, 8, 8)), box_size=1.0), dimensions=2), "slice"),
    ],
)
def test_what_cannot_be_searched_is_refused(call, words):
    with pytest.raises(InvalidInputError, match=words):
        call()


def test_a_library_that_is_imported_compiles_nothing():
    code = "import sys, cosmoloom.statistics; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


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


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize(("dimensions", "reach"), [(2, 1), (2, 2), (3, 1), (3, 2)])
def test_a_field_can_be_full_of_peaks(dimensions, reach, periodic):
    n = 4 * (reach + 1) + (0 if periodic else reach)  # peaks as close as they can be
    field = torch.ones((2,) + (n,) * dimensions)
    field[(slice(None), *(slice(0 if periodic else reach, None, reach + 1),) * dimensions)] = 2.0
    found = peak_counts(field, neighbourhood=reach, dimensions=dimensions, periodic=periodic)
    assert found.counts.sum(-1).tolist() == [4**dimensions] * 2


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
