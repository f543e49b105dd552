"""Recipes: files, settings from the command line, the three kinds of boxes, and errors that name the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosmoloom.errors import InvalidInputError, MissingFileError
from cosmoloom.models import locate
from cosmoloom.nets.collapse import Collapse
from cosmoloom.train.checkpoint import read_state
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.recipes.file import presets, read_recipe, resolve
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.primordial import PrimordialRecipe
from cosmoloom.train.recipes.recipe import FILE
from cosmoloom.train.recipes.sections import UpdatesSection

APART = ("data.boxes=0001", "data.validation=0002", "data.held_out=0003")


def test_a_recipe_is_the_same_after_it_was_written_and_read(tiny_boxes: Path, tmp_path: Path) -> None:
    for preset in ("loom32", "feder2020", "cavezza2022", "srivastava2018-m2"):
        recipe = resolve(preset, store=tiny_boxes, settings=[*APART, r'about="with \"quotes\""'])
        (tmp_path / FILE).write_text(recipe.to_toml())
        assert read_recipe(tmp_path / FILE) == recipe, preset


def test_settings_replace_entries_and_may_leave_quotes_and_brackets_out(tiny_boxes: Path) -> None:
    recipe = resolve(
        "loom32", store=tiny_boxes,
        settings=[*APART, "data.redshifts=3,1,0", "objective.loss=relativistic", "objective.r2=2.5", "seed=7"],
    )  # fmt: skip
    assert isinstance(recipe, PairsRecipe)
    assert recipe.data.redshifts == (3.0, 1.0, 0.0)
    assert (recipe.objective.loss, recipe.objective.r2, recipe.seed) == ("relativistic", 2.5, 7)
    assert recipe.data.boxes == ("0001",)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["objective.r3=1"], "objective.r3: Extra inputs"),
        (["updates.batch=1"], "updates.batch: Input should be greater"),
        (["updates.batch"], "section.key=value"),
        (["objective.loss=logg"], "objective: .*'hinge'"),
        (["objective.wrong_labels=0.1"], "objective.wrong_labels: Extra inputs"),
        (["data.validation=0001"], "data: simulations 0001 are both trained on and used for validation"),
        (["data.held_out=0001"], "data: simulations 0001 are both trained on and held out"),
        (["data.held_out=0009"], "no complete simulation '0009'"),
        (["data.kappa_range=20,2"], "data: kappa_range is a lowest and a highest value"),
        (["data.redshifts=0"], "data: pairs need at least two redshifts"),
        (["networks.critic_n=4"], r"networks.critic_n must lie in \[8, data.n = 32\]"),
        (["data.n=48"], "networks: 3 widths make 32"),
        (["prior.nu=1.5"], "prior.nu: Input should be greater than 2"),
        (["prior.family=normal"], "prior: a student-t prior needs nu"),
        (["game=chess"], "game: expected one of pairs, volumes"),
        (["optimiser.rate=1"], "optimiser: Extra inputs"),
        (["seed.more=1"], "seed is no section"),
    ],
)
def test_an_unfit_setting_is_refused_with_the_name_of_the_field(
    tiny_boxes: Path, settings: list[str], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        resolve("loom32", store=tiny_boxes, settings=[*APART, *settings])


@pytest.mark.parametrize(
    ("preset", "settings", "message"),
    [
        ("feder2020", ["data.redshifts=1,0"], "data.redshifts: feder2020 is not told the redshift"),
        ("feder2020", ["data.n=32"], "networks.sizes: 4 widths make 64"),
        ("feder2020", ["networks.sizes.widths=64"], "networks.sizes: widths must be whole numbers above 0, got 64"),
        ("feder2020", ["networks.sizes.conditional=1"], "networks.sizes: conditional must be true or false, got 1"),
        ("perraudin2019-m3", ["networks.sizes.width=wide"], "networks.sizes: width must be a whole number above 0"),
        ("perraudin2019-m3", ["networks.sizes.width=0"], "networks.sizes: width must be a whole number above 0"),
        ("srivastava2018-m1", ["networks.sizes.ablation=2"], "networks.sizes: ablation must be a word, got 2"),
        ("feder2020", ["networks.architecture=dcgan"], "networks: architecture: no published network is named 'dcgan'"),
        ("feder2020", ["networks.architecture=perraudin2019-m1"], "networks.architecture: .* makes patches"),
        ("feder2020", ["data.scaling=sqrt"], "data: scaling: no scaling is named 'sqrt'"),
        ("feder2020", ["data.thickness=8"], "data.thickness: feder2020 is 3D and has no thickness"),
        ("feder2020", ["data.together=2"], "data.together: pairs need"),
        ("feder2020", ["data.validation=[]"], "prior.calibrate: a width is calibrated on data.validation"),
        ("feder2020", ["data.stride=3"], "data: stride: only a smoothed field"),
        ("ullmo2021-2d", ["summary.until=3"], "summary: its statistics are of volumes"),
        ("perraudin2019-m2", ["prior.calibrate=true"], "prior.calibrate: what patches add"),
        ("perraudin2019-m2", ["data.redshifts=1,0"], "data.redshifts: networks of patches"),
        ("ullmo2021-3d-encoder", [], "source.run: name the folder"),
    ],
)
def test_what_a_published_network_cannot_do_is_refused(
    tiny_boxes: Path, preset: str, settings: list[str], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        resolve(preset, store=tiny_boxes, settings=[*APART, *settings])


def test_the_last_boxes_are_held_out_and_the_one_before_validates(many_boxes: Path) -> None:
    data = resolve("feder2020", store=many_boxes).data
    assert (data.boxes, data.validation, data.held_out) == (("0001", "0002"), ("0003",), ("0004", "0005"))
    named = resolve("feder2020", store=many_boxes, settings=["data.held_out=0001", "data.validation=0002"]).data
    assert named.boxes == ("0003", "0004", "0005")


def test_naming_a_box_to_train_on_does_not_move_what_is_held_out(many_boxes: Path) -> None:
    with pytest.raises(InvalidInputError, match="both trained on and held out"):
        resolve("feder2020", store=many_boxes, settings=["data.boxes=0005"])


def test_few_boxes_must_be_named(tiny_boxes: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"data.held_out, data.validation: .* has only 3 simulations"):
        resolve("feder2020", store=tiny_boxes)


def test_training_never_opens_a_held_out_box(tiny_pairs: PairsRecipe) -> None:
    with pytest.raises(InvalidInputError, match="0003 are held out"):
        open_crops(tiny_pairs, ("0001", "0003"))


def test_only_what_steers_the_pace_may_change_halfway(tiny_boxes: Path) -> None:
    before = resolve("loom32", store=tiny_boxes, settings=APART)

    def changed(*settings: str) -> list[str]:
        return resolve("loom32", store=tiny_boxes, settings=[*APART, *settings]).changed(before)

    assert changed("updates.iterations=9", "updates.critic_rate=1", "objective.r1=3", "average.decay=0.5") == []
    assert changed("monitor.every=3", "about=another", "match.weight=2", "updates.decay_from=0.1") == []
    assert changed("updates.batch=4") == ["updates.batch"]
    assert changed("networks.coarse_size=4", "seed=5") == ["seed", "networks.coarse_size"]
    assert changed("objective.loss=relativistic") == ["objective"]
    assert resolve("feder2020", store=tiny_boxes, settings=APART).changed(before) == ["game"]


def test_a_recipe_that_is_not_there_or_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"no preset is named 'feder'.*feder2020"):
        resolve("feder")
    with pytest.raises(MissingFileError, match="cannot read the recipe"):
        resolve(str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text("game = pairs")
    with pytest.raises(InvalidInputError, match="is no TOML"):
        resolve(str(tmp_path / "mine.toml"))


def test_a_recipe_extends_another_entry_by_entry(tiny_boxes: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "feder2020"\nabout = "mine"\n[networks.sizes]\nwidths = [4, 4, 4, 4]\n')
    recipe, extended = (resolve(name, store=tiny_boxes, settings=APART) for name in (str(mine), "feder2020"))
    sizes = extended.networks.model_copy(update={"sizes": {**extended.networks.sizes, "widths": (4, 4, 4, 4)}})
    assert recipe == extended.model_copy(update={"about": "mine", "networks": sizes})


def test_recipes_that_extend_one_another_are_refused(tiny_boxes: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(f'extends = "{other}"')
    other.write_text(f'extends = "{one}"')
    with pytest.raises(InvalidInputError, match="extends: name another"):
        resolve(str(one), store=tiny_boxes)


def test_every_preset_says_in_a_line_what_it_trains() -> None:
    for name, about in presets().items():
        assert about, name
        assert "\n" not in about, name


def test_rates_are_halved_again_and_again_or_fall_linearly_at_the_end() -> None:
    halved = UpdatesSection(iterations=4000, batch=2, halve_every=1000)
    assert [halved.pace(i) for i in (0, 999, 1000, 3500)] == [1.0, 1.0, 0.5, 0.125]
    linear = UpdatesSection(iterations=100, batch=2, decay_from=0.5)
    assert [linear.pace(i) for i in (0, 50)] == [1.0, 1.0]
    assert linear.pace(75) == pytest.approx(0.525)
    assert linear.pace(100) == pytest.approx(0.05)
    constant = UpdatesSection(iterations=100, batch=2)
    assert {constant.pace(i) for i in range(100)} == {1.0}


def test_the_bundled_state_fits_the_recipe_beside_it() -> None:
    folder = locate("primordial64") / "training"
    recipe = read_recipe(folder / FILE)
    assert isinstance(recipe, PrimordialRecipe)
    state = read_state(folder, "cpu")
    Collapse(recipe.config).load_state_dict(state["generator"])
