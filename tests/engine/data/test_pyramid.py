"""Laws of block means: every level of a pyramid holds the same mass."""

import numpy as np
import pytest
import torch

from cosmoloom.data.pyramid import block_mean, enlarge
from cosmoloom.errors import InvalidInputError
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear


def counts(n=32):
    """Counts with the tail of a matter field, a few particles per cell and up to tens of thousands."""
    rng = np.random.default_rng(0)
    return rng.poisson(rng.lognormal(sigma=3.0, size=(2, n, n, n))).astype(np.float32)


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_every_level_holds_the_mass_of_the_finest(kind):
    finest = kind(counts())
    mass = [float(level.sum(dtype=np.float64 if kind is np.asarray else torch.float64)) * cells for level, cells in (
        (finest, 1), (block_mean(finest, 4), 64), (block_mean(block_mean(finest, 4), 2), 512),
    )]
    assert mass[1:] == pytest.approx([mass[0]] * 2, rel=1e-6)


def test_averages_of_scaled_fields_lose_mass():
    """Why means are taken of the density: the published code averaged x, and kept less than half of the mass here."""
    finest, scaling = counts(), ShiftedLogLinear()
    coarse = scaling.unscale(block_mean(scaling.scale(finest), 8))
    assert coarse.sum() * 512 < 0.5 * finest.sum(dtype=np.float64)


def test_two_steps_are_one_and_both_libraries_agree():
    finest = counts()
    once = block_mean(finest, 8)
    np.testing.assert_allclose(block_mean(block_mean(finest, 4), 2), once, rtol=1e-6)
    np.testing.assert_allclose(block_mean(torch.from_numpy(finest), 8).numpy(), once, rtol=1e-6)
    assert once.dtype == np.float32


def test_each_block_goes_to_its_own_place():
    field = torch.arange(24.0).reshape(2, 3, 4)
    assert torch.equal(block_mean(enlarge(field, 2), 2), field)
    fine = np.zeros((4, 4, 8), np.float32)
    fine[2:, :2, 4:6] = 8.0
    expected = np.zeros((2, 2, 4), np.float32)
    expected[1, 0, 2] = 8.0
    np.testing.assert_array_equal(block_mean(fine, 2), expected)


@pytest.mark.parametrize("factor", [0, 3, 64])
def test_blocks_that_do_not_tile_are_refused(factor):
    with pytest.raises(InvalidInputError, match="do not tile 32 x 32 x 32"):
        block_mean(counts(), factor)
