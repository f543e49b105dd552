"""Boxes of another kind than the model's: refused in words, or made to fit and said so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.card import ModelCard
from cosmoloom.models.catalogue import read_card
from cosmoloom.pipeline.inversion import fitted


@pytest.fixture
def card(tiny_primordial_folder: Path) -> ModelCard:
    return read_card(tiny_primordial_folder)  # 16^3 voxels of 2 Mpc/h, redshifts 0 to 3


def box_of(n: int, size: float, redshift: float | None = 0.0, mean: float = 1.0) -> cl.Box:
    density = np.random.default_rng(1).lognormal(sigma=0.5, size=(n, n, n)).astype(np.float32)
    return cl.Box(density=density / density.mean() * np.float32(mean), box_size=size, redshift=redshift)


@pytest.mark.parametrize(
    ("box", "told"),
    [
        (box_of(8, 16.0), r"boxes of 16\^3 voxels in 32 Mpc/h, got 8\^3 in 16 Mpc/h; cut its middle out"),
        (box_of(16, 64.0), r"got 16\^3 in 64 Mpc/h"),
        (box_of(16, 32.0, redshift=6.0), "knows redshifts 0 to 3, got a box at 6"),
        (box_of(16, 32.0, redshift=None), "must know the redshift of a box"),
        (box_of(16, 32.0, mean=64.0), "reads density over the cosmic mean, but this box has a mean of 64"),
    ],
)
def test_a_box_of_another_kind_is_refused_in_words(card: ModelCard, box: cl.Box, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        fitted(box, card)


def test_a_box_that_fits_is_left_alone(card: ModelCard) -> None:
    box = box_of(16, 32.0)
    for fit in ("refuse", "crop", "rescale"):
        assert fitted(box, card, fit)[1] == ""
        np.testing.assert_array_equal(fitted(box, card, fit)[0].density, box.density)


def test_cropping_keeps_lengths_and_says_what_it_did(card: ModelCard) -> None:
    box = box_of(64, 64.0)  # voxels half as large, a box twice as large
    made, told = fitted(box, card, "crop")
    assert (made.n, made.box_size, made.redshift) == (16, 32.0, 0.0)
    assert told == "averaged 2^3 voxels into one; cut the middle 32 Mpc/h out of 64 Mpc/h"
    middle = box.density[16:48, 16:48, 16:48].reshape(16, 2, 16, 2, 16, 2).mean(axis=(1, 3, 5))
    np.testing.assert_allclose(made.density, middle, rtol=1e-5)
    with pytest.raises(InvalidInputError, match=r"got 8\^3 of 2 Mpc/h"):
        fitted(box_of(8, 16.0), card, "crop")


def test_rescaling_keeps_the_whole_and_says_that_lengths_are_no_longer_true(card: ModelCard) -> None:
    made, told = fitted(box_of(32, 100.0, redshift=5.0), card, "rescale")
    assert (made.n, made.box_size, made.redshift) == (16, 32.0, 3.0)
    assert told == "averaged 32^3 voxels into 16^3; took 100 Mpc/h for 32 Mpc/h; took redshift 5 for 3"
    repeated, told = fitted(box_of(8, 32.0), card, "rescale")
    assert repeated.n == 16
    assert told == "repeated 8^3 voxels as 16^3"
    with pytest.raises(InvalidInputError, match="multiple or a whole fraction of 16, got 12"):
        fitted(box_of(12, 32.0), card, "rescale")


@pytest.mark.parametrize("fit", ["crop", "rescale"])
def test_a_box_in_another_unit_is_divided_by_its_mean_and_it_says_so(card: ModelCard, fit: str) -> None:
    box = box_of(16, 32.0, mean=64.0)
    made, told = fitted(box, card, fit)
    assert told == "divided by its own mean of 64"
    np.testing.assert_allclose(made.density, box.density / 64, rtol=1e-5)
