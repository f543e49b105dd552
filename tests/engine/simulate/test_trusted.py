from dataclasses import replace

import numpy as np
import pytest

from cosmoloom.simulate.convergence import BEST, SPACINGS, converge
from cosmoloom.simulate.convergence_file import BUNDLED, bundled_curves, read_curves, write_curves
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.simulate.preset import preset_names, simulation_set
from cosmoloom.simulate.trusted import TOLERANCE, least_trusted_k, power_error, trust_sentence, trusted_k

PLAN = SimulationPlan(box_size=128.0, n_particles=128, mesh_factor=2, n_steps=45, start_redshift=19.0)
REDSHIFTS = (3.0, 1.0, 0.3, 0.0)


def limit(redshift: float = 0.0, **changes) -> float:
    found = trusted_k(replace(PLAN, **changes).as_dict(), redshift)
    assert found is not None
    return found


def test_the_error_is_within_the_tolerance_up_to_the_trusted_wavenumber_and_reaches_it_there():
    for redshift in REDSHIFTS:
        k = limit(redshift)
        below = power_error(PLAN.as_dict(), redshift, np.linspace(0.01, 0.99 * k, 50))
        assert np.abs(below).max() <= TOLERANCE
        assert abs(float(power_error(PLAN.as_dict(), redshift, 1.01 * k))) > TOLERANCE * 0.95


def test_large_scales_are_right_to_a_percent():
    for spacing in (0.3, 0.7, 1.0, 3.0):
        plan = replace(PLAN, box_size=128 * spacing)
        error = power_error(plan.as_dict(), 0.0, np.linspace(0.0, 0.15, 20) * np.pi / spacing)
        assert np.abs(error).max() < 0.02


def test_more_particles_finer_forces_and_more_steps_are_trusted_further():
    assert limit() < limit(n_particles=256) < limit(n_particles=512)
    assert limit(mesh_factor=1) < limit()
    assert limit(n_steps=24, start_redshift=9.0) < limit()
    assert limit(mesh_factor=1, n_steps=24) < limit(n_steps=24)


def test_nothing_is_trusted_beyond_the_particles_nyquist_wavenumber():
    nyquist = np.pi * 128 / 128.0
    assert trusted_k(PLAN.as_dict(), 3.0, tolerance=10.0) == pytest.approx(nyquist)
    assert np.isnan(power_error(PLAN.as_dict(), 0.0, 1.01 * nyquist))
    assert all(limit(z) <= nyquist for z in REDSHIFTS)


def test_a_larger_tolerance_reaches_further():
    limits = [trusted_k(PLAN.as_dict(), 0.0, tolerance) for tolerance in (0.01, 0.05, 0.1)]
    assert limits == sorted(limits)
    assert limits[0] < limits[-1]


def test_what_was_not_measured_is_not_claimed():
    other_code = {"source": ["snap.hdf5"], "n_particles": 128**3, "assignment": "cic", "grid": 64}
    few_steps = replace(PLAN, n_steps=10).as_dict()
    for unknown in (other_code, few_steps):
        assert trusted_k(unknown, 0.0) is None
        assert power_error(unknown, 0.0, 0.1) is None
    assert least_trusted_k([PLAN.as_dict(), other_code], 0.0) is None
    assert least_trusted_k([], 0.0) is None
    assert trust_sentence({0.0: None}) == ""


def test_of_several_runs_the_worst_counts():
    plans = [PLAN.as_dict(), replace(PLAN, mesh_factor=1).as_dict()]
    assert least_trusted_k(plans, 0.0) == limit(mesh_factor=1)


def test_every_preset_is_trusted_to_some_wavenumber():
    for name in preset_names():
        plan = simulation_set(name).plan.as_dict()
        assert 0.2 < trusted_k(plan, 0.0) <= np.pi * plan["n_particles"] / plan["box_size"]


def test_the_sentence_names_redshifts_only_where_they_differ():
    assert trust_sentence({0.0: 1.234}) == "Simulations trusted to k = 1.2 h/Mpc (5%)"
    assert trust_sentence({3.0: 1.21, 0.0: 1.19}) == "Simulations trusted to k = 1.2 h/Mpc (5%)"
    different = trust_sentence({3.0: 2.0, 0.0: 1.0}, tolerance=0.1)
    assert different == "Simulations trusted to k = 2 at z = 3, 1 at z = 0 [h/Mpc] (10%)"


def test_the_bundled_curves_cover_every_distance_of_particles():
    for spacing in SPACINGS:
        curve = bundled_curves()[BEST, spacing]
        assert curve.k[-1] == pytest.approx(np.pi / spacing, rel=0.02)
        assert curve.ratio.shape == (len(curve.redshifts), len(curve.k))


def test_curves_come_back_from_disk_as_they_were_measured(tmp_path):
    curves = list(converge(0.5, n_particles=8))
    write_curves(tmp_path / "curves.json", curves)
    for before, after in zip(curves, read_curves(tmp_path / "curves.json"), strict=True):
        assert (before.choice, before.spacing, before.redshifts) == (after.choice, after.spacing, after.redshifts)
        assert after.ratio == pytest.approx(before.ratio, abs=1e-4, nan_ok=True)
    assert read_curves(tmp_path / "absent.json") == []
    assert BUNDLED.is_file()


def test_a_run_of_the_reference_s_own_waves_has_its_power_on_large_scales():
    for curve in converge(2.0, n_particles=16):
        if curve.choice == BEST:
            assert curve.ratio[:, 0] == pytest.approx(1.0, abs=0.03)
