"""Which plots there are, and how many of them a person sees at once."""

from __future__ import annotations

from collections.abc import Iterable

from cosmoloom.errors import InvalidInputError
from cosmoloom.live_further import FURTHER

TITLES = {
    "power": "P(k)",
    "mass": "mass",
    "peaks": "peaks",
    "dice": "Dice",
    "bispectrum": "bispectrum",
    "minkowski": "Minkowski",
}
"""Plots by name, in the order in which they are shown, with short titles."""
PLOTS = tuple(TITLES)
DEFAULT_PLOTS = ("power", "mass", "peaks", "dice")
FEWEST, MOST = 2, 4


def checked_plots(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of plots in the order in which they are shown.

    Raises
    ------
    InvalidInputError
        If a name is no plot's, or there are fewer than two or more than four.
    """
    wanted = set(names)
    if unknown := sorted(wanted - set(PLOTS)):
        raise InvalidInputError(f"plots are {', '.join(PLOTS)}; got {', '.join(map(str, unknown))}")
    if not FEWEST <= len(wanted) <= MOST:
        advice = "switch one off first" if len(wanted) > MOST else "switch another one on first"
        raise InvalidInputError(f"{FEWEST} to {MOST} plots fit beside each other, not {len(wanted)}: {advice}")
    return tuple(name for name in PLOTS if name in wanted)


def further(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the plots that are measured only while they are shown."""
    return tuple(name for name in names if name in FURTHER)
