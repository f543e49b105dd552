"""Every control is a trait: code sets it, code observes it, and the state, the session and all views follow."""

import shutil
from dataclasses import fields

import numpy as np
import pytest
from traitlets import TraitError

from cosmoloom.errors import CosmoloomError, InvalidInputError, UnknownModelError
from cosmoloom_explorer import Settings
from ipycosmoloom import Explorer, RedshiftSlider, SliceView, StatisticsView, VolumeView
from ipycosmoloom.settings_traits import SETTING_OF


def test_every_setting_is_a_trait_that_goes_to_the_browser(explorer):
    assert set(SETTING_OF.values()) == {field.name for field in fields(Settings)}
    for trait, setting in SETTING_OF.items():
        assert explorer.trait_metadata(trait, "sync")
        assert getattr(explorer, trait) == getattr(explorer.state, setting)


def test_a_trait_moves_the_state_and_the_state_moves_the_trait(explorer):
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.new)), ["redshift", "seed"])
    explorer.redshift = 1.5
    explorer.state.seed = 8
    assert (explorer.state.redshift, explorer.seed) == (1.5, 8)
    assert seen == [("redshift", 1.5), ("seed", 8)]


def test_none_goes_to_the_state_like_any_other_value(explorer):
    explorer.display_kappa = 3.0
    assert explorer.state.display_kappa == 3.0
    explorer.display_kappa = None
    assert explorer.state.display_kappa is None


def test_a_value_out_of_range_raises_and_changes_nothing(explorer):
    with pytest.raises(InvalidInputError, match=r"redshift must lie in \[0, 3\]"):
        explorer.redshift = 9.0
    with pytest.raises(TraitError, match="x-y, x-z, y-z"):
        explorer.plane = "up"
    with pytest.raises(UnknownModelError):
        explorer.model = "no-such-model"
    assert (explorer.redshift, explorer.state.redshift, explorer.plane) == (0.0, 0.0, "x-y")


def test_parts_share_one_state_and_one_session(explorer):
    parts = [SliceView(explorer, "x-z"), VolumeView(explorer), StatisticsView(explorer), RedshiftSlider(explorer)]
    parts[-1].redshift = 2.0
    assert explorer.redshift == explorer.state.redshift == 2.0
    assert all(part.redshift == 2.0 and part.live is explorer.live for part in parts)
    assert parts[0].plane == "x-z"
    for part in parts:
        part.close()


def test_a_browsers_bad_value_is_told_in_one_line_and_the_old_one_is_shown_again(explorer, page):
    shown = page(explorer)
    shown.say(kind="set", values={"redshift": 99.0}, number=1)
    (error, _), (heard, _) = shown.of("error", "heard")
    assert "redshift must lie in" in error["text"]
    assert heard["number"] == 1
    assert explorer.redshift == 0.0


def test_undo_takes_back_what_was_settled(explorer, page):
    shown = page(explorer)
    shown.say(kind="set", values={"redshift": 1.0}, number=1)
    shown.say(kind="do", what="settled")
    shown.say(kind="set", values={"seed": 5}, number=2)
    shown.say(kind="do", what="undo")
    assert (explorer.redshift, explorer.seed) == (1.0, 1)
    shown.say(kind="do", what="redo")
    assert explorer.seed == 5


def test_the_box_is_what_the_copied_script_makes(explorer):
    explorer.redshift, explorer.seed = 1.0, 3
    made: dict = {}
    exec(explorer.to_python(), made)
    np.testing.assert_array_equal(explorer.box.density, made["box"].density)
    assert explorer.box.redshift == 1.0


def test_the_reference_is_chosen_by_its_number():
    explorer = Explorer(reference=2, redshift=0.5)
    assert (explorer.reference_index, explorer.model) == (2, "primordial64")
    explorer.close()


def test_what_cannot_be_made_is_told_to_whoever_waits_for_it(tiny_model_folder, tmp_path):
    folder = shutil.copytree(tiny_model_folder, tmp_path / "spoilt")
    explorer = Explorer(folder)
    for weights in folder.glob("*.safetensors"):
        weights.write_bytes(b"no weights")
    for _ in range(2):
        with pytest.raises(CosmoloomError, match="spoilt"):
            explorer.wait(60)
    explorer.close()


def test_a_closed_explorer_says_so_and_has_ended_its_thread(explorer):
    from threading import enumerate as threads

    explorer.wait(120)
    assert any(thread.name == "cosmoloom-engine" for thread in threads())
    explorer.close()
    explorer.close()
    assert not any(thread.name.startswith("cosmoloom-") for thread in threads())
    with pytest.raises(CosmoloomError, match="closed"):
        explorer.wait()
