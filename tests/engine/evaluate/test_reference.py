"""Held-out simulations for a model: from a reference set, at any redshift."""

import numpy as np
import pytest
import torch

from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError, UnwritableError
from cosmoloom.evaluate.bundled import GRIDS, measure_store, references_for, write_bundled
from cosmoloom.evaluate.reference import HeldOut
from cosmoloom.evaluate.sub_volumes import sub_volumes
from cosmoloom.models import read_card
from cosmoloom.statistics import mass_histogram, power_spectrum


@pytest.fixture(scope="module")
def card(tiny_model_folder):
    """Of a model of 16^3 voxels of 1 Mpc/h."""
    return read_card(tiny_model_folder)


@pytest.fixture(scope="module")
def file(store, tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "set.zarr.zip"
    write_bundled(path, store, ["0001", "0002"], large=store["0000"], n=32)
    return path


@pytest.fixture(scope="module")
def held_out(card, file) -> HeldOut:
    found = references_for(card, file)
    assert found is not None
    return found


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
    assert np.allclose(at.power.mean, power.mean(0), rtol=0.02)  # densities are kept to 2 %
    assert np.allclose(at.power.p16, np.percentile(power, 16, axis=0), rtol=0.02)
    mass = mass_histogram(fields).counts.double().mean(0).numpy()
    assert np.abs(at.mass.mean.cumsum() - mass.cumsum()).max() < 0.02 * 16**3
    assert np.allclose(at.mean_density, fields.mean((1, 2, 3)), rtol=1e-3)


def test_coarser_voxels_are_averages_in_density(card, file, held_out):
    coarse = references_for(card.model_copy(update={"n": 8}), file)
    blocks = held_out.densities.reshape(2, 4, 8, 2, 8, 2, 8, 2).mean((3, 5, 7))
    assert np.allclose(coarse.densities, blocks, rtol=1e-5)
    assert coarse.box_size == held_out.box_size
    fine, averaged = held_out.statistics.at(0.0), coarse.statistics.at(0.0)
    assert np.allclose(averaged.mean_density, fine.mean_density, rtol=1e-5)
    assert np.allclose(averaged.k[:3], fine.k[:3])  # the fourth shell is cut off by the coarser Nyquist
    assert averaged.power.mean[0] == pytest.approx(fine.power.mean[0], rel=0.15)


def test_models_of_one_grid_share_one_answer(card, file, held_out):
    assert references_for(card.model_copy(update={"name": "another checkpoint"}), file) is held_out


@pytest.mark.parametrize(
    "change",
    [
        {"cosmology": {"Omega_m": 0.3, "Omega_b": 0.05, "h": 0.7, "n_s": 0.96, "sigma_8": 0.8}},
        {"n": 64, "box_size": 64.0},
        {"box_size": 24.0},
        {"box_size": 8.0},
        {"thickness": 8.0},
    ],
)
def test_a_model_that_the_set_cannot_speak_for_gets_none(card, file, change):
    """Another cosmology, a larger volume, voxels of 1.5 and of 0.5 Mpc/h, maps."""
    assert references_for(card.model_copy(update=change), file) is None


def test_a_field_says_where_it_comes_from(held_out):
    first, second = held_out.sources
    assert (first.name, first.seed, first.code, first.parent_size, first.corner) == (
        "0001", 1, "particle-mesh", 32.0, (0.0, 0.0, 0.0),
    )  # fmt: skip
    assert (second.seed, second.mirrored) == (2, False)
    assert held_out.labels == ("simulation 0001", "simulation 0002")


def test_the_bundled_set_keeps_the_scatter_of_all_sub_volumes_for_the_grids_of_its_models(card):
    for n, coarsen in GRIDS:
        found = references_for(card.model_copy(update={"n": n, "box_size": float(n * coarsen)}))
        at = found.statistics.at(0.0)
        assert (at.n_samples, at.n_boxes, len(found), found.box_size) == (16, 2, 2, 64.0)
        mine = power_spectrum(found.box(0, 0.0)).power.numpy()
        kept = found.statistics.snapshots[0.0].power
        assert np.abs(kept / mine - 1).max(1).min() < 0.01  # the field shown is one of those measured


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


def test_a_field_is_that_of_the_nearest_snapshot(store, held_out):
    box = held_out.box(1, 0.6)
    assert (box.redshift, box.box_size, box.periodic, box.label) == (0.5, 16.0, False, "simulation 0002")
    exact = store["0002"].density(0.5)[:16, :16, :16]
    assert (np.abs(box.density - exact) <= 0.0203 * (exact + 0.01)).all()
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
        measure_store(store, names, 16)


def test_sub_volumes_larger_than_the_box_are_refused(store):
    with pytest.raises(InvalidInputError, match="64"):
        measure_store(store, ["0001"], 64)


def test_curves_are_kept_as_they_were_measured(store, card, monkeypatch, tmp_path):
    monkeypatch.setattr("cosmoloom.evaluate.bundled.GRIDS", ((16, 1),))
    write_bundled(tmp_path / "set.zarr.zip", store, ["0001", "0002"], large=store["0000"], n=16)
    found = references_for(card, tmp_path / "set.zarr.zip")
    expected = measure_store(SimulationStore.open(store.path), ["0001", "0002"], 16)
    for redshift in (3.0, 0.7, 0.0):
        old, new = expected.at(redshift), found.statistics.at(redshift)
        assert new.n_samples == 16
        assert np.allclose(new.power.median, old.power.median, rtol=1e-5)
        assert np.allclose(new.peaks.p84, old.peaks.p84, rtol=1e-5)


def test_unwritable_targets_are_refused(store, tmp_path):
    with pytest.raises(UnwritableError, match="no folder"):
        write_bundled(tmp_path / "nowhere" / "set.zarr.zip", store, ["0001"], large=store["0000"], n=32)
    assert list(tmp_path.iterdir()) == []
