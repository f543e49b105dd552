import math
from dataclasses import replace

import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import ExplorerState, History, Limits, Settings, resolve


@pytest.fixture
def limits() -> Limits:
    return Limits(redshift=(0.0, 3.0), kappa=(2.0, 20.0), display_kappa=(0.5, 100.0), n=16, latent_size=24)


@pytest.fixture
def state(limits: Limits) -> ExplorerState:
    return ExplorerState.from_settings(limits.defaults("tiny"), limits)


def test_an_equal_value_emits_nothing_and_another_emits_once(state: ExplorerState):
    heard: list[float] = []
    state.events.redshift.connect(heard.append)
    state.redshift = state.redshift
    assert heard == []
    state.redshift = 1.5
    state.redshift = 1.5
    assert heard == [1.5]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("redshift", 3.1),
        ("redshift", math.nan),
        ("kappa", 1.0),
        ("kappa", math.inf),
        ("display_kappa", 0.0),
        ("seed", -1),
        ("seed", 1.5),
        ("directions", (9.0,)),
        ("directions", (0.0,) * 7),
        ("components", ((24, 0.0),)),
        ("components", ((0, math.nan),)),
        ("reference_index", -1),
        ("slices", (0, 16, 0)),
        ("ndisplay", 4),
        ("colouring", "rainbow"),
    ],
)
def test_a_value_out_of_range_is_refused_and_changes_nothing(state: ExplorerState, field: str, value: object):
    before = state.snapshot()
    heard: list[object] = []
    state.events.connect(heard.append)
    with pytest.raises(InvalidInputError):
        setattr(state, field, value)
    assert state.snapshot() == before
    assert heard == []


def test_a_snapshot_restores_every_setting(state: ExplorerState):
    first = state.snapshot()
    state.redshift, state.seed, state.display_kappa = 2.0, 7, 30.0
    state.set_direction(2, 1.5)
    state.set_component(3, -1.0)
    state.set_slice(1, 4)
    second = state.snapshot()
    assert second != first
    state.restore(first)
    assert state.snapshot() == first
    state.restore(second)
    assert state.snapshot() == second


def test_settings_of_another_model_are_refused(state: ExplorerState, limits: Limits):
    with pytest.raises(InvalidInputError, match="other"):
        state.restore(limits.defaults("other"))


def test_another_model_brings_its_ranges(state: ExplorerState):
    state.redshift, state.slices = 3.0, (15, 15, 15)
    narrow = Limits(
        redshift=(0.0, 1.0), kappa=(4.0, 5.0), display_kappa=(0.5, 100.0), n=8, latent_size=4, n_directions=4
    )
    state.use_model("narrow", narrow)
    assert (state.model, state.redshift, state.kappa) == ("narrow", 1.0, 5.0)
    assert state.slices == (7, 7, 7), "the same place in the box"
    assert len(state.directions) == 4
    with pytest.raises(InvalidInputError):
        state.redshift = 2.0


def test_the_next_checkpoint_shows_the_same_universe_at_the_same_place(state: ExplorerState, limits: Limits):
    state.redshift, state.slices, state.display_kappa = 1.5, (3, 9, 15), 30.0
    state.set_direction(1, 2.0)
    state.set_component(5, 1.0)
    before = state.snapshot()
    state.use_model("later", limits)
    assert state.snapshot() == replace(before, model="later")


def test_another_model_is_announced_only_once_everything_is_set(state: ExplorerState):
    narrow = Limits(redshift=(0.0, 1.0), kappa=(4.0, 5.0), display_kappa=(0.5, 100.0), n=8, latent_size=4)
    state.redshift = 3.0
    heard: list[Settings] = []
    state.events.connect(lambda: heard.append(state.snapshot()))
    state.use_model("narrow", narrow)
    assert heard
    assert set(heard) == {state.snapshot()}


def test_where_the_network_reads_no_kappa_the_displays_kappa_is_kappa(state: ExplorerState, limits: Limits):
    state.display_kappa = 40.0
    state.use_model("published", replace(limits, kappa=(0.5, 100.0), kappa_conditions=False))
    assert (state.kappa, state.display_kappa) == (40.0, None)


