"""To which wavenumber a simulation's power can be trusted.

The error of a run is its power over that of the same waves with more of everything, as measured for particles 0.5, 1
and 2 Mpc/h apart, on force meshes once and twice as fine, in few and in many steps
(:mod:`cosmoloom.simulate.convergence`).  In units of the inverse distance of particles these curves lie close together,
so between the distances they are interpolated, and beyond them the nearest holds.  What the reference itself still
lacks is taken from the family of half the distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.simulate.convergence import BEST, SPACINGS, STEPS, Curve
from cosmoloom.simulate.convergence_file import bundled_curves

TOLERANCE = 0.05
"""Error of the two-point function up to which it is called trusted [1]."""


def power_error(plan: Mapping[str, Any], redshift: float, k: ArrayLike) -> NDArray[np.float64] | None:
    """Return the error of the simulated power spectrum, P / P_true - 1.

    It tells of forces, particles and steps.  Waves longer than the box are missing besides, and the mass-assignment
    window and the aliasing of a stored grid are no errors of the simulation.

    Parameters
    ----------
    plan : mapping
        Plan of a run, as a store, a reference box or an evaluation's facts keep it.
    redshift : float
        Redshift [1].
    k : array
        Wavenumbers in [h/Mpc].

    Returns
    -------
    array or None
        NaN beyond the Nyquist wavenumber of the particles; None for runs of other codes, and for plans of so few
        steps or so late a start that nothing was measured.
    """
    if not _is_measured(plan):
        return None
    spacing = float(plan["box_size"]) / int(plan["n_particles"])
    scaled = np.asarray(k, dtype=np.float64) * spacing  # radians between neighbours: pi at Nyquist
    ratio = _ratio(_choice(plan), spacing, redshift, scaled) * _ratio(BEST, spacing / 2, redshift, scaled / 2)
    return np.asarray(np.where(scaled <= np.pi, ratio - 1, np.nan))


def trusted_k(plan: Mapping[str, Any], redshift: float, tolerance: float = TOLERANCE) -> float | None:
    """Return the wavenumber [h/Mpc] up to which :func:`power_error` stays below a tolerance; None where it is unknown.

    It never exceeds the Nyquist wavenumber of the particles.
    """
    if not _is_measured(plan):
        return None
    nyquist = np.pi * int(plan["n_particles"]) / float(plan["box_size"])
    k = np.linspace(0.0, nyquist, 513)[1:]
    error = power_error(plan, redshift, k)
    assert error is not None
    beyond = np.abs(error) > tolerance
    return float(k[np.argmax(beyond)]) if beyond.any() else float(nyquist)


def least_trusted_k(
    plans: Iterable[Mapping[str, Any]], redshift: float, tolerance: float = TOLERANCE
) -> float | None:
    """Return :func:`trusted_k` of the worst of some plans; None if it is unknown for any of them, or there is none."""
    limits = [trusted_k(plan, redshift, tolerance) for plan in plans]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known and len(known) == len(limits) else None


def trust_sentence(limits: Mapping[float, float | None], tolerance: float = TOLERANCE) -> str:
    """Say to which k simulations are trusted, in the words of every plot; an empty string where nothing is known.

    Parameters
    ----------
    limits : mapping
        From redshift to :func:`trusted_k` [h/Mpc].
    tolerance : float
        As it was given there [1].
    """
    known = {z: limit for z, limit in limits.items() if limit is not None}
    if not known:
        return ""
    rounded = {z: f"{limit:.2g}" for z, limit in known.items()}
    if len(set(rounded.values())) == 1:
        where = next(iter(rounded.values())) + " h/Mpc"
    else:
        where = ", ".join(f"{limit} at z = {z:g}" for z, limit in rounded.items()) + " [h/Mpc]"
    return f"Simulations trusted to k = {where} ({tolerance:.0%})"


def _choice(plan: Mapping[str, Any]) -> str:
    """Return the measured choice that a plan is at least as good as."""
    factor = min(2, int(plan["mesh_factor"]))
    for name, steps in reversed(STEPS.items()):
        if int(plan["n_steps"]) >= steps["n_steps"] and float(plan["start_redshift"]) >= steps["start_redshift"]:
            return f"mesh {factor}x, {name}"
    raise AssertionError(plan)


def _is_measured(plan: Mapping[str, Any]) -> bool:
    needed = ("box_size", "n_particles", "mesh_factor", "n_steps", "start_redshift")
    if any(name not in plan for name in needed):
        return False  # of another code
    worst = next(iter(STEPS.values()))
    return int(plan["n_steps"]) >= worst["n_steps"] and worst["start_redshift"] <= float(plan["start_redshift"]) <= 49


def _ratio(choice: str, spacing: float, redshift: float, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return power over the reference's at k times the distance, between the measured distances and redshifts."""
    curves = [bundled_curves()[choice, measured] for measured in SPACINGS]
    rows = [_at_redshift(curve, redshift, scaled) for curve in curves]
    position = np.interp(np.log(spacing), np.log(SPACINGS), np.arange(len(SPACINGS)))
    return _between(rows, float(position))


def _at_redshift(curve: Curve, redshift: float, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = [np.interp(scaled, curve.k * curve.spacing, row) for row in curve.ratio]
    position = np.interp(-redshift, [-z for z in curve.redshifts], np.arange(len(rows)))
    return _between(rows, float(position))


def _between(rows: Sequence[NDArray[np.float64]], position: float) -> NDArray[np.float64]:
    """Interpolate linearly between rows, at a position such as 1.5: halfway from the second to the third."""
    low = min(int(position), len(rows) - 2)
    return rows[low] + (position - low) * (rows[low + 1] - rows[low])
