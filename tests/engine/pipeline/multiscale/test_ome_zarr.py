"""Laws of volumes on disk."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import cosmoloom
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError, UnwritableError
from cosmoloom.nets.seamless import SeamlessRefiner
from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore, open_pyramid
from cosmoloom.pipeline.multiscale.seamless import Circumstances
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless

GIVEN = Circumstances(seed=3, growth=0.8, box_size=32.0, periodic=True, tile=12)
START: NDArray[np.float32] = np.random.default_rng(1).gamma(2.0, 0.5, (8, 8, 8)).astype(np.float32)


def store_at(path: Path, seed: int = 3) -> PyramidStore:
    return PyramidStore(
        path, sides=[8, 16, 32], box_size=32.0, plan={**asdict(GIVEN), "seed": seed}, facts={"redshift": 0.5}
    )


@pytest.fixture
def refiners(refiner: SeamlessRefiner) -> list[SeamlessRefiner]:
    return [refiner, refiner]


@pytest.fixture
def finished(tmp_path: Path, refiners: list[SeamlessRefiner]) -> Path:
    store = store_at(tmp_path / "whole.zarr")
    list(weave_seamless(START, refiners, GIVEN, store))
    store.finish()
    return store.path


def files(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_a_volume_on_disk_is_the_one_in_memory(finished: Path, refiners: list[SeamlessRefiner]) -> None:
    arrays, facts = open_pyramid(finished)
    assert [array.shape[0] for array in arrays] == [32, 16, 8]
    assert (facts["box_size"], facts["redshift"], facts["complete"]) == (32.0, 0.5, True)
    whole = np.empty((32, 32, 32), dtype=np.float32)
    for piece in weave_seamless(START, refiners, GIVEN):
        if piece.scale == 2:
            whole[piece.where] = piece.density
    np.testing.assert_array_equal(arrays[0][...], whole)
    for fine, coarse in pairwise(arrays):
        np.testing.assert_allclose(block_mean(torch.from_numpy(fine[...]), 2), coarse[...], rtol=1e-6)


@pytest.mark.parametrize("stop", [1, 2, 10, 30])
def test_an_interrupted_volume_goes_on_and_ends_byte_for_byte_the_same(
    finished: Path, refiners: list[SeamlessRefiner], stop: int
) -> None:
    path = finished.with_name("halves.zarr")
    stream = weave_seamless(START, refiners, GIVEN, store_at(path))
    written = [(piece.scale, piece.corner) for piece in islice(stream, stop)]
    stream.close()
    assert not path.exists()
    again = store_at(path)
    later = [(piece.scale, piece.corner) for piece in weave_seamless(START, refiners, GIVEN, again)][1:]
    assert not set(later) & set(written), "what was there is not made again"
    again.finish()
    assert files(path) == files(finished)


def test_a_chunk_that_was_damaged_is_made_again(finished: Path, refiners: list[SeamlessRefiner]) -> None:
    path = finished.with_name("damaged.zarr")
    list(weave_seamless(START, refiners, GIVEN, store_at(path)))
    chunk = store_at(path).draft / "density" / "c" / "1" / "0" / "2"
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 4
    chunk.write_bytes(content)
    again = store_at(path)
    assert [piece.corner for piece in weave_seamless(START, refiners, GIVEN, again)][1:] == [(12, 0, 24)]
    again.finish()
    assert files(path) == files(finished)


def test_the_finest_scale_opens_as_a_field(finished: Path) -> None:
    box = cosmoloom.open(finished)
    assert (box.n, box.box_size, box.redshift) == (32, 32.0, 0.5)


def test_places_of_all_scales_agree(finished: Path) -> None:
    _, facts = open_pyramid(finished)
    assert facts["ome"]["version"] == "0.5"
    (multiscale,) = facts["ome"]["multiscales"]
    assert [axis["name"] for axis in multiscale["axes"]] == ["x", "y", "z"]
    for dataset, n in zip(multiscale["datasets"], (32, 16, 8), strict=True):
        scale, translation = dataset["coordinateTransformations"]
        first = translation["translation"][0]
        assert first - scale["scale"][0] / 2 == 0.0  # the box begins at 0
        assert first + (n - 0.5) * scale["scale"][0] == 32.0  # and ends at its side


def test_another_plan_is_refused(tmp_path: Path) -> None:
    store_at(tmp_path / "a.zarr")
    with pytest.raises(InvalidInputError, match="begun by another plan"):
        store_at(tmp_path / "a.zarr", seed=4)


def test_what_exists_is_not_written_over(finished: Path) -> None:
    with pytest.raises(UnwritableError, match="exists; remove it"):
        store_at(finished)
    with pytest.raises(InvalidInputError, match=r"ends in \.zarr"):
        store_at(finished.with_suffix(".npz"))
    with pytest.raises(UnwritableError, match="there is no folder"):
        store_at(finished.parent / "nowhere" / "a.zarr")


def test_what_is_no_pyramid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="cosmoloom weave"):
        open_pyramid(tmp_path / "nothing.zarr")
    with pytest.raises(BrokenFileError, match="no readable pyramid"):
        open_pyramid(tmp_path)
