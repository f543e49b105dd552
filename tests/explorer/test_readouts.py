from cosmoloom.cosmology import Cosmology
from cosmoloom.evaluate.reference import Source
from cosmoloom.scaling.rational import Rational
from cosmoloom_explorer import readouts


def test_kappa_is_shown_in_the_unit_of_feder2020():
    assert "44.9" in readouts.kappa_text(11.5)


def test_growth_factor_today_is_one():
    assert "D = 1.000" in readouts.redshift_text(0.0, Cosmology())


def test_the_amplification_is_said_as_a_slope_and_as_a_share_of_the_density():
    # d rho / d x = (rho + kappa)^2 / (2 kappa) = 541 at rho = 100, kappa = 11.5; 0.01 of it is 5.4 % of rho.
    text = readouts.amplification_text(Rational(kappa=11.5), 100.0)
    assert "541" in text
    assert "5.4 %" in text


def test_a_snapshot_at_another_redshift_is_called_nearest():
    source = Source(
        name="a", seed=9, mirrored=True, code="particle-mesh", parent_size=128.0, corner=(0.0, 0.0, 64.0), plan={},
    )  # fmt: skip
    assert "nearest" in readouts.reference_text(source, 0.5, 0.6)
    assert readouts.reference_text(source, 0.5, 0.5) == "z = 0.5 · seed 9, mirrored phases"


def test_what_kappa_does_is_said_for_either_kind_of_network():
    assert "network input" in readouts.kappa_role(conditions=True, follows=True)
    assert "looking" in readouts.kappa_role(conditions=False, follows=True)


def test_timings_are_listed_in_the_order_in_which_stages_run():
    assert readouts.timings_text({"draw": 0.03, "network": 0.012}) == "net 12 · draw 30 ms"
