"""Training from the command line: a model comes out, and bad input is refused before anything is written."""

from __future__ import annotations

import pytest

from cosmoloom import models
from cosmoloom.train.recipes.recipe import FILE

APART = ("--set", "data.held_out=0001", "--set", "data.validation=[]")
TINY = tuple(
    part
    for setting in (
        "data.n=16", "data.coarsen=1", "data.redshifts=1,0", "networks.coarse_size=8", "networks.detail_levels=1",
        "networks.widths=8,8", "networks.critic_widths=8,8", "updates.batch=2",
    )
    for part in ("--set", setting)
)  # fmt: skip


def test_training_writes_a_model_that_loads_and_the_recipe_beside_it(cosmoloom, small_store, tmp_path):
    run = tmp_path / "run"
    outcome = cosmoloom(
        "train", "loom32", "--store", small_store, "--out", run, "--set", "updates.iterations=2", "--name", "tiny",
        *TINY, *APART,
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    model = models.load(run / "model")
    assert model.card.name == "tiny"
    assert model.card.training["held_out"] == ["0001"]
    assert model.sample(seed=1, redshift=0.0).n == 16

    more = cosmoloom("train", run / FILE, "--out", run, "--set", "updates.iterations=3")
    assert more.status == 0, more.err
    assert models.load(run / "model").card.training["iterations_done"] == 3
    other = cosmoloom("train", run / FILE, "--out", run, "--set", "networks.coarse_size=4")
    assert other.status == 2
    assert "networks.coarse_size" in other.err


@pytest.mark.parametrize("options", [(), ("--list",)])
def test_presets_are_shown_with_a_line_each(cosmoloom, options):
    outcome = cosmoloom("train", *options)
    assert outcome.status == 0
    assert "cavezza2022" in outcome.out
    assert "WGAN with a summary loss" in outcome.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--set", "data.held_out=0007"), "no complete simulation '0007'"),
        (("--set", "data.boxes=0001"), "both trained on and held out"),
        (("--set", "data.redshifts=5,0"), "has snapshots at z = 1, 0"),
        (("--set", "data.redshifts=now"), "data.redshifts"),
        (("--set", "data.kappa_range=20,2"), "kappa_range is a lowest and a highest"),
        (("--set", "data.n=32", "--set", "networks.widths=8,8,8"), "data.n: fields of 32 voxels"),
        (("--set", "data.n=24"), "networks: 2 widths make 16"),
        (("--set", "networks.grow_from=nowhere"), "coarser grid first"),
        (("--set", "updates.speed=3"), "updates.speed: Extra inputs"),
        (("--device", "abacus"), "no device 'abacus'"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(cosmoloom, small_store, tmp_path, options, message):
    run = tmp_path / "run"
    outcome = cosmoloom("train", "loom32", "--store", small_store, "--out", run, *TINY, *APART, *options)
    assert outcome.status == 2
    assert message in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (run / "state").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("loom32", "--out", "run"), "data.store: name a simulation store"),
        (("dcgan", "--out", "run"), "no preset is named 'dcgan'"),
        (("loom32",), "--out"),
    ],
)
def test_what_is_missing_is_named(cosmoloom, arguments, message):
    outcome = cosmoloom("train", *arguments)
    assert outcome.status == 2
    assert message in outcome.err
