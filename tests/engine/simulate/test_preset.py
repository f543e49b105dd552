import numpy as np
import pytest

from cosmoloom import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.preset import SimulationSet, preset_names, simulation_set


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_makes_plans_that_differ_in_their_seeds_alone(name):
    wanted = simulation_set(name)
    plans = wanted.plans()
    assert len(plans) == wanted.boxes
    assert [plan.seed for plan in plans] == list(range(wanted.boxes))
    assert {(plan.box_size, plan.n_particles, plan.cosmology) for plan in plans} == {
        (wanted.plan.box_size, wanted.plan.n_particles, wanted.plan.cosmology)
    }


def test_feder2020_has_voxels_of_one_megaparsec_and_the_paper_s_redshifts():
    wanted = simulation_set("feder2020")
    voxel = wanted.plan.box_size / wanted.grid / wanted.plan.cosmology.h  # Mpc, without h
    assert voxel == pytest.approx(1.0, rel=1e-6)
    assert (wanted.boxes, wanted.grid, wanted.plan.n_particles) == (32, 512, 512)
    assert wanted.plan.redshifts == (3.0, 2.0, 1.5, 1.0, 0.5, 0.25, 0.0)


def test_perraudin2019_has_the_paper_s_box_cosmology_and_64_particles_per_voxel():
    wanted = simulation_set("perraudin2019")
    assert (wanted.boxes, wanted.plan.box_size, wanted.grid) == (30, 350.0, 256)
    assert (wanted.plan.n_particles / wanted.grid) ** 3 == 64
    assert wanted.plan.redshifts == (0.0,)
    cosmology = wanted.plan.cosmology
    assert (cosmology.Omega_m, cosmology.h, cosmology.sigma_8) == (0.276, 0.7, 0.811)


def test_what_no_option_changes_stays_as_in_the_preset():
    before, after = simulation_set("laptop"), simulation_set("laptop", seed=9, boxes=None, sigma_8=0.9)
    assert (after.plan.seed, after.plan.cosmology.sigma_8) == (9, 0.9)
    assert after.boxes == before.boxes
    assert after.plan.cosmology.Omega_m == before.plan.cosmology.Omega_m == Cosmology().Omega_m


def test_another_number_of_particles_keeps_their_number_per_voxel_unless_a_grid_is_named():
    assert simulation_set("laptop", n_particles=32).grid == 16
    assert simulation_set("laptop", n_particles=32, grid=8).grid == 8


def test_the_second_box_of_a_pair_mirrors_the_first():
    plans = simulation_set("laptop", boxes=4, pair=True, seed=5).plans()
    assert [(plan.seed, plan.mirrored) for plan in plans] == [(5, False), (5, True), (6, False), (6, True)]


def test_redshifts_in_any_order_are_sorted():
    assert simulation_set("laptop", redshifts=(0.0, 2.0, 1.0)).plan.redshifts == (2.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"boxes": 3, "pair": True}, "even"), ({"boxes": -1}, "cannot be"), ({"sigma_8": 9.0}, "sigma_8")],
)
def test_impossible_sets_are_refused(changes, message):
    with pytest.raises(InvalidInputError, match=message):
        simulation_set("laptop", **changes)


def test_an_unknown_preset_is_refused_with_those_there_are():
    with pytest.raises(InvalidInputError, match="feder2020, laptop, perraudin2019, standard"):
        simulation_set("nonsense")


def test_one_box_is_a_set_too():
    plan = simulation_set("standard").plan
    assert np.array_equal(SimulationSet(plan=plan, boxes=1, grid=8).plans(), [plan])
