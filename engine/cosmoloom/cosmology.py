"""Background and linear theory of a flat LCDM universe.

Growth has a closed form and needs SciPy alone; transfer functions and halofit come from CAMB, which is
imported only when a spectrum is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosmology:
    """Parameters of a flat LCDM universe; the defaults are those of Planck 2018 (TT,TE,EE+lowE+lensing+BAO).

    Attributes
    ----------
    Omega_m : float
        Total matter density today over critical density [1].
    Omega_b : float
        Baryon density today over critical density [1].
    h : float
        Hubble constant in units of 100 km/s/Mpc [1].
    n_s : float
        Spectral index of the primordial fluctuations [1].
    sigma_8 : float
        Linear rms overdensity in spheres of 8 Mpc/h at redshift zero [1].

    References
    ----------
    Planck Collaboration (2020), A&A 641, A6, table 2, last column.
    """

    Omega_m: float = 0.3111
    Omega_b: float = 0.0490
    h: float = 0.6766
    n_s: float = 0.9665
    sigma_8: float = 0.8102

    def __post_init__(self) -> None:
        if not 0.0 < self.Omega_b < self.Omega_m < 1.0:
            raise InvalidInputError(
                "a flat LCDM universe needs 0 < Omega_b < Omega_m < 1, "
                f"got Omega_b = {self.Omega_b}, Omega_m = {self.Omega_m}"
            )
        for name in ("h", "n_s", "sigma_8"):
            if not 0.1 < getattr(self, name) < 3.0:
                raise InvalidInputError(f"{name} must lie in (0.1, 3), got {getattr(self, name)}")

    def as_dict(self) -> dict[str, float]:
        """Return the parameters as plain numbers, for a JSON card or a store's attributes."""
        return asdict(self)

    def expansion_rate(self, a: ArrayLike) -> NDArray[np.float64]:
        """Return E(a) = H(a) / H_0 [1]."""
        a = np.asarray(a, dtype=np.float64)
        return np.asarray(np.sqrt(self.Omega_m / a**3 + 1.0 - self.Omega_m))

    def growth_factor(self, redshift: ArrayLike) -> NDArray[np.float64]:
        """Return the linear growth factor D of the growing mode, with D(0) = 1 [1]."""
        a = 1.0 / (1.0 + np.asarray(redshift, dtype=np.float64))
        return np.asarray(self._growth(a) / self._growth(np.float64(1.0)))

    def growth_rate(self, redshift: ArrayLike) -> NDArray[np.float64]:
        """Return f = d ln D / d ln a [1]."""
        a = 1.0 / (1.0 + np.asarray(redshift, dtype=np.float64))
        matter = self.Omega_m / (a**3 * self.expansion_rate(a) ** 2)
        return np.asarray(matter * (2.5 * a / self._growth(a) - 1.5))

    def second_order_growth(self, redshift: ArrayLike) -> NDArray[np.float64]:
        """Return D_2, by which second-order Lagrangian displacements grow, below 0 [1].

        References
        ----------
        Bouchet et al. (1995), A&A 296, 575.
        """
        a = 1.0 / (1.0 + np.asarray(redshift, dtype=np.float64))
        matter = self.Omega_m / (a**3 * self.expansion_rate(a) ** 2)
        return np.asarray(-3 / 7 * self.growth_factor(redshift) ** 2 * matter ** (-1 / 143))

    def _growth(self, a: ArrayLike) -> NDArray[np.float64]:
        """Return D normalised to D -> a at early times (Heath 1977, in closed form)."""
        from scipy.special import hyp2f1

        a = np.asarray(a, dtype=np.float64)
        return np.asarray(a * hyp2f1(1 / 3, 1, 11 / 6, -(a**3) * (1 - self.Omega_m) / self.Omega_m))

    def linear_power(self, k: ArrayLike, *, redshift: float = 0.0) -> NDArray[np.float64]:
        """Return the linear matter power spectrum, scaled from z = 0 by the growth factor.

        Parameters
        ----------
        k : array
            Wavenumber in [h/Mpc], between 1e-4 and 50.
        redshift : float
            Redshift [1].

        Returns
        -------
        array
            Power in [(Mpc/h)^3], normalised to ``sigma_8`` at z = 0.
        """
        table_k, table = _spectra(self, (0.0,), nonlinear=False)
        power = np.exp(np.interp(np.log(k), np.log(table_k), np.log(table[0])))
        return np.asarray(power * self.growth_factor(redshift) ** 2)

    def halofit_power(self, k: ArrayLike, redshifts: Sequence[float]) -> NDArray[np.float64]:
        """Return the nonlinear power [(Mpc/h)^3], one row per redshift (HMcode 2020, as in CAMB)."""
        table_k, table = _spectra(self, tuple(float(z) for z in redshifts), nonlinear=True)
        return np.stack([np.exp(np.interp(np.log(k), np.log(table_k), np.log(row))) for row in table])


@lru_cache(maxsize=8)
def _spectra(
    cosmology: Cosmology, redshifts: tuple[float, ...], *, nonlinear: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return k [h/Mpc] and one row of power [(Mpc/h)^3] per redshift, from CAMB, in seconds."""
    import camb

    unit = 2e-9
    parameters = camb.set_params(
        H0=100 * cosmology.h,
        ombh2=cosmology.Omega_b * cosmology.h**2,
        omch2=(cosmology.Omega_m - cosmology.Omega_b) * cosmology.h**2,
        omk=0.0,
        mnu=0.0,
        num_massive_neutrinos=0,
        ns=cosmology.n_s,
        As=unit,
    )
    parameters.WantCls = False
    parameters.NonLinear = camb.model.NonLinear_none
    parameters.set_matter_power(redshifts=sorted(set(redshifts) | {0.0}, reverse=True), kmax=60.0)
    results = camb.get_results(parameters)
    amplitude = (cosmology.sigma_8 / float(results.get_sigma8_0())) ** 2
    if nonlinear:
        parameters.InitPower.set_params(ns=cosmology.n_s, As=unit * amplitude)
        parameters.NonLinear = camb.model.NonLinear_both
        parameters.NonLinearModel.set_params(halofit_version="mead2020")
        results, amplitude = camb.get_results(parameters), 1.0
    k, z, power = results.get_matter_power_spectrum(minkh=1e-4, maxkh=50.0, npoints=600)
    rows = [int(np.argmin(np.abs(np.asarray(z) - redshift))) for redshift in redshifts]
    return np.asarray(k), amplitude * np.asarray(power)[rows]
