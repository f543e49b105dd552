import pytest

from cosmoloom.cosmology import Cosmology
from cosmoloom_explorer import readouts


def test_kappa_is_shown_in_the_unit_of_feder2020():
    assert "44.9" in readouts.kappa_text(11.5)


def test_growth_factor_today_is_one():
    assert "D = 1.000" in readouts.redshift_text(0.0, Cosmology())


def test_error_amplification_is_the_derivative_of_the_inverse_scaling():
    kappa, rho = 11.5, 100.0
    x = 2 * rho / (rho + kappa) - 1
    step = 1e-6
    inverse = [kappa * (1 + value) / (1 - value) for value in (x - step, x + step)]
    assert readouts.kappa_amplification(kappa, rho) == pytest.approx((inverse[1] - inverse[0]) / (2 * step), rel=1e-4)


def test_a_snapshot_at_another_redshift_is_called_nearest():
    assert "nearest" in readouts.reference_text(0, 0.5, 0.6)
    assert "nearest" not in readouts.reference_text(0, 0.5, 0.5)


def test_timings_are_listed_in_the_order_in_which_stages_run():
    assert readouts.timings_text({"draw": 0.03, "network": 0.012}) == "net 12 · draw 30 ms"
