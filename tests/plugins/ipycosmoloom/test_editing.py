"""A box marked in a notebook, and its mass changed."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cosmoloom.errors import InvalidInputError
from ipycosmoloom import EditView, Explorer


@pytest.fixture(scope="module")
def universe(tiny_primordial_folder) -> Iterator[Any]:
    made = Explorer(tiny_primordial_folder, kappa=8.0)  # 16^3 voxels of 2 Mpc/h
    yield made
    made.close()


@pytest.fixture
def edit(universe) -> Iterator[Any]:
    view = EditView(universe)
    view.region = ((6.0, 14.0), (12.0, 22.0), (10.0, 20.0))
    yield view
    view.close()


def test_a_marked_box_is_the_voxels_whose_centres_lie_in_it(edit):
    assert edit.mask.shape == (16, 16, 16)
    assert edit.mask.sum() == 4 * 5 * 5
    assert edit.mask[3:7, 6:11, 5:10].all()
    with pytest.raises(InvalidInputError, match="between 0 and 32 Mpc/h"):
        edit.region = ((6.0, 14.0), (12.0, 40.0), (10.0, 20.0))


def test_the_mass_of_the_box_is_changed_and_undo_brings_it_back(universe, edit):
    before, inside = universe.box.density, edit.mask.astype(bool)
    edit.change(1.5)
    assert not edit.stop.disabled
    edit.wait(120)
    ratio = universe.box.density[inside].sum() / before[inside].sum()
    assert ratio == pytest.approx(1.5, rel=0.06)
    assert "mass \u00d7 1.5" in edit.text.value
    edit.undo()
    universe.wait()
    np.testing.assert_array_equal(universe.box.density, before)


def test_a_cancelled_edit_keeps_the_best_so_far_and_says_how_far_it_came(universe, edit):
    edit.change(4.0)
    universe.live.loop.run_until(lambda: edit.text.value.startswith("step 1"), 60)
    edit.cancel()
    edit.wait(60)
    assert edit.text.value.startswith("step ")
    assert edit.start.disabled is False


def test_the_picture_marks_the_box_in_three_slices_and_follows_it(universe, edit):
    universe.wait()
    first = edit.picture.value
    image = Image.open(io.BytesIO(first))
    assert image.size == (616, 216)
    edit.region = ((2.0, 14.0), (12.0, 22.0), (10.0, 20.0))
    assert edit.picture.value != first
