"""Compare the power spectra of simulations with linear theory and with HMcode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from cosmoloom.data.store import SimulationStore, StoredSimulation
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate.fourier import wavenumbers
from cosmoloom.simulate.trusted import least_trusted_k
from cosmoloom.statistics.mass_assignment import assignment_window
from cosmoloom.statistics.power_spectrum import power_spectrum
from cosmoloom.statistics.spherical_bins import spherical_bins

Spectrum = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TheoryComparison:
    """Measured and predicted power at one redshift.

    Attributes
    ----------
    redshift : float
        Of the snapshots [1].
    n_boxes : int
        How many boxes the measurement averages.
    k : array, shape (n_bins,)
        Wavenumber in [h/Mpc].
    power, linear, nonlinear : array, shape (n_bins,)
        Mean of the boxes without the cloud-in-cell window, linear theory and HMcode 2020 in [(Mpc/h)^3].
    scatter : array, shape (n_bins,)
        Standard deviation among the boxes in [(Mpc/h)^3]; zero for a single one.
    trusted : float or None
        Wavenumber in [h/Mpc] up to which forces, particles and steps err by less than 5 %; None where nobody knows.
    """

    redshift: float
    n_boxes: int
    k: Spectrum
    power: Spectrum
    scatter: Spectrum
    linear: Spectrum
    nonlinear: Spectrum
    trusted: float | None = None

    def ratio_at(self, k: ArrayLike) -> tuple[Spectrum, Spectrum]:
        """Return power over linear and over nonlinear theory at k [h/Mpc]; NaN beyond the bins."""
        at = np.asarray(k, dtype=np.float64)
        linear, nonlinear = (
            np.interp(np.log(at), np.log(self.k), self.power / theory, left=np.nan, right=np.nan)
            for theory in (self.linear, self.nonlinear)
        )
        return linear, nonlinear

    def worst(self, share: float) -> float:
        """Return the largest abs(power / nonlinear theory - 1) of a shell below a share of the Nyquist wavenumber."""
        judged = self.k <= share * self.k[-1]
        return float(np.abs(self.power / self.nonlinear - 1)[judged].max())


def compare_with_theory(store: SimulationStore, names: Sequence[str] | None = None) -> list[TheoryComparison]:
    """Measure the simulations of a store and predict what theory expects.

    Parameters
    ----------
    store : SimulationStore
        Its boxes must share their size, grid, cosmology and snapshots.
    names : sequence of str, optional
        Simulations to average; all unless given.

    Returns
    -------
    list of TheoryComparison
        From early to late.

    Raises
    ------
    InvalidInputError
        If the store has no complete simulation, or unlike ones.
    """
    runs = [store[name] for name in (store.names() if names is None else names)]
    if not runs:
        raise InvalidInputError(f"{store.path} has no complete simulation to compare with theory")
    first = runs[0]
    shape = (first.box_size, first.n, first.cosmology, first.redshifts)
    for run in runs:
        if (run.box_size, run.n, run.cosmology, run.redshifts) != shape:
            raise InvalidInputError(
                f"simulations {first.name} and {run.name} differ in size, grid, cosmology or snapshots; "
                "keep unlike ones in stores of their own"
            )
        if run.assignment != "cic":
            raise InvalidInputError(f"simulation {run.name} was painted by {run.assignment}; the check needs cic")
    window = cloud_in_cell_window(first.n)
    grid = np.geomspace(np.pi / first.box_size, 2 * np.pi * first.n / first.box_size, 2048)
    linear = over_shells(first, grid, first.cosmology.linear_power(grid))
    growth = first.cosmology.growth_factor(first.redshifts)
    nonlinear = first.cosmology.halofit_power(grid, first.redshifts)
    rows = []
    for i, redshift in enumerate(first.redshifts):
        measured = [power_spectrum(run.box(redshift)) for run in runs]
        k = measured[0].k.double().cpu().numpy()
        powers = np.stack([one.power.double().cpu().numpy() for one in measured]) / window
        rows.append(
            TheoryComparison(
                redshift=redshift,
                n_boxes=len(runs),
                k=k,
                power=powers.mean(axis=0),
                scatter=powers.std(axis=0),
                linear=linear * growth[i] ** 2,
                nonlinear=over_shells(first, grid, nonlinear[i]),
                trusted=least_trusted_k([run.group.attrs["plan"] for run in runs], redshift),
            )
        )
    return rows


def over_shells(run: StoredSimulation, k: Spectrum, power: Spectrum) -> Spectrum:
    """Average a tabulated spectrum over the same modes as the measurement: wide shells bend it."""
    kx, ky, kz = (component.double() for component in wavenumbers(run.n, box_size=run.box_size))
    magnitude = (kx**2 + ky**2 + kz**2).sqrt().clamp(min=float(k[0]))
    values = np.exp(np.interp(magnitude.log().numpy(), np.log(k), np.log(power)))
    return np.asarray(spherical_bins(run.n).mean(torch.as_tensor(values)).numpy())


def cloud_in_cell_window(n: int) -> Spectrum:
    """Return what cloud-in-cell assignment leaves of the power in each shell of :func:`power_spectrum` [1].

    The square of :func:`assignment_window`, averaged over the modes of the shell; aliasing is not removed.
    """
    return np.asarray(spherical_bins(n).mean(assignment_window("cic", n).square()).double().numpy())
