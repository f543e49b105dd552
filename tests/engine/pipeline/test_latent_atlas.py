import numpy as np
import pytest

from cosmoloom import models
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.latent_atlas import COLOURINGS, draw_atlas, principal_plane


@pytest.fixture(scope="module")
def model(tiny_primordial_folder):
    return models.load(tiny_primordial_folder)


def test_a_map_grows_by_one_sample_at_a_time_and_knows_their_statistics(model):
    maps = list(draw_atlas(model, first_seed=7, count=6, redshift=0.5, kappa=8.0))
    assert [len(each.seeds) for each in maps] == [3, 4, 5, 6]
    last = maps[-1]
    assert last.seeds == (7, 8, 9, 10, 11, 12)
    assert last.positions.shape == (6, 2)
    assert last.colourings.shape == (6, len(COLOURINGS))
    box = model.sample(seed=9, redshift=0.5, kappa=8.0)
    assert last.colourings[2, 0] == pytest.approx(box.density.mean(), rel=1e-5)
    assert last.colourings[2, -1] == pytest.approx(np.log10(box.density.max()), rel=1e-4)


def test_a_closed_map_is_as_far_as_it_came(model):
    growing = draw_atlas(model, first_seed=1, count=500, redshift=0.0, kappa=8.0)
    first = next(growing)
    growing.close()
    assert len(first.seeds) == 3
    assert first.wanted == 500


def test_the_plane_holds_the_two_directions_of_most_scatter_and_does_not_flip():
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(40, 2)) @ np.array([[1.0, 1, 1, 0, 0], [0, 0, 0, 1, 1]])
    positions, explained, axes = principal_plane(hidden + 1e-3 * rng.normal(size=hidden.shape))
    assert sum(explained) == pytest.approx(1.0, abs=1e-3)
    again, _, _ = principal_plane(hidden, -axes)
    np.testing.assert_allclose(again, -positions, atol=0.05)


def test_a_map_of_two_or_of_an_unknown_time_is_refused(model):
    with pytest.raises(InvalidInputError, match="3 samples"):
        draw_atlas(model, first_seed=1, count=2, redshift=0.0, kappa=8.0)
    with pytest.raises(InvalidInputError, match="redshift"):
        draw_atlas(model, first_seed=1, count=5, redshift=9.0, kappa=8.0)
