import csv
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cosmoloom.engine import Engine
from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import ScaledReferenceKey
from cosmoloom_explorer import Limits, ModelFacts
from cosmoloom_explorer.blind_test import draw_test
from cosmoloom_explorer.trial_slices import TrialSlices


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("cpu")


@pytest.fixture(scope="module")
def facts(engine, tiny_model_folder) -> ModelFacts:
    name = str(tiny_model_folder)
    held_out = engine.held_out(name)
    return ModelFacts(
        name=name, card=engine.card(name), explained=(), direction_names=(), latent_sigma=1.0,
        snapshots=tuple(held_out.statistics.redshifts), references=held_out.sources,
    )  # fmt: skip


@pytest.fixture
def settings(facts):
    return replace(Limits.from_card(facts.card).defaults(facts.name), redshift=0.6)


def test_half_of_the_slices_are_held_out_simulations_and_none_is_shown_twice(settings, facts):
    test = draw_test(settings, facts, count=40, seed=3)
    real = [trial for trial in test.trials if trial.real]
    assert len(real) == 20
    assert len({(trial.source, trial.axis, trial.position) for trial in real}) == 20
    assert len({trial.source for trial in test.trials if not trial.real}) == 20


def test_all_slices_are_of_one_snapshot_and_displayed_alike(settings, facts):
    test = draw_test(replace(settings, display_kappa=20.0), facts, count=20, seed=3)
    shown = {trial.field.display_kappa for trial in test.trials}
    redshifts = {
        trial.field.reference.redshift if trial.real else trial.field.density.field.redshift for trial in test.trials
    }
    assert shown == {20.0}
    assert redshifts == {test.redshift} == {0.5}


def test_a_seed_draws_the_same_test_and_another_one_another(settings, facts):
    assert draw_test(settings, facts, count=20, seed=3) == draw_test(settings, facts, count=20, seed=3)
    assert draw_test(settings, facts, count=20, seed=3).trials != draw_test(settings, facts, count=20, seed=4).trials


@pytest.mark.parametrize("count", [0, 7, 10_000])
def test_a_test_of_no_or_odd_or_too_many_slices_is_refused(settings, facts, count):
    with pytest.raises(InvalidInputError, match="even number"):
        draw_test(settings, facts, count=count, seed=1)


def test_without_held_out_simulations_there_is_no_test(settings, facts):
    with pytest.raises(InvalidInputError, match="held-out"):
        draw_test(settings, replace(facts, snapshots=(), references=()), count=20, seed=1)


def test_the_score_counts_what_was_right_and_d_prime_tells_seers_from_guessers(settings, facts):
    seer = guesser = draw_test(settings, facts, count=20, seed=1)
    while (trial := seer.next) is not None:
        seer = seer.answered(said_real=trial.real, seconds=1.0)
        guesser = guesser.answered(said_real=len(guesser.answers) % 2 == 0, seconds=1.0)
    assert seer.right == 20
    assert seer.sensitivity().low > 0
    assert guesser.sensitivity().low < 0 < guesser.sensitivity().high
    with pytest.raises(InvalidInputError, match="begin another"):
        seer.answered(said_real=True, seconds=1.0)


def test_before_both_kinds_were_judged_there_is_no_d_prime(settings, facts):
    assert draw_test(settings, facts, count=4, seed=1).sensitivity() is None


def test_the_table_holds_every_answer_and_the_result(settings, facts, tmp_path):
    test = draw_test(settings, facts, count=8, seed=1)
    while test.next is not None:
        test = test.answered(said_real=True, seconds=1.5)
    test.save(tmp_path / "answers.csv")
    lines = (tmp_path / "answers.csv").read_text().splitlines()
    assert "seed 1" in lines[0]
    assert "d' = 0.0000" in lines[1]
    assert "Gourevitch" in lines[1]
    rows = list(csv.DictReader(lines[2:]))
    assert [int(row["simulated"]) for row in rows] == [int(trial.real) for trial in test.trials]
    assert sum(int(row["right"]) for row in rows) == 4


def test_slices_come_in_order_and_are_those_of_their_trials(settings, facts, engine):
    test = draw_test(settings, facts, count=4, seed=2)
    made: dict[int, np.ndarray] = {}
    done = SimpleNamespace(failed="")
    slices = TrialSlices(
        Engine("cpu"), lambda run: run(), ready=lambda _test, number, picture: made.update({number: picture}),
        failed=lambda text: setattr(done, "failed", text),
    )  # fmt: skip
    slices.make(test)
    assert slices._mailbox.wait(60.0)
    assert slices.close()
    assert not done.failed
    assert list(made) == [0, 1, 2, 3]
    for number, trial in enumerate(test.trials):
        simulated = isinstance(trial.field, ScaledReferenceKey)
        volume = engine.scaled_reference(trial.field) if simulated else engine.scaled(trial.field)
        cut = np.take(volume, trial.position, axis=trial.axis)
        assert sorted(cut.ravel()) == sorted(made[number].ravel())


def test_a_fault_of_the_engine_is_told_in_one_line(settings, facts):
    told: list[str] = []
    missing = draw_test(replace(settings, model="gone"), facts, count=4, seed=2)
    slices = TrialSlices(Engine("cpu"), lambda run: run(), ready=lambda *_: None, failed=told.append)
    slices.make(missing)
    assert slices._mailbox.wait(60.0)
    slices.close()
    assert len(told) == 1
    assert "gone" in told[0]
