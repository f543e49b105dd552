"""Laws of volumes without seams."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.multiscale.field import ArrayField, read_beyond
from cosmoloom.pipeline.multiscale.seamless import Circumstances, RefinedField
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless
from cosmoloom.statistics.power_spectrum import power_spectrum

PERIODIC = Circumstances(seed=3, growth=0.8, box_size=32.0, periodic=True, tile=16)


def start(n: int) -> NDArray[np.float32]:
    return np.random.default_rng(n).gamma(2.0, 0.5, (n, n, n)).astype(np.float32)


def scales(
    low: NDArray[np.float32], refiners: list[SeamlessRefiner], circumstances: Circumstances
) -> list[NDArray[np.float32]]:
    """Return every scale of a seamless volume, whole."""
    whole: list[NDArray[np.float32]] = []
    for piece in weave_seamless(low, refiners, circumstances):
        if piece.scale == len(whole):
            whole.append(np.full((piece.n,) * 3, np.nan, dtype=np.float32))
        whole[piece.scale][piece.where] = piece.density
    return whole


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("n", [16, 13])
def test_a_region_alone_is_that_part_of_the_whole_bit_for_bit(refiner: SeamlessRefiner, n: int, periodic: bool) -> None:
    given = replace(PERIODIC, periodic=periodic)
    *_, whole = scales(start(n), [refiner, refiner], given)
    assert np.isfinite(whole).all()
    field = ArrayField(start(n))
    for scale in (1, 2):
        field = RefinedField(refiner, field, scale=scale, circumstances=given)
    for corner, shape in [((0, 0, 0), (3, 4, 5)), ((15, 17, 30), (20, 3, 9)), ((4 * n - 7,) * 3, (7, 7, 7))]:
        part = tuple(slice(first, first + side) for first, side in zip(corner, shape, strict=True))
        np.testing.assert_array_equal(field.read(corner, shape), whole[part])


def test_every_scale_holds_the_same_mass_in_the_same_places(refiner: SeamlessRefiner) -> None:
    low, middle, fine = scales(start(16), [refiner, refiner], PERIODIC)
    for volume in (middle, fine):
        assert abs(volume.mean(dtype=np.float64) / low.mean(dtype=np.float64) - 1) < 1e-6
    np.testing.assert_allclose(block_mean(torch.from_numpy(fine), 4).numpy(), low, rtol=1e-5)


def test_tiles_of_another_size_make_the_same_volume_to_rounding(refiner: SeamlessRefiner) -> None:
    one, other = (scales(start(16), [refiner], replace(PERIODIC, tile=tile))[1] for tile in (16, 12))
    np.testing.assert_allclose(one, other, rtol=1e-4)


def test_no_place_of_a_periodic_box_is_special(refiner: SeamlessRefiner) -> None:
    deaf = copy.deepcopy(refiner)
    for weight in (deaf.entry.weight[:, 1:], deaf.grain.weight):
        torch.nn.init.zeros_(weight)  # to noise, which does not turn with the box
    low = start(16)
    one = scales(low, [deaf], PERIODIC)[1]
    rolled = scales(np.roll(low, (8, 8, 8), (0, 1, 2)), [deaf], PERIODIC)[1]
    np.testing.assert_array_equal(rolled, np.roll(one, (16, 16, 16), (0, 1, 2)))


def test_rolling_a_periodic_box_by_half_leaves_its_statistics(refiner: SeamlessRefiner) -> None:
    one, other = (scales(np.roll(start(16), shift, (0, 1, 2)), [refiner], PERIODIC)[1] for shift in (0, 8))
    first, second = (power_spectrum(torch.from_numpy(fine), box_size=32.0) for fine in (one, other))
    enough = first.n_modes > 100  # the noise of the two differs
    np.testing.assert_allclose(second.power[enough], first.power[enough], rtol=0.2)
    assert other.std() == pytest.approx(one.std(), rel=0.03)


def test_faces_of_tiles_and_of_the_box_are_like_any_other_plane(refiner: SeamlessRefiner) -> None:
    logs = np.log1p(scales(start(32), [refiner], PERIODIC)[1])
    for axis in range(3):
        planes = np.moveaxis(np.roll(logs, -1, axis) - logs, axis, 0)[1::2]  # between children of two parents
        steps = np.square(planes, dtype=np.float64).mean(axis=(1, 2))
        face = np.arange(2, 66, 2) % PERIODIC.tile == 0
        difference = steps[face].mean() - steps[~face].mean()
        assert abs(difference) < 4 * steps.std() * (1 / face.sum() + 1 / (~face).sum()) ** 0.5


def test_beyond_its_faces_a_box_goes_on_with_its_far_side_or_its_mirror_image() -> None:
    line = np.arange(4, dtype=np.float32)
    field = ArrayField(np.broadcast_to(line[:, None, None], (4, 4, 4)))
    around, mirrored = (
        read_beyond(field, (-5, 0, 0), (15, 1, 1), periodic=periodic)[:, 0, 0].tolist() for periodic in (True, False)
    )
    assert around == np.pad(line, (5, 6), mode="wrap").tolist()
    assert mirrored == np.pad(line, (5, 6), mode="symmetric").tolist()


def test_odd_tiles_are_refused(refiner: SeamlessRefiner) -> None:
    with pytest.raises(InvalidInputError, match="even number of voxels"):
        list(weave_seamless(start(4), [refiner], replace(PERIODIC, tile=5)))
