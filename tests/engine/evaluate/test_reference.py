"""Held-out simulations: measured once, kept in one file, found again at any redshift."""

import json

import numpy as np
import pytest
import torch

from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError, UnwritableError
from cosmoloom.evaluate.held_out_file import load_held_out, save_held_out
from cosmoloom.evaluate.reference import build_held_out
from cosmoloom.evaluate.sub_volumes import sub_volumes
from cosmoloom.statistics import mass_histogram, power_spectrum


@pytest.fixture(scope="module")
def held_out(store):
    return build_held_out(store, ["0001", "0002"], n=16)


def test_sub_volumes_tile_a_box_once():
    box = np.arange(6**3, dtype=np.float32).reshape(6, 6, 6)
    parts = sub_volumes(box, 3)
    assert parts.shape == (8, 3, 3, 3)
    assert sorted(parts.ravel()) == sorted(box.ravel())
    assert (parts[1] == box[:3, :3, 3:]).all()
    assert sub_volumes(box, 4).shape == (1, 4, 4, 4)


def test_band_is_that_of_the_sub_volumes(store, held_out):
    fields = np.concatenate([sub_volumes(store[name].density(0.5), 16) for name in ("0001", "0002")])
    power = power_spectrum(torch.from_numpy(fields), box_size=16.0).numpy().power
    at = held_out.statistics.at(0.5)
    assert (at.n_samples, at.n_boxes, at.interpolated) == (16, 2, False)
    assert np.allclose(at.power.mean, power.mean(0))
    assert np.allclose(at.power.p16, np.percentile(power, 16, axis=0))
    assert np.allclose(at.mass.mean, mass_histogram(fields).counts.double().mean(0))
    assert np.allclose(at.mean_density, fields.mean((1, 2, 3)))


def test_coarser_voxels_are_averages_in_density(store, held_out):
    coarse = build_held_out(store, ["0001", "0002"], n=8, coarsen=2)
    blocks = held_out.densities.reshape(2, 4, 8, 2, 8, 2, 8, 2).mean((3, 5, 7))
    assert np.allclose(coarse.densities, blocks, rtol=1e-5)
    assert coarse.box_size == held_out.box_size
    fine, averaged = held_out.statistics.at(0.0), coarse.statistics.at(0.0)
    assert np.allclose(averaged.mean_density, fine.mean_density, rtol=1e-5)
    assert np.allclose(averaged.k[:3], fine.k[:3])  # the fourth shell is cut off by the coarser Nyquist
    assert averaged.power.mean[0] == pytest.approx(fine.power.mean[0], rel=0.15)


def test_between_snapshots_the_band_is_interpolated_and_says_so(held_out):
    early, middle, late = (held_out.statistics.at(z) for z in (1.0, 0.7, 0.5))
    assert middle.interpolated
    assert (middle.power.mean[:3] > early.power.mean[:3]).all()
    assert (middle.power.mean[:3] < late.power.mean[:3]).all()
    assert middle.mass.mean.sum() == pytest.approx(16**3)


def test_interpolation_is_continuous_at_snapshots(held_out):
    near, at = held_out.statistics.at(0.5 + 1e-5), held_out.statistics.at(0.5)
    assert near.interpolated
    assert np.allclose(near.power.median, at.power.median, rtol=1e-3)


@pytest.mark.parametrize("redshift", [-0.1, 3.1, float("nan")])
def test_redshifts_beyond_the_snapshots_are_refused(held_out, redshift):
    with pytest.raises(InvalidInputError, match="z = 3 to 0"):
        held_out.statistics.at(redshift)


def test_file_gives_back_what_was_saved(held_out, tmp_path):
    save_held_out(held_out, tmp_path / "reference.safetensors")
    loaded = load_held_out(tmp_path / "reference.safetensors")
    assert len(loaded) == 2
    assert loaded.labels == held_out.labels == ("simulation 0001", "simulation 0002")
    assert loaded.facts == held_out.facts
    assert loaded.statistics.redshifts == (3.0, 1.0, 0.5, 0.0)
    for redshift in (3.0, 0.7, 0.0):
        old, new = held_out.statistics.at(redshift), loaded.statistics.at(redshift)
        assert np.allclose(new.power.median, old.power.median, rtol=1e-5)
        assert np.allclose(new.peaks.p84, old.peaks.p84, rtol=1e-5)
    error = np.abs(loaded.densities - held_out.densities)
    assert (error <= 1.5e-4 * (held_out.densities + 0.01)).all()
    assert loaded.densities.dtype == np.float32
    assert loaded.densities.min() >= 0


def test_a_field_is_that_of_the_nearest_snapshot(store, held_out):
    box = held_out.box(1, 0.6)
    assert (box.redshift, box.box_size, box.periodic, box.label) == (0.5, 16.0, False, "simulation 0002")
    assert np.array_equal(box.density, store["0002"].density(0.5)[:16, :16, :16])
    assert held_out.box(0, 2.9).redshift == 3.0


@pytest.mark.parametrize("index", [-1, 2])
def test_a_field_that_is_not_there_is_refused(held_out, index):
    with pytest.raises(InvalidInputError, match="0 to 1"):
        held_out.box(index, 0.0)


@pytest.mark.parametrize(
    ("names", "message"),
    [([], "at least one"), (["0001", "0001"], "once"), (["0001", "0099"], "'0099'")],
)
def test_impossible_selections_are_refused(store, names, message):
    with pytest.raises(InvalidInputError, match=message):
        build_held_out(store, names, n=16)


def test_sub_volumes_larger_than_the_box_are_refused(store):
    with pytest.raises(InvalidInputError, match="64"):
        build_held_out(store, ["0001"], n=64)


def test_damaged_files_are_refused(held_out, tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "reference.safetensors"
    with pytest.raises(MissingFileError, match="reference"):
        load_held_out(path)
    save_held_out(held_out, path)
    whole = path.read_bytes()
    for length in (0, 7, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(BrokenFileError, match="reference"):
            load_held_out(path)
    save_file({"a": np.zeros(3)}, path)
    with pytest.raises(BrokenFileError, match="no held-out"):
        load_held_out(path)
    save_file({"a": np.zeros(3)}, path, {"cosmoloom": json.dumps({"format": "cosmoloom-held-out"})})
    with pytest.raises(BrokenFileError, match="lacks"):
        load_held_out(path)


def test_unwritable_targets_are_refused(held_out, tmp_path):
    with pytest.raises(UnwritableError, match="no folder"):
        save_held_out(held_out, tmp_path / "nowhere" / "reference.safetensors")
    assert list(tmp_path.iterdir()) == []
