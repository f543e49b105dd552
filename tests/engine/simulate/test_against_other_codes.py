"""Power beside an independent particle-mesh code from the same start, and beside theory and emulated tree-code runs."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cosmoloom import Cosmology
from cosmoloom.simulate.convergence import spectra
from cosmoloom.simulate.initial_conditions import linear_field
from cosmoloom.simulate.particle_mesh import evolve
from cosmoloom.simulate.plan import STANDARD_REDSHIFTS, SimulationPlan

ORACLES = Path(__file__).parent / "oracles"
sys.path.insert(0, str(ORACLES))
import pysco_table  # noqa: E402

PYSCO = json.loads((ORACLES / "pysco_table.json").read_text())
EMULATOR = json.loads((ORACLES / "emulator_table.json").read_text())


def emulated(k, redshift: float):
    """Return the power of the emulated PKDGRAV3 runs [(Mpc/h)^3]."""
    rows = EMULATOR["nonlinear over linear power"]
    boost = np.interp(np.log(k), np.log(EMULATOR["k"]), rows[STANDARD_REDSHIFTS.index(redshift)])
    return boost * Cosmology().linear_power(k, redshift=redshift)


@pytest.fixture(scope="module")
def beside_pysco() -> dict[float, np.ndarray]:
    """Our power with forces on a mesh twice as fine as the particles, over PySCo's with one four times as fine."""
    theirs = PYSCO["power by mesh factor"]["4"]
    return {
        snapshot.redshift: np.array(pysco_table.power_of(snapshot.positions)) / row
        for snapshot, row in zip(evolve(pysco_table.PLAN), theirs, strict=True)
    }


def test_power_is_that_of_an_independent_code_from_the_same_start(beside_pysco):
    of_nyquist = (np.arange(32) + 1) / 32
    for redshift, ratio in beside_pysco.items():
        assert ratio[of_nyquist < 0.3] == pytest.approx(1.0, abs=0.01), redshift
        assert ratio[of_nyquist < 0.5] == pytest.approx(1.0, abs=0.03), redshift


def test_tables_are_of_the_cosmology_and_the_plan_that_are_compared():
    assert EMULATOR["cosmology"] == Cosmology().as_dict()
    assert tuple(EMULATOR["redshifts"]) == STANDARD_REDSHIFTS
    assert tuple(PYSCO["redshifts"]) == pysco_table.PLAN.redshifts


def test_hmcode_is_within_its_accuracy_of_emulated_tree_code_runs():
    k = np.geomspace(0.02, 2.0, 40)
    theory = Cosmology().halofit_power(k, STANDARD_REDSHIFTS)
    for redshift, row in zip(STANDARD_REDSHIFTS, theory, strict=True):
        assert row / emulated(k, redshift) == pytest.approx(1.0, abs=0.04), redshift


def test_power_follows_theory_at_all_redshifts():
    """A pair of fixed-amplitude boxes; shells below 0.3 of the particles' Nyquist wavenumber, taken three by three."""
    plan = SimulationPlan(
        box_size=300.0, n_particles=64, mesh_factor=2, n_steps=30, start_redshift=19.0, seed=2, fixed=True
    )
    powers = []
    for mirrored in (False, True):
        twin = replace(plan, mirrored=mirrored)
        waves = linear_field(
            64, box_size=300.0, cosmology=plan.cosmology, seed=plan.seed, fixed=True, mirrored=mirrored
        )
        k, power = spectra(twin, waves, shells=9)
        powers.append(power)
    mean = np.mean(powers, axis=0).reshape(len(plan.redshifts), 3, 3).mean(-1)
    fine = k.reshape(3, 3)
    theory = plan.cosmology.halofit_power(fine.ravel(), plan.redshifts).reshape(-1, 3, 3).mean(-1)
    tree = np.stack([emulated(fine, z).mean(-1) for z in plan.redshifts])
    assert mean / theory == pytest.approx(1.0, abs=0.05)
    assert mean / tree == pytest.approx(1.0, abs=0.05)
