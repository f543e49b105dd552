import numpy as np
import pytest

from cosmoloom.engine import Engine
from cosmoloom_explorer import Limits, resolve
from cosmoloom_explorer.comparison import Comparer, NormalScores, difference


@pytest.fixture(scope="module")
def universes() -> np.ndarray:
    """Lognormal fields with empty voxels, as simulations have them."""
    fields = np.random.default_rng(3).lognormal(-0.5, 1.5, (6, 16, 16, 16)).astype(np.float32)
    return np.where(fields < 0.1, 0, fields)


@pytest.fixture(scope="module")
def scores(universes) -> NormalScores:
    return NormalScores.of_ensemble(universes)


def test_unrelated_fields_of_the_ensemble_differ_by_one(universes, scores):
    shown = difference(universes[0], universes[1], scores)
    assert abs(float(shown.mean())) < 0.03
    assert float(np.sqrt((shown**2).mean())) == pytest.approx(1.0, abs=0.03)


def test_equal_fields_differ_by_nothing_and_exchanged_ones_by_the_opposite(universes, scores):
    a, b = universes[:2]
    assert not difference(a, a, scores).any()
    assert np.array_equal(difference(a, b, scores), -difference(b, a, scores))


def test_a_denser_voxel_is_a_positive_difference(universes, scores):
    a, b = universes[:2]
    shown = difference(a, b, scores)
    assert (shown[a > 1.5 * b] > 0).all()


def test_any_monotonic_measure_of_density_gives_the_same_difference(universes, scores):
    a, b = universes[:2]
    other = NormalScores.of_ensemble(universes**2)
    assert np.allclose(difference(a**2, b**2, other), difference(a, b, scores), atol=0.02)


def test_what_the_ensemble_never_saw_stays_finite(scores):
    assert np.isfinite(scores.of(np.array([0.0, 1e9], dtype=np.float32))).all()


def test_an_overlap_is_made_of_the_densest_voxels_of_both(tiny_model_folder):
    engine, name = Engine("cpu"), str(tiny_model_folder)
    limits = Limits.from_card(engine.card(name))
    settings = limits.defaults(name)
    state = {"layout": "overlap", "top_percent": 10.0}
    from dataclasses import replace

    view = resolve(replace(settings, **state), snapshots=(0.0,))
    shown = Comparer(engine).compare(view)
    # Ties at the threshold lie below it, so a share can only be smaller.
    for field in (1, 2):
        assert 0.05 < np.isin(shown, (field, 3)).mean() <= 0.1 + 1e-3
    assert Comparer(engine).compare(resolve(settings, snapshots=(0.0,))) is None
