import shlex
from dataclasses import replace

import numpy as np
import pytest

from cosmoloom import models
from cosmoloom.data.writers import write_fields
from cosmoloom.engine import Engine
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.inversion.own_box import find_own_box
from cosmoloom_explorer import Limits, Settings, resolve
from cosmoloom_explorer.copy_as import as_command, as_python, with_choices

CHANGES = [
    {},
    {"seed": 5, "redshift": 1.25, "kappa": 6.0},
    {"directions": (0.0, 1.5, 0.0, -2.0, 0.0, 0.0), "components": ((3, 1.0), (30, -0.5)), "display_kappa": 30.0},
    {"colouring": "error", "kappa": 4.0},
]

WINDOW = {
    "slices": (1, 2, 3), "ndisplay": 2, "reference_index": 1, "plots": ("mass", "minkowski"), "band": (0.5, 1.2),
    "peak_range": (1.0, 1.5), "own_box": ("/data/mine.npz", "crop", 64.0, 0.5),
}  # fmt: skip


def opening(folder) -> Settings:
    return Limits.from_card(models.read_card(str(folder))).defaults(str(folder))


@pytest.mark.parametrize("changes", CHANGES)
def test_the_copied_script_makes_the_field_and_the_colours_on_screen(tiny_model_folder, changes):
    settings = replace(opening(tiny_model_folder), **changes)
    made: dict = {}
    exec(as_python(settings), made)
    view = resolve(settings)
    engine = Engine("cpu", precision="exact")
    np.testing.assert_allclose(made["box"].density, engine.density(view.scaled.density).numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(made["shown"], engine.scaled(view.scaled), atol=1e-4)


def test_the_copied_script_shows_the_same_waves_in_the_unit_of_the_simulation(tiny_model_folder):
    settings = replace(opening(tiny_model_folder), band=(0.5, 1.2), redshift=0.3, reference_index=1)
    made: dict = {}
    exec(as_python(settings), made)
    engine = Engine("cpu", precision="exact")
    snapshots = engine.held_out(settings.model).statistics.redshifts
    shown = engine.scaled(resolve(settings, snapshots=snapshots).scaled)
    np.testing.assert_allclose(made["shown"], shown, atol=1e-4)


def test_the_copied_script_reads_a_box_of_ones_own(tiny_model_folder, tmp_path):
    card = models.read_card(str(tiny_model_folder))
    density = np.random.default_rng(5).lognormal(0, 1, (card.n,) * 3).astype(np.float32)
    write_fields(tmp_path / "mine.npz", density, {"box_size": card.box_size, "redshift": 0.0})
    own, _ = find_own_box(tmp_path / "mine.npz", card, "refuse")
    settings = replace(opening(tiny_model_folder), band=(0.5, 1.2), own_box=own)
    made: dict = {}
    exec(as_python(settings), made)
    engine = Engine("cpu", precision="exact")
    np.testing.assert_allclose(made["shown"], engine.scaled(resolve(settings).scaled), atol=1e-4)


def test_the_script_of_a_network_that_reads_no_kappa_says_none(tmp_path, make_published):
    card = make_published(tmp_path, "feder2020")
    limits = Limits.from_card(card)
    settings = replace(limits.defaults(str(tmp_path)), kappa=20.0, seed=3)
    script = as_python(settings, kappa_conditions=limits.kappa_conditions)
    assert "kappa" not in script.split("box =")[1].splitlines()[0]
    made: dict = {}
    exec(script, made)
    shown = Engine("cpu", precision="exact").scaled(resolve(settings, kappa_conditions=False).scaled)
    np.testing.assert_allclose(made["shown"], shown, atol=1e-5)


@pytest.mark.parametrize("changes", [*CHANGES, WINDOW])
def test_the_copied_command_means_the_same_settings(tiny_model_folder, changes):
    defaults = opening(tiny_model_folder)
    settings = replace(defaults, **changes)
    program, command, model, *words = shlex.split(as_command(settings, defaults))
    assert (program, command, model) == ("cosmoloom", "explore", str(tiny_model_folder))
    options = list(zip(words[::2], words[1::2], strict=True))
    named = {name[2:]: type(getattr(defaults, name[2:]))(value) for name, value in options if name != "--set"}
    assert with_choices(replace(defaults, **named), [value for name, value in options if name == "--set"]) == settings


@pytest.mark.parametrize(
    ("choice", "word"),
    [("colour=red", "colouring"), ("slices=[1,2]", "slices"), ("ndisplay=two", "ndisplay"), ("model=other", "model")],
)
def test_a_choice_that_means_nothing_is_refused_by_name(choice, word):
    with pytest.raises(InvalidInputError, match=word):
        with_choices(Settings(model="m"), [choice])


def test_a_bare_word_is_a_text():
    assert with_choices(Settings(model="m"), ["colouring=error"]).colouring == "error"
