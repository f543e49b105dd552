"""Files of one's own beside a model: named completely, made to fit, refused in words."""

import numpy as np
import pytest

from cosmoloom.data.writers import write_fields
from cosmoloom.errors import InvalidInputError, MissingFileError
from cosmoloom.models.catalogue import read_card
from cosmoloom.pipeline.inversion.own_box import find_own_box, read_own_box


@pytest.fixture
def card(tiny_primordial_folder):
    return read_card(tiny_primordial_folder)  # 16^3 voxels of 2 Mpc/h, redshifts 0 to 3


@pytest.fixture
def density():
    return np.random.default_rng(5).lognormal(0, 1, (32, 32, 32)).astype(np.float32)


def test_a_box_is_named_by_file_fit_side_and_redshift_and_read_again_the_same(card, density, tmp_path):
    write_fields(tmp_path / "box.npz", density, {"box_size": 64.0, "redshift": 0.5})
    own, told = find_own_box(tmp_path / "box.npz", card, "crop")
    assert own == (str(tmp_path / "box.npz"), "crop", 64.0, 0.5)
    assert told == "32^3 voxels, 64 Mpc/h, z = 0.5: cut the middle 32 Mpc/h out of 64 Mpc/h"
    box, done = read_own_box(own, card)
    np.testing.assert_array_equal(box.density, density[8:24, 8:24, 8:24])
    assert done == "cut the middle 32 Mpc/h out of 64 Mpc/h"


def test_what_a_file_does_not_say_a_person_says(card, density, tmp_path):
    np.save(tmp_path / "box.npy", density)
    with pytest.raises(InvalidInputError, match="how large its box is"):
        find_own_box(tmp_path / "box.npy", card, "crop")
    with pytest.raises(InvalidInputError, match="at which redshift"):
        find_own_box(tmp_path / "box.npy", card, "crop", box_size=64.0)
    assert find_own_box(tmp_path / "box.npy", card, "rescale", box_size=50.0, redshift=9.0)[1].endswith(
        "averaged 32^3 voxels into 16^3; took 50 Mpc/h for 32 Mpc/h; took redshift 9 for 3"
    )


def test_a_box_that_does_not_fit_or_is_gone_is_refused(card, density, tmp_path):
    path = tmp_path / "box.npz"
    write_fields(path, density, {"box_size": 64.0, "redshift": 0.5})
    with pytest.raises(InvalidInputError, match=r"got 32\^3 in 64 Mpc/h"):
        find_own_box(path, card, "refuse")
    own, _ = find_own_box(path, card, "crop")
    path.unlink()
    with pytest.raises(MissingFileError):
        read_own_box(own, card)
