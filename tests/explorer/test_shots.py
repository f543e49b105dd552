from dataclasses import replace

import numpy as np
import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import Settings
from cosmoloom_explorer.saved_session import Bookmark, Camera, SavedSession
from cosmoloom_explorer.shots import Shot, between, plan

HERE = Camera(angles=(0.0, 0.0, 90.0), center=(1.0, 2.0, 3.0), zoom=4.0)
THERE = Camera(angles=(0.0, 40.0, 90.0), center=(3.0, 2.0, 1.0), zoom=16.0)
START = Settings(model="m", seed=1, redshift=1.0, kappa=4.0, slices=(0, 8, 8))


def session(**changes) -> SavedSession:
    return SavedSession(settings=START, camera=HERE, **changes)


def test_time_passes_in_equal_steps_of_the_scale_factor_from_end_to_end():
    shots = plan(session(), 5, redshifts=(3.0, 0.0))
    redshifts = [shot.settings.redshift for shot in shots]
    assert (redshifts[0], redshifts[-1]) == (3.0, 0.0)
    assert np.allclose(np.diff([1 / (1 + z) for z in redshifts]), 0.75 / 4)
    assert {shot.camera for shot in shots} == {HERE}


def test_a_full_turn_can_be_looped():
    turns = [shot.turn for shot in plan(session(), 4, turn=360.0)]
    assert turns == [0.0, 90.0, 180.0, 270.0]


def test_a_walk_begins_and_ends_at_bookmarks_and_goes_half_way_between():
    end = replace(START, redshift=0.0, kappa=16.0, slices=(8, 8, 8))
    stops = (Bookmark(name="a", settings=START, camera=HERE), Bookmark(name="b", settings=end, camera=THERE))
    shots = plan(session(bookmarks=stops), 5)
    assert (shots[0].settings, shots[-1].settings) == (START, end)
    middle = shots[2]
    assert middle.settings.redshift == 0.5
    assert middle.settings.kappa == pytest.approx(8.0)
    assert middle.settings.slices == (4, 8, 8)
    assert middle.camera.zoom == pytest.approx(8.0)
    assert middle.camera.center == (2.0, 2.0, 2.0)
    assert middle.camera.angles == pytest.approx((0.0, 20.0, 90.0))


def test_between_two_seeds_the_latent_goes_along_a_great_circle():
    found = between(Shot(settings=START), Shot(settings=replace(START, seed=5)), 0.25).settings
    assert (found.seed, found.toward, found.fraction) == (1, "seed 5", 0.25)


def test_between_two_models_the_change_comes_half_way():
    other = replace(START, model="other")
    found = [between(Shot(settings=START), Shot(settings=other), share).settings.model for share in (0.4, 0.6)]
    assert found == ["m", "other"]


@pytest.mark.parametrize(
    ("frames", "options", "word"),
    [(1, {"turn": 9.0}, "frames"), (10, {}, "nothing would move"), (10, {"redshifts": (-1.0, 0.0)}, "0 or above")],
)
def test_a_movie_of_nothing_is_refused(frames, options, word):
    with pytest.raises(InvalidInputError, match=word):
        plan(session(), frames, **options)
