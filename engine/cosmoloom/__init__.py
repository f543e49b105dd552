"""Weave cosmic webs: simulated and generated matter fields, their statistics, and a live explorer.

``import cosmoloom as cl`` is quick, because every public name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosmoloom.box import Box as Box
    from cosmoloom.cosmology import Cosmology as Cosmology
    from cosmoloom.data.readers import open_box as open  # noqa: A004, F401  cl.open is the public name
    from cosmoloom.models import load as load
    from cosmoloom.statistics import cross_power as cross_power
    from cosmoloom.statistics import dice as dice
    from cosmoloom.statistics import mass_histogram as mass_histogram
    from cosmoloom.statistics import peak_counts as peak_counts
    from cosmoloom.statistics import power_spectrum as power_spectrum

__version__ = "0.1.0"

_HOMES = {
    "Box": ("cosmoloom.box", "Box"),
    "Cosmology": ("cosmoloom.cosmology", "Cosmology"),
    "cross_power": ("cosmoloom.statistics", "cross_power"),
    "dice": ("cosmoloom.statistics", "dice"),
    "load": ("cosmoloom.models", "load"),
    "mass_histogram": ("cosmoloom.statistics", "mass_histogram"),
    "open": ("cosmoloom.data.readers", "open_box"),
    "peak_counts": ("cosmoloom.statistics", "peak_counts"),
    "power_spectrum": ("cosmoloom.statistics", "power_spectrum"),
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
