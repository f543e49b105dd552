from dataclasses import replace

import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError
from cosmoloom.keys import LatentKey
from cosmoloom.pipeline.kept_latents import PASSING, KeptLatents
from cosmoloom.pipeline.latent_paths import slerp
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.pipeline.latent_recipes import LatentRecipes


@pytest.fixture(scope="module")
def model(tiny_primordial_folder):
    return models.load(tiny_primordial_folder)


@pytest.fixture(scope="module")
def key(tiny_primordial_folder):
    return LatentKey(model=str(tiny_primordial_folder), seed=3)


def test_a_bare_key_is_the_draw_of_its_seed(model, key):
    np.testing.assert_array_equal(LatentRecipes().make(model, key), model.draw_latent(3)[0])


def test_a_key_names_both_ends_of_a_way(model, key):
    recipes = LatentRecipes()
    name = recipes.kept.keep(model.draw_latent(8)[0] * 0.9)
    made = recipes.make(model, replace(key, origin=name, toward="seed 5", fraction=0.3))
    ends = recipes.named(model, name), model.draw_latent(5)[0]
    np.testing.assert_array_equal(made, slerp(*ends, 0.3, LatentPrior.of(model.card)))
    assert np.array_equal(recipes.make(model, replace(key, toward="seed 5", fraction=1.0)), model.draw_latent(5)[0])


def test_tilts_step_along_directions_found_elsewhere_once(model, key):
    recipes, place = LatentRecipes(), ("seed 9", 0.0, 8.0)
    made = recipes.make(model, replace(key, tilts=(2.0, -1.0), tilts_at=place))
    found = recipes.directions(model, place)
    assert recipes.directions(model, place) is found
    expected = found.step(model.draw_latent(3)[0], (2.0, -1.0), LatentPrior.of(model.card))
    np.testing.assert_array_equal(made, expected)


def test_a_kept_latent_cannot_be_changed_and_equal_ones_have_one_name():
    kept = KeptLatents()
    values = np.arange(5, dtype=np.float32)
    name = kept.keep(values)
    values[:] = 0
    assert kept.keep(torch.arange(5)) == name
    np.testing.assert_array_equal(kept.get(name), np.arange(5))
    with pytest.raises(ValueError, match="read-only"):
        kept.get(name)[0] = 1


def test_passing_latents_make_room_and_lasting_ones_stay():
    kept = KeptLatents()
    lasting = kept.keep([1.0, 2.0])
    names = [kept.keep([float(i)], lasting=False) for i in range(PASSING + 2)]
    assert float(kept.get(names[-1])[0]) == PASSING + 1
    np.testing.assert_array_equal(kept.get(lasting), [1.0, 2.0])
    with pytest.raises(MissingFileError, match="session"):
        kept.get(names[0])


def test_latents_are_written_and_read_bit_for_bit_and_altered_ones_are_found(tmp_path):
    kept, again = KeptLatents(), KeptLatents()
    name = kept.keep(np.random.default_rng(0).normal(size=50))
    kept.save(tmp_path / "a.npz", [name])
    again.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.get(name), kept.get(name))
    np.savez(tmp_path / "b.npz", **{name: np.zeros(50, dtype=np.float32)})
    with pytest.raises(BrokenFileError, match="altered"):
        again.load(tmp_path / "b.npz")
    (tmp_path / "c.npz").write_bytes(b"no zip")
    with pytest.raises(BrokenFileError, match="no latents"):
        again.load(tmp_path / "c.npz")
    with pytest.raises(MissingFileError, match="beside"):
        again.load(tmp_path / "d.npz")


@pytest.mark.parametrize("name", ["5", "seed x", "seed -1", "latent"])
def test_a_name_that_nothing_has_is_refused(model, key, name):
    with pytest.raises(InvalidInputError, match="named"):
        LatentRecipes().make(model, replace(key, origin=name))


def test_a_latent_of_another_model_is_refused(model, key):
    recipes = LatentRecipes()
    with pytest.raises(InvalidInputError, match="reads"):
        recipes.make(model, replace(key, origin=recipes.kept.keep([1.0, 2.0])))
    with pytest.raises(InvalidInputError, match="finite"):
        recipes.kept.keep([np.nan])