def test_settings_of_which_one_is_out_of_range_change_nothing(state: ExplorerState):
    before = state.snapshot()
    with pytest.raises(InvalidInputError):
        state.restore(replace(before, seed=5, slices=(0, 0, 99)))
    assert state.snapshot() == before


def test_releasing_a_component_gives_it_back_to_the_seed(state: ExplorerState):
    state.set_component(5, 1.0)
    state.set_component(2, 2.0)
    assert state.components == ((2, 2.0), (5, 1.0))
    state.set_component(5, None)
    assert state.components == ((2, 2.0),)


def test_equal_settings_resolve_to_equal_keys_and_slices_are_no_part_of_them():
    a = Settings(model="m", redshift=0.5, slices=(1, 2, 3))
    b = Settings(model="m", redshift=0.5, slices=(3, 2, 1), ndisplay=2)
    assert resolve(a) == resolve(b)
    assert a.computed == b.computed
    assert resolve(a) != resolve(Settings(model="m", redshift=0.6))


def test_display_kappa_leaves_the_network_field_alone():
    a = resolve(Settings(model="m", kappa=8.0))
    b = resolve(Settings(model="m", kappa=8.0, display_kappa=30.0))
    assert a.field == b.field
    assert (a.scaled.display_kappa, b.scaled.display_kappa) == (8.0, 30.0)


def test_kappa_leaves_the_field_alone_where_the_network_reads_none():
    a, b = (resolve(Settings(model="m", kappa=kappa), kappa_conditions=False) for kappa in (8.0, 9.0))
    assert a.field == b.field
    assert (a.scaled.display_kappa, b.scaled.display_kappa) == (8.0, 9.0)


def test_steps_along_directions_that_a_model_lacks_mean_nothing():
    steps = Settings(model="m", directions=(1.0, 2.0, 3.0))
    assert resolve(steps, n_directions=2).field.latent.directions == (1.0, 2.0)
    assert resolve(steps, n_directions=0) == resolve(Settings(model="m"), n_directions=0)


def test_colours_leave_the_density_alone_and_reach_the_reference():
    a, b = (resolve(Settings(model="m", colouring=c), snapshots=(0.0,)) for c in ("density", "error"))
    assert a.statistics == b.statistics
    assert a.scaled != b.scaled
    assert a.scaled_reference != b.scaled_reference


def test_the_reference_is_the_nearest_snapshot():
    view = resolve(Settings(model="m", redshift=0.6), snapshots=(3.0, 1.0, 0.5, 0.0))
    assert view.reference is not None
    assert view.reference.redshift == 0.5
    assert resolve(Settings(model="m")).reference is None


def test_undo_and_redo_walk_through_the_recorded_settings():
    steps = [Settings(model="m", redshift=z) for z in (0.0, 1.0, 2.0)]
    history = History(steps[0])
    for step in steps[1:]:
        history.record(step)
        history.record(step)
    assert [history.undo(), history.undo(), history.undo()] == [steps[1], steps[0], None]
    assert [history.redo(), history.redo(), history.redo()] == [steps[1], steps[2], None]
    history.undo()
    history.record(Settings(model="m", seed=9))
    assert not history.can_redo


def test_a_latent_is_gone_to_as_it_is_and_a_seed_leaves_it(state):
    state.set_direction(0, 1.0)
    state.set_tilt(1, 2.0)
    state.toward, state.fraction = "seed 8", 0.5
    state.go_to_latent("latent-0123456789ab")
    assert (state.origin, state.toward, state.fraction, state.tilts) == ("latent-0123456789ab", "", 0.0, ())
    assert not any(state.directions)
    state.go_to_seed(9)
    assert (state.seed, state.origin) == (9, "")
    state.go_to_latent("seed 4")
    assert (state.seed, state.origin) == (4, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "mine"),
        ("fraction", 1.2),
        ("tilts", (9.0,)),
        ("tilts", (0.0,) * 9),
        ("tilts_at", ("seed 1", 99.0, 8.0)),
    ],
)
def test_a_latent_that_does_not_exist_is_refused_and_nothing_changes(state, name, value):
    before = state.snapshot()
    with pytest.raises(InvalidInputError):
        setattr(state, name, value)
    assert state.snapshot() == before
