"""Weave cosmic webs: simulated and generated matter fields, their statistics, and a live explorer.

``import cosmoloom as cl`` is quick, because every public name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosmoloom.box import Box as Box
    from cosmoloom.cosmology import Cosmology as Cosmology
    from cosmoloom.data.projections import project as project
    from cosmoloom.data.readers import open_box as open  # noqa: A004, F401  cl.open is the public name
    from cosmoloom.map import Map as Map
    from cosmoloom.models import load as load
    from cosmoloom.statistics import bispectrum as bispectrum
    from cosmoloom.statistics import correlation_function as correlation_function
    from cosmoloom.statistics import covariance as covariance
    from cosmoloom.statistics import cross_power as cross_power
    from cosmoloom.statistics import dice as dice
    from cosmoloom.statistics import dice_ensemble as dice_ensemble
    from cosmoloom.statistics import equilateral_bispectrum as equilateral_bispectrum
    from cosmoloom.statistics import mass_histogram as mass_histogram
    from cosmoloom.statistics import minkowski_functionals as minkowski_functionals
    from cosmoloom.statistics import minkowski_gaussian as minkowski_gaussian
    from cosmoloom.statistics import particle_histogram as particle_histogram
    from cosmoloom.statistics import peak_counts as peak_counts
    from cosmoloom.statistics import peak_positions as peak_positions
    from cosmoloom.statistics import power_spectrum as power_spectrum
    from cosmoloom.statistics import random_dice as random_dice
    from cosmoloom.statistics import soft_histogram as soft_histogram
    from cosmoloom.statistics import soft_peak_counts as soft_peak_counts
    from cosmoloom.statistics import squeezed_bispectrum as squeezed_bispectrum
    from cosmoloom.statistics import transfer_function as transfer_function

__version__ = "0.1.0"

_HOMES = {
    "Box": ("cosmoloom.box", "Box"),
    "Cosmology": ("cosmoloom.cosmology", "Cosmology"),
    "Map": ("cosmoloom.map", "Map"),
    "bispectrum": ("cosmoloom.statistics", "bispectrum"),
    "correlation_function": ("cosmoloom.statistics", "correlation_function"),
    "covariance": ("cosmoloom.statistics", "covariance"),
    "cross_power": ("cosmoloom.statistics", "cross_power"),
    "dice": ("cosmoloom.statistics", "dice"),
    "dice_ensemble": ("cosmoloom.statistics", "dice_ensemble"),
    "equilateral_bispectrum": ("cosmoloom.statistics", "equilateral_bispectrum"),
    "load": ("cosmoloom.models", "load"),
    "mass_histogram": ("cosmoloom.statistics", "mass_histogram"),
    "minkowski_functionals": ("cosmoloom.statistics", "minkowski_functionals"),
    "minkowski_gaussian": ("cosmoloom.statistics", "minkowski_gaussian"),
    "open": ("cosmoloom.data.readers", "open_box"),
    "particle_histogram": ("cosmoloom.statistics", "particle_histogram"),
    "peak_counts": ("cosmoloom.statistics", "peak_counts"),
    "peak_positions": ("cosmoloom.statistics", "peak_positions"),
    "power_spectrum": ("cosmoloom.statistics", "power_spectrum"),
    "project": ("cosmoloom.data.projections", "project"),
    "random_dice": ("cosmoloom.statistics", "random_dice"),
    "soft_histogram": ("cosmoloom.statistics", "soft_histogram"),
    "soft_peak_counts": ("cosmoloom.statistics", "soft_peak_counts"),
    "squeezed_bispectrum": ("cosmoloom.statistics", "squeezed_bispectrum"),
    "transfer_function": ("cosmoloom.statistics", "transfer_function"),
}
_CALLABLE_PACKAGES = ("models", "simulate")  # Python binds packages to their names, so these can be called

__all__ = [*_HOMES, *_CALLABLE_PACKAGES, "__version__"]  # noqa: PLE0604  the table above is the single list


def __getattr__(name: str) -> Any:
    if name in _CALLABLE_PACKAGES:
        return import_module(f"cosmoloom.{name}")
    try:
        module, attribute = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'cosmoloom' has no attribute {name!r}") from None
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
