"""Training from the command line: a model comes out, and bad input is refused before anything is written."""

from __future__ import annotations

import pytest

from cosmoloom import models

TINY = ("-n", 16, "--width", 8, "--batch", 2, "--redshifts", "1,0", "--held-out", "0001")


def test_training_writes_a_model_that_loads(cosmoloom, small_store, tmp_path):
    outcome = cosmoloom("train", small_store, "--out", tmp_path / "run", "--iterations", 2, "--name", "tiny", *TINY)
    assert outcome.status == 0, outcome.err
    model = models.load(tmp_path / "run" / "model")
    assert model.card.name == "tiny"
    assert model.card.training["held_out"] == ["0001"]
    assert model.sample(seed=1, redshift=0.0).n == 16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--held-out", "0007"), "no complete simulation '0007'"),
        (("--boxes", "0001"), "both trained on and held out"),
        (("--redshifts", "5,0"), "has snapshots at z = 1, 0"),
        (("--redshifts", "now"), "numbers separated by commas"),
        (("--kappa", "20,2"), "lowest and a highest"),
        (("-n", 64), "do not fit"),
        (("-n", 24), "voxels"),
        (("--grow-from", "nowhere"), "coarser grid first"),
        (("--device", "abacus"), "no device 'abacus'"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(cosmoloom, small_store, tmp_path, options, message):
    outcome = cosmoloom("train", small_store, "--out", tmp_path / "run", "--iterations", 1, *TINY, *options)
    assert outcome.status == 2
    assert message in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (tmp_path / "run" / "state.pt").exists()
