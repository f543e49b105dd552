"""The engine computes what a key names, once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.engine import KEPT_FIELDS, Engine
from cosmoloom.errors import InvalidInputError, MissingFileError, UnknownModelError
from cosmoloom.keys import DensityKey, FieldKey, LatentKey, ReferenceKey, ScaledKey, StatisticsKey
from cosmoloom.scaling.rational import scale


@pytest.fixture
def engine() -> Engine:
    return Engine(device="cpu", precision="exact")


def scaled_key(folder: Path, *, seed=1, redshift=1.0, kappa=6.0, display_kappa=6.0, **latent) -> ScaledKey:
    latent_key = LatentKey(model=str(folder), seed=seed, **latent)
    density = DensityKey(field=FieldKey(latent=latent_key, redshift=redshift, kappa=kappa))
    return ScaledKey(density=density, display_kappa=display_kappa)


def statistics_key(folder: Path, redshift: float, index: int | None = 0) -> StatisticsKey:
    reference = None if index is None else ReferenceKey(model=str(folder), index=index, redshift=redshift)
    return StatisticsKey(density=scaled_key(folder, redshift=redshift).density, reference=reference)


def test_the_displayed_field_is_the_models_own(engine, tiny_model_folder):
    shown = engine.scaled(scaled_key(tiny_model_folder, display_kappa=3.0))
    box = models.load(tiny_model_folder).sample(seed=1, redshift=1.0, kappa=6.0)
    assert shown.dtype == np.float32
    assert shown.flags.c_contiguous
    np.testing.assert_allclose(shown, scale(box.density, 3.0), atol=1e-6)


def test_moving_display_kappa_runs_no_network(engine, tiny_model_folder):
    key = scaled_key(tiny_model_folder)
    engine.scaled(key)
    engine.last_timings.clear()
    engine.scaled(replace(key, display_kappa=9.0))
    assert set(engine.last_timings) == {"transfer"}


def test_equal_keys_are_served_from_the_cache(engine, tiny_model_folder):
    first = engine.scaled(scaled_key(tiny_model_folder))
    engine.last_timings.clear()
    assert engine.scaled(scaled_key(tiny_model_folder)) is first
    assert engine.last_timings == {}
    statistics = engine.statistics(statistics_key(tiny_model_folder, 1.0))
    assert engine.statistics(statistics_key(tiny_model_folder, 1.0)) is statistics
    assert set(engine.last_timings) == {"statistics"}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"redshift": 0.9},
        {"kappa": 7.0},
        {"directions": (0.5,)},
        {"components": ((3, 1.5),)},
    ],
)
def test_every_part_of_a_key_changes_the_field(engine, tiny_model_folder, change):
    first = engine.scaled(scaled_key(tiny_model_folder))
    assert not np.array_equal(first, engine.scaled(scaled_key(tiny_model_folder, **change)))


def test_only_the_last_few_fields_are_kept(engine, tiny_model_folder):
    for seed in range(KEPT_FIELDS + 1):
        engine.scaled(scaled_key(tiny_model_folder, seed=seed))
    engine.last_timings.clear()
    engine.scaled(scaled_key(tiny_model_folder, seed=0))
    assert "network" in engine.last_timings


def test_a_step_along_a_direction_is_measured_in_prior_sigmas(engine, tiny_model_folder):
    model = engine.model(str(tiny_model_folder))
    start = engine.latent(LatentKey(model=str(tiny_model_folder), seed=4))
    moved = engine.latent(LatentKey(model=str(tiny_model_folder), seed=4, directions=(0.0, 2.0)))
    expected = 2.0 * model.latent_sigma * model.directions.vectors[1].numpy()
    np.testing.assert_allclose(moved - start, expected, atol=1e-6)


def test_a_component_is_set_after_all_steps(engine, tiny_model_folder):
    key = LatentKey(model=str(tiny_model_folder), seed=4, directions=(1.0,), components=((5, -0.25),))
    assert engine.latent(key)[5] == np.float32(-0.25)


@pytest.mark.parametrize(
    "change",
    [
        {"redshift": 3.5},
        {"kappa": 1.0},
        {"display_kappa": 0.0},
        {"directions": (0.0,) * 17},
        {"components": ((536, 0.0),)},
        {"components": ((-1, 0.0),)},
    ],
)
def test_an_impossible_key_is_refused(engine, tiny_model_folder, change):
    with pytest.raises(InvalidInputError):
        engine.scaled(scaled_key(tiny_model_folder, **change))


def test_an_unknown_model_is_refused(engine):
    with pytest.raises(UnknownModelError):
        engine.card("no-such-model")


def test_the_reference_is_the_held_out_box_at_the_nearest_snapshot(engine, tiny_model_folder):
    box = engine.reference(ReferenceKey(model=str(tiny_model_folder), index=0, redshift=0.1))
    assert (box.redshift, box.n, box.box_size) == (0.0, 16, 16.0)
    assert box.label == "simulation 0010"


def test_a_model_of_another_cosmology_has_statistics_but_no_reference(engine, tmp_path, tiny_model_folder):
    model = models.load(tiny_model_folder)
    card = model.card.model_copy(update={"cosmology": model.card.cosmology | {"sigma_8": 0.7}})
    models.save_model(tmp_path, generator=model.generator, standardisation=model.standardisation, card=card)
    assert engine.held_out(str(tmp_path)) is None
    statistics = engine.statistics(statistics_key(tmp_path, 0.0, index=None))
    assert statistics.power.median is None
    assert statistics.dice is None
    assert statistics.n_samples == 0
    with pytest.raises(MissingFileError):
        engine.reference(ReferenceKey(model=str(tmp_path), index=0, redshift=0.0))


def test_clearing_the_engine_frees_its_models(engine, tiny_model_folder):
    model = engine.model(str(tiny_model_folder))
    engine.clear()
    assert engine.model(str(tiny_model_folder)) is not model


def test_a_stage_leaves_the_threads_of_torch_as_they_were(tiny_model_folder):
    before = torch.get_num_threads()
    Engine(device="cpu", threads=before + 1).scaled(scaled_key(tiny_model_folder))
    assert torch.get_num_threads() == before


def test_threads_and_precision_do_not_change_the_picture(engine, tiny_model_folder):
    shown = engine.scaled(scaled_key(tiny_model_folder))
    other = Engine(device="cpu", precision="fast", threads=2).scaled(scaled_key(tiny_model_folder))
    assert np.abs(other - shown).std() < 0.01 * shown.std()


def test_importing_the_engine_imports_no_torch():
    code = "import sys, cosmoloom.engine, cosmoloom.models; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
