import camb
import numpy as np
import pytest

from cosmoloom import Cosmology
from cosmoloom.errors import InvalidInputError

REDSHIFTS = np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0])


@pytest.fixture(scope="module")
def cosmology() -> Cosmology:
    return Cosmology()


@pytest.fixture(scope="module")
def boltzmann(cosmology):
    """CAMB's own transfer functions at every redshift, without our normalisation."""
    parameters = camb.set_params(
        H0=100 * cosmology.h,
        ombh2=cosmology.Omega_b * cosmology.h**2,
        omch2=(cosmology.Omega_m - cosmology.Omega_b) * cosmology.h**2,
        mnu=0.0,
        num_massive_neutrinos=0,
        ns=cosmology.n_s,
        As=2e-9,
    )
    parameters.WantCls = False
    parameters.set_matter_power(redshifts=REDSHIFTS[::-1], kmax=2.0)
    return camb.get_results(parameters)


def test_growth_agrees_with_a_boltzmann_code(cosmology, boltzmann):
    sigma = np.asarray(boltzmann.get_sigma8())[::-1]
    assert cosmology.growth_factor(REDSHIFTS) == pytest.approx(sigma / sigma[0], rel=3e-3)


def test_growth_rate_is_the_logarithmic_slope_of_growth(cosmology):
    ln_a = np.log(1 / (1 + REDSHIFTS))
    step = 1e-4
    later, earlier = (cosmology.growth_factor(np.exp(-(ln_a + s)) - 1) for s in (step, -step))
    slope = (np.log(later) - np.log(earlier)) / (2 * step)
    assert cosmology.growth_rate(REDSHIFTS) == pytest.approx(slope, rel=1e-5)


def test_matter_alone_grows_as_the_scale_factor():
    nearly_einstein_de_sitter = Cosmology(Omega_m=0.99999)
    assert nearly_einstein_de_sitter.growth_factor(3.0) == pytest.approx(0.25, rel=1e-4)


def test_linear_power_has_the_sigma_8_it_was_given(cosmology):
    k = np.geomspace(1e-4, 49, 4000)
    x = 8 * k
    window = 3 * (np.sin(x) - x * np.cos(x)) / x**3
    variance = np.trapezoid(cosmology.linear_power(k) * window**2 * k**3 / (2 * np.pi**2), np.log(k))
    assert np.sqrt(variance) == pytest.approx(cosmology.sigma_8, rel=2e-3)


def test_linear_power_grows_as_growth_squared(cosmology):
    k = np.array([0.01, 0.1, 1.0])
    growth = cosmology.growth_factor(1.0)
    assert cosmology.linear_power(k, redshift=1.0) == pytest.approx(growth**2 * cosmology.linear_power(k))


def test_nonlinear_power_is_linear_on_large_scales_and_above_it_on_small_ones(cosmology):
    k = np.array([0.01, 1.0])
    large, small = cosmology.halofit_power(k, (0.0,))[0] / cosmology.linear_power(k)
    assert large == pytest.approx(1.0, abs=0.01)
    assert small > 3


@pytest.mark.parametrize("wrong", [{"Omega_m": 0.04}, {"Omega_m": 1.2}, {"h": 67.0}, {"sigma_8": 0.0}])
def test_impossible_universes_are_refused(wrong):
    with pytest.raises(InvalidInputError):
        Cosmology(**wrong)


def test_parameters_survive_a_round_trip(cosmology):
    assert Cosmology(**cosmology.as_dict()) == cosmology
